// What an agent tells of itself: a file that is there for the next agent too, metrics, and lines for people.
//
// Owner: values. Thread rule: safe.
// Errors: of files, with their path; INVALID_ARGUMENT where a status is none. Bounds: 4 MiB of a status.
// Deliberately does not: hold anything of a recipe but its source's name and its schedule.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/clock.h"
#include "client/screen.h"

namespace cadastre::ingest {

struct RecipeStatus {
  std::string source_name;
  // With its zone, as the recipe says them; empty where it says none.
  std::string schedule;
  // Why it is not run; empty where it is.
  std::string problem;
  // Times up to here are done with, and the next one; 0 where there is none.
  base::Timestamp taken, next;
  // Of the last run; 0 where there is none, or none yet.
  base::Timestamp began, ended;
  int exit_code = 0;
  int64_t runs = 0;
  // Runs that ended otherwise than by 0, and not because another run was at it.
  int64_t failed = 0;
  // Times that went by without an agent, and those at which the run before still went on.
  int64_t missed = 0;
  int64_t overlapped = 0;
  bool running = false;
};

struct AgentStatus {
  int64_t process = 0;
  base::Timestamp began, told_at;
  // By the recipe's path.
  std::map<std::string, RecipeStatus> recipes;
};

std::string JsonOf(const AgentStatus& status);
absl::StatusOr<AgentStatus> ParseAgentStatus(std::string_view json);
// An empty one where there is no file.
absl::StatusOr<AgentStatus> ReadAgentStatus(const std::string& path);

// For the node exporter's textfile collector.
std::string MetricsOf(const AgentStatus& status);

// Whether there is nothing to look into: every recipe can be read, and its last run was no failure.
bool IsWell(const RecipeStatus& recipe);
// A line for each recipe; `alive`: whether the agent is.
void PrintStatus(const client::Screen& screen, const AgentStatus& status, bool alive);

}  // namespace cadastre::ingest
