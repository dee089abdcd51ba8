// cadastre-ingest: the program that crawls sources.
#include <csignal>

#include "client/http_caller.h"
#include "client/terminal.h"
#include "ingestors/dbt/dbt.h"
#include "ingestors/postgres/postgres.h"
#include "ingestors/runner/program.h"

namespace {

volatile std::sig_atomic_t told_to_stop = 0;

// The run ends at its next object; a second signal ends the program at once.
void StopOnSignal() {
  struct sigaction action = {};
  action.sa_handler = [](int) { told_to_stop = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// Every type of source, one line each.
std::vector<cadastre::ingest::SourceType> AllTypes() {
  return {
      cadastre::ingest_postgres::PostgresType(),
      cadastre::ingest_dbt::DbtType(),
  };
}

}  // namespace

int main(int argc, char** argv) {
  return cadastre::client::AtTerminal("cadastre-ingest", [&](const cadastre::client::Screen& screen) {
    const cadastre::base::SystemClock clock;
    cadastre::ingest::Program program;
    program.screen = screen;
    program.version = CADASTRE_VERSION;
    program.types = AllTypes();
    program.connect = [](const cadastre::client::Settings& settings) {
      return std::make_unique<cadastre::client::HttpCaller>(settings);
    };
    program.pace = cadastre::ingest::RealPace();
    program.clock = &clock;
    program.processes = cadastre::ingest::RealProcesses;
    program.stop = [] { return told_to_stop != 0; };
    StopOnSignal();
    return cadastre::ingest::RunProgram(argc, argv, program);
  });
}
