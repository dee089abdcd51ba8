// Runs as readers see them: one, a page newest first, and the daily rollups.
//
// Functions over a view; thread rule: confined. Privilege: read_operations on the job; a hidden job has no runs.
// Errors: NOT_FOUND (FindRun), INVALID_ARGUMENT (bounds); those of the view's reads.
// Deliberately does not: know names. Ids of datasets and parents that the view does not see are already dropped.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/sealed.h"
#include "authz/view.h"
#include "base/limits.h"
#include "base/words.h"
#include "cadastre/record/lineage.pb.h"
#include "lineage/event_write.h"

namespace cadastre::lineage {

// A run without a terminal event is unknown, never failed, once its last event is this old.
inline constexpr std::chrono::microseconds kUnknownAfterDefault = std::chrono::hours(24);

struct RunRow {
  AssetId job;
  std::string run_id;
  // As of the time asked: kUnknown where it never ended.
  RunState state = RunState::kUnspecified;
  record::Run run;
  uint64_t events = 0;  // received, repeated ones too; FindRun alone fills it
};

struct RunPosition {
  Timestamp started;
  std::string run_id;
};

struct RunsRequest {
  AssetId job;
  // Empty: all.
  std::vector<RunState> states;
  // At or after; before.
  std::optional<Timestamp> started_after;
  std::optional<Timestamp> started_before;
  uint32_t page_size = base::kPageRowsDefault;  // 1 to kPageRowsMax
  // Go on past this run.
  std::optional<RunPosition> after;
  Timestamp now;
  std::chrono::microseconds unknown_after = kUnknownAfterDefault;
};

struct RunPage {
  // Newest start first, then run id; without facets, inputs and outputs.
  std::vector<authz::Visible<RunRow>> runs;
  std::optional<RunPosition> next;
};

StatusOr<RunPage> ScanRuns(authz::GovernedView& view, const RunsRequest& request);

struct RunRequest {
  AssetId job;
  std::string run_id;
  Timestamp now;
  std::chrono::microseconds unknown_after = kUnknownAfterDefault;
};
// Whole, with the datasets it read and wrote.
StatusOr<authz::Visible<RunRow>> FindRun(authz::GovernedView& view, const RunRequest& request);

struct DayOfRuns {
  uint32_t day = 0;  // since the epoch, UTC, of the runs' starts
  record::RunRollup rollup;
};
// Newest first, from `from_day` on; at most 400.
StatusOr<authz::Visible<std::vector<DayOfRuns>>> ScanRollups(authz::GovernedView& view, AssetId job, uint32_t from_day);

}  // namespace cadastre::lineage
