// What the server does unasked, in bounded steps: stale edges, retention of runs, forgetting old versions.
// Made and run by one background thread; thread rule: confined. Failures are logged and tried again.
#pragma once

#include <chrono>

#include "authz/guard.h"
#include "authz/house.h"
#include "authz/view.h"
#include "server/config.h"

namespace cadastre::server {

class Housekeeping {
 public:
  Housekeeping(authz::Guard* guard, authz::House* house, const Config& config);

  // Called about once a second; most calls do nothing.
  void Step();

 private:
  // True when nothing was left to do.
  StatusOr<bool> EndStaleEdges();
  StatusOr<bool> RetainRuns();
  StatusOr<bool> ForgetVersions();

  authz::Guard* guard_;
  authz::House* house_;
  const Config config_;
  authz::SystemView view_;
  std::chrono::steady_clock::time_point next_edges_;
  std::chrono::steady_clock::time_point next_runs_;
  std::chrono::steady_clock::time_point next_versions_;
};

}  // namespace cadastre::server
