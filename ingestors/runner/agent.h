// Runs recipes by their own schedules, each run a process of its own, so that one that falls takes nobody along.
//
// A recipe never overlaps itself, at most `parallel` run at once, and others wait in turn. Times that went by while no
// agent was there are told, and one run makes up for all of them. Recipes are read again when their files change or
// somebody asks.
// Owner: the agent's command, or a test; what it is given outlives it. Thread rule: confined.
// Errors: none of a recipe ends it; they are in its status. Bounds: kRecipesMax recipes, kParallelMax runs.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "ingestors/runner/agent_status.h"
#include "ingestors/runner/processes.h"
#include "ingestors/runner/timetable.h"

namespace cadastre::ingest {

inline constexpr size_t kRecipesMax = 1'000;
inline constexpr int64_t kParallelMax = 64;

// What an agent knows of a recipe.
struct AgentRecipe {
  std::string source_name;
  // As said, with its zone; empty where it says none.
  std::string schedule_text;
  std::optional<Schedule> schedule;
  int64_t jitter_seconds = 0;
};

struct AgentOptions {
  // Files, and folders of `*.yml` and `*.yaml`.
  std::vector<std::string> paths;
  int64_t parallel = 2;
  // Where its status is; what the one before left there is where it begins.
  std::string status_path;
  // Folder for metrics; empty for none.
  std::string textfile_folder;
  // Given to each run, as `run` takes it; empty for none.
  std::string spool;
  std::function<absl::StatusOr<AgentRecipe>(const std::string& path)> load;
  // A line for the log.
  std::function<void(const std::string& line)> log;
};

class Agent {
 public:
  // `before`: what the last one left.
  Agent(AgentOptions options, Processes* processes, const base::Clock* clock, AgentStatus before);

  // One look at everything: recipes, runs that ended, times that are due, and the status. Often, such as each 200 ms.
  void Look();
  // Tells all that run to stop, or ends them; begins no other.
  void Stop(int signal);
  bool Running() const { return !running_.empty(); }
  // Also at the end.
  void WriteStatus();

  const AgentStatus& status() const { return status_; }

 private:
  struct Known {
    // What tells one state of the file from another.
    std::string stamp;
    std::optional<Timetable> timetable;
    bool waiting = false;
  };

  void Refresh();
  void Load(const std::string& path, Known& known);
  void TakeEnded();
  void TakeDue();
  void BeginWaiting();
  void BeginRun(const std::string& path);
  void Log(const std::string& path, const std::string& what) const;

  const AgentOptions options_;
  Processes* const processes_;
  const base::Clock* const clock_;
  AgentStatus status_;
  std::map<std::string, Known> known_;
  std::deque<std::string> waiting_;
  // The recipe of each process.
  std::map<int64_t, std::string> running_;
  base::Timestamp refreshed_, written_;
  bool changed_ = true;
  bool stopping_ = false;
};

}  // namespace cadastre::ingest
