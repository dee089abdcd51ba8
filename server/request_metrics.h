// How many requests of each method ended how, and how long they took.
//
// Made by the doors over a Metrics that outlives it, and told by ObserveRequests. Thread rule: safe.
// Bound: one series for each (door, method, code) that occurs; all three are from closed sets.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "server/rpc/request_log.h"

namespace cadastre::server {

class RequestMetrics final : public RequestObserver {
 public:
  explicit RequestMetrics(base::Metrics* metrics) : metrics_(metrics) {}

  void Ended(std::string_view door, std::string_view method, absl::StatusCode code,
             std::chrono::steady_clock::duration took, bool lasting) override EXCLUDES(mutex_);

 private:
  base::Metrics* const metrics_;
  base::Mutex mutex_;
  absl::flat_hash_map<std::string, base::Counter> counts_ GUARDED_BY(mutex_);
  absl::flat_hash_map<std::string, base::Histogram> times_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::server
