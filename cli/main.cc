// cadastre: the client program.
#include "cli/program.h"
#include "cli/terminal.h"

int main(int argc, char** argv) {
  return cadastre::cli::AtTerminal(CADASTRE_VERSION, [&](cadastre::cli::Session session) {
    return cadastre::cli::RunProgram(argc, argv, std::move(session));
  });
}
