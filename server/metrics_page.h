// GET /metrics: what this process counts, in Prometheus' text format, for whoever may `administer`.
// Made by main; thread rule: safe.
#pragma once

#include <cstdint>

#include "base/metrics.h"
#include "base/mutex.h"
#include "server/http/message.h"
#include "server/rooms.h"

namespace cadastre::server {

class MetricsPage {
 public:
  explicit MetricsPage(Rooms* rooms);

  void Handle(HttpRequest request, HttpReply reply) const;

 private:
  void Measure() const;

  Rooms* rooms_;
  base::Metrics metrics_;
  base::Gauge revision_;
  base::Gauge commit_queue_;
  base::Gauge call_queue_;
  base::Gauge audit_size_;
  base::Gauge store_bytes_;
  base::Counter turned_away_;
  base::Gauge resident_bytes_;
  mutable base::Mutex mutex_;
  mutable uint64_t told_turned_away_ GUARDED_BY(mutex_) = 0;
};

}  // namespace cadastre::server
