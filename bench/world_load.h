// Loads a world into a server through its doors, as people and pipelines would.
//
// Policy by AuthzService, lineage and schemas by IngestService.Push, labels and descriptions by UpsertAspects.
// Functions; thread rule: confined. Errors: UNAVAILABLE with the first call that failed.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/words.h"
#include "bench/server_process.h"
#include "bench/world/world.h"

namespace cadastre::bench {

// Which parts of a load are done, as files in a folder: a load of half an hour that failed goes on where it stopped.
class LoadMarks {
 public:
  explicit LoadMarks(std::string folder) : folder_(std::move(folder)) {}
  bool Has(std::string_view part) const;
  void Put(std::string_view part) const;

 private:
  const std::string folder_;
};

// The counts of a part that an earlier call loaded are 0.
struct LoadedWorld {
  uint64_t events = 0;
  double event_seconds = 0;
  double event_bytes = 0;  // of one, on average
  uint64_t statements = 0;
  double statement_seconds = 0;
  uint64_t policy_rows = 0;
  double policy_seconds = 0;
  // From the last answer until the search index had all of it.
  double index_seconds = 0;
};

StatusOr<LoadedWorld> LoadWorld(const ServerProcess& server, const World& world, const LoadMarks& marks);

// A token of one of the two principals made for measuring (world/policy.h).
StatusOr<std::string> ViewerToken(const ServerProcess& server, uint64_t viewer);

}  // namespace cadastre::bench
