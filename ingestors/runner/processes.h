// The runs of an agent as processes: begun, looked after and told to stop.
//
// Owner: the agent's command. Thread rule: confined; one of RealProcesses in a program, which takes SIGHUP for it.
// Errors: UNAVAILABLE where the machine gives no process.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace cadastre::ingest {

class Processes {
 public:
  virtual ~Processes() = default;

  // Begins this program with these words as its arguments; its id. It ends with the agent.
  virtual absl::StatusOr<int64_t> Begin(const std::vector<std::string>& words) = 0;
  struct Ended {
    int64_t id = 0;
    // 128 and the signal's number where a signal ended it.
    int code = 0;
  };
  // Those that ended since the last look.
  virtual std::vector<Ended> TakeEnded() = 0;
  virtual void Signal(int64_t id, int signal) = 0;
  // Whether somebody asked for a reload since the last look.
  virtual bool TakeReload() = 0;
};

std::unique_ptr<Processes> RealProcesses();

}  // namespace cadastre::ingest
