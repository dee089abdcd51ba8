// Runs as readers see them: one, a page newest first, and the daily rollups.
//
// Functions over a view; thread rule: confined. Privilege: read_operations on the job; a hidden job has no runs.
// Of several jobs' runs each is shown where its own job is open; what is asked for by several names was resolved
// before: the runs of names merged with one another are those of one job, each told under the name it was stated with.
// Errors: NOT_FOUND (FindRun), INVALID_ARGUMENT (bounds), DEADLINE_EXCEEDED; those of the view's reads.
// Deliberately does not: know names. Ids of datasets and parents that the view does not see are already dropped.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/view/sealed.h"
#include "authz/view/view.h"
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
  AssetId job;
  std::string run_id;
};

struct RunsRequest {
  // Names of one job; or, where there are none, what of the others is given; all jobs' with nothing.
  std::vector<AssetId> jobs;
  // Names of one dataset that a run read or wrote.
  std::vector<AssetId> datasets;
  struct Parent {
    // Names of one job.
    std::vector<AssetId> jobs;
    std::string run_id;
  };
  std::optional<Parent> parent;
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
  // Of looking through runs that are not shown, where more than one job's are asked for.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // Asked once of each run in order; the page ends before the first for which it is false, unless that one is the first
  // of all. May be empty.
  std::function<bool(const authz::Visible<RunRow>&)> fits;
};

struct RunPage {
  // Newest start first, then job, then run id; without facets, inputs and outputs.
  std::vector<authz::Visible<RunRow>> runs;
  std::optional<RunPosition> next;
};

// Among one job's and all jobs' runs stand those known from their children alone, as FindRun tells of them.
StatusOr<RunPage> ScanRuns(authz::GovernedView& view, const RunsRequest& request);

struct RunRequest {
  // Names of one job, the one asked for first: of two that hold the run the one named first answers.
  std::vector<AssetId> jobs;
  std::string run_id;
  Timestamp now;
  std::chrono::microseconds unknown_after = kUnknownAfterDefault;
};
// Whole, with the datasets it read and wrote. A run known from its children alone (they name it as their parent) is of
// unknown state, begun with the first of the newest 1,000 of them that the view sees.
StatusOr<authz::Visible<RunRow>> FindRun(authz::GovernedView& view, const RunRequest& request);

struct DayOfRuns {
  uint32_t day = 0;  // since the epoch, UTC, of the runs' starts
  record::RunRollup rollup;
};
// Of all names of one job together; newest first, from `from_day` on; at most 400.
StatusOr<authz::Visible<std::vector<DayOfRuns>>> ScanRollups(authz::GovernedView& view,
                                                             const std::vector<AssetId>& jobs, uint32_t from_day);

// Those of a job's names whose runs the viewer may read, in the order given.
std::vector<AssetId> ReadableJobs(const authz::GovernedView& view, const std::vector<AssetId>& jobs);

}  // namespace cadastre::lineage
