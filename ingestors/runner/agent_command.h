// `cadastre-ingest agent`: from the words of its command line to its end.
//
// Thread rule: confined.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingestors/runner/agent.h"
#include "ingestors/runner/program.h"

namespace cadastre::ingest {

struct AgentAsked {
  std::vector<std::string> paths;
  // Where its status is; in the state folder where empty.
  std::string state;
  std::string textfile_folder, spool;
  int64_t parallel = 2;
  // Tells the status of the one that runs, and runs none.
  bool status = false;
  bool json = false;
};

// The process's exit code: 0 after it was told to stop; with `status` 0 where one runs and all is well, otherwise 1.
int RunAgent(const Program& program, const AgentAsked& asked,
             const std::function<absl::StatusOr<AgentRecipe>(const std::string& path)>& load);

}  // namespace cadastre::ingest
