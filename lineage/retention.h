// The bounded steps by which lineage forgets and decides what only time shows.
//
// Called in turn by a background thread of main, each with a fresh write session that the caller commits (and calls
// again after a conflict); thread rule: confined. A step does at most what its bounds say and is true when nothing was
// left to do. Errors: those of the views' reads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "authz/view/view.h"
#include "authz/write/write_session.h"
#include "base/limits.h"
#include "base/words.h"
#include "lineage/runs.h"

namespace cadastre::lineage {

// Ends the edges of jobs whose time has come though no run shows it.
StatusOr<bool> EndStaleEdges(const authz::SystemView& view, authz::WriteSession& session, uint32_t jobs_max);

struct RunRetention {
  // After the commit of its last event.
  std::chrono::microseconds keep = std::chrono::hours(24 * base::kRunDaysDefault);
  uint32_t runs_per_job_max = base::kRunsPerJobMax;
  uint32_t rollup_days = base::kHistoryDaysDefault;
  std::chrono::microseconds unknown_after = kUnknownAfterDefault;
};

// Forgets old runs, job by job from where the step before stopped; the last failed and the last successful run of a job
// stay. Writes the state of runs that never ended. True at the end of a round.
StatusOr<bool> RetainRuns(const authz::SystemView& view, authz::WriteSession& session, const RunRetention& retention,
                          uint32_t runs_max);

struct EdgeRetention {
  size_t rows_max = 2'000;  // looked at in one step
  size_t edges_max = 200;   // forgotten in one step
};

// Forgets edges that ended before the horizon that the store keeps (docs/decisions/040): with all their rows, from
// `cursor` on, which is moved; empty begins a round. A later statement makes such an edge anew. True at the end of a
// round.
StatusOr<bool> ForgetEndedEdges(const authz::SystemView& view, authz::WriteSession& session,
                                const EdgeRetention& retention, std::string& cursor);

}  // namespace cadastre::lineage
