// `cadastre-ingest` as a function: parses the arguments, reads the recipe, runs one command, tells what became of it.
//
// Thread rule: confined.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "client/caller.h"
#include "client/screen.h"
#include "client/settings.h"
#include "ingestors/runner/crawl_calls.h"
#include "ingestors/runner/processes.h"
#include "ingestors/runner/source.h"

namespace cadastre::ingest {

// What main() or a test gives the program.
struct Program {
  client::Screen screen;
  std::string version = "unknown";
  // Every type of source there is.
  std::vector<SourceType> types;
  std::function<std::unique_ptr<client::Caller>(const client::Settings&)> connect;
  Pace pace;
  const base::Clock* clock = nullptr;
  // Where an agent's runs come from.
  std::function<std::unique_ptr<Processes>()> processes;
  // As RunOptions.stop; an agent stops by it too.
  std::function<bool()> stop;
};

// The process's exit code.
int RunProgram(int argc, const char* const* argv, const Program& program);

}  // namespace cadastre::ingest
