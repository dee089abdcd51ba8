// One run of a recipe, from the lease to the report.
//
// Thread rule: confined.
// Errors: none; whatever happens is in the report, with the exit code that tells it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "client/caller.h"
#include "ingestors/runner/crawl_calls.h"
#include "ingestors/runner/exit_code.h"
#include "ingestors/runner/place.h"
#include "ingestors/runner/reconciler.h"
#include "ingestors/runner/source.h"

namespace cadastre::ingest {

// What to do while another run holds the lease.
enum class IfLocked : uint8_t { kFail, kSkip, kWait };

struct RunOptions {
  // Compares and tells the catalog nothing.
  bool plan = false;
  IfLocked if_locked = IfLocked::kFail;
  // How long kWait waits.
  std::chrono::seconds wait_max{3'600};
  // How many objects a person allowed to go; 0: as the recipe has it.
  int64_t allow_removals = 0;
  // Who runs, where there is no place to say so.
  std::string holder;
  // What the source has on this machine: the lock, and what could not be told. Outlives the run; nullptr for none.
  SourcePlace* place = nullptr;
  // How much may be kept there of what the catalog could not be told; 0: nothing.
  int64_t spool_bytes_max = 0;
  std::function<void(int64_t seen, const std::string& scope)> progress;
  // Whether somebody wants the run to end: it gives its lease back, and misses nothing.
  std::function<bool()> stop;
  // Time as the run feels it and as it tells it; the clock outlives the run.
  Pace pace;
  const base::Clock* clock = nullptr;
};

struct RunReport {
  ExitCode code = kDone;
  std::string source_name;
  bool plan = false;
  // 0 where none was begun.
  int64_t crawl = 0;
  ingest::v1::CrawlState state = ingest::v1::CRAWL_STATE_UNSPECIFIED;
  // Why it is not complete; without secrets.
  std::string reason;
  base::Timestamp started_at;
  std::chrono::microseconds took{0};
  // What the catalog could not be told and is kept for the next run; without a path where there is none.
  struct Spooled {
    std::string path;
    int64_t objects = 0;
    int64_t bytes = 0;
  };
  Spooled spooled;
  // What became of those of earlier runs.
  struct Replayed {
    // When its source was read; the beginning of time where it cannot be told.
    base::Timestamp held_at;
    bool sent = false;
    // As which crawl.
    int64_t crawl = 0;
    int64_t objects = 0;
    // Why it was left out, or what of it failed.
    std::string told;
  };
  std::vector<Replayed> replayed;
  Outcome outcome;
};

// `recipe` was read by the keys of `type`.
RunReport RunCrawl(const SourceType& type, const Recipe& recipe, Source& source, client::Caller& caller,
                   const RunOptions& options);

// The job that stands for the source in the catalog.
catalog::v1::AssetRef JobOf(std::string_view source_name);

// What the recipe states of every dataset. INVALID_ARGUMENT naming the key.
absl::StatusOr<std::vector<catalog::v1::Aspect>> DefaultsOf(const Recipe& recipe);

}  // namespace cadastre::ingest
