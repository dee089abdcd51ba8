// What the server does unasked, in bounded steps: stale edges, retention of runs, forgetting old versions and edges
// that ended before those, log entries that every follower has, audit records past their time, idempotency keys and
// streams nobody repeats.
//
// Made and run by one background thread; thread rule: confined (the figures: safe). Failures are logged and tried
// again. Steps follow each other while there is more to do, within a slice of each second that doubles, up to half of
// it, for as long as work is left over: so that what is forgotten keeps pace with what is written, and idle tables cost
// nothing.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "authz/front/guard.h"
#include "authz/house/house.h"
#include "authz/view/view.h"
#include "server/config.h"

namespace cadastre::server {

// For the metrics.
struct HousekeepingFigures {
  std::atomic<uint64_t> gc_debt{0};
  std::atomic<uint64_t> gc_visited{0};
  std::atomic<uint64_t> gc_removed{0};
  // Of each second, what was spent on these steps lately.
  std::atomic<int64_t> slice_ms{0};
};

class Housekeeping {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `followed`: the revision every follower holds in a checkpoint; 0 while one holds none. `now`: what slices and
  // pauses are measured by.
  Housekeeping(authz::Guard* guard, authz::House* house, const Config& config, HousekeepingFigures* figures,
               std::function<Revision()> followed, std::function<Time()> now = std::chrono::steady_clock::now);

  // Called about once a second; most calls do little.
  void Step(const std::stop_token& stop);

 private:
  // True when some step left more to do at once.
  bool StepOnce();
  // Runs one step where it is due: `pause` after the last that found nothing left. True when it left more.
  bool Run(std::string_view what, Time& next, std::chrono::steady_clock::duration pause,
           const std::function<StatusOr<bool>()>& step);
  // Each true when nothing was left to do.
  StatusOr<bool> EndStaleEdges();
  StatusOr<bool> RetainRuns();
  StatusOr<bool> ForgetVersions();
  StatusOr<bool> ForgetEdges();
  StatusOr<bool> ForgetRepeats();
  StatusOr<bool> TrimLog();
  StatusOr<bool> TrimAudit();
  std::chrono::microseconds history() const;

  authz::Guard* guard_;
  authz::House* house_;
  const Config config_;
  HousekeepingFigures* figures_;
  std::function<Revision()> followed_;
  std::function<Time()> now_;
  authz::SystemView view_;
  std::chrono::milliseconds slice_;
  Time next_edges_;
  Time next_runs_;
  Time next_versions_;
  Time next_forgotten_edges_;
  Time next_repeats_;
  Time next_log_;
  Time next_audit_;
  // Where the next look at these tables begins.
  std::string edge_cursor_;
  std::string once_cursor_;
  std::string stream_cursor_;
  bool once_done_ = false;
};

}  // namespace cadastre::server
