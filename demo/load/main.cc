// cadastre-demo-load: puts the demo company into a running server.
#include "cli/program.h"
#include "cli/terminal.h"
#include "demo/load/demo_load.h"

int main(int argc, char** argv) {
  return cadastre::cli::AtTerminal(CADASTRE_VERSION, [&](cadastre::cli::Session session) {
    return cadastre::cli::RunCommand(
        argc, argv, std::move(session),
        {"cadastre-demo-load", "Loads the demo company into a server", cadastre::demo::MakeDemoLoad});
  });
}
