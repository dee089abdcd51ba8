// Events by POST /api/v1/lineage/batch, where gRPC is not at hand.
//
// Thread rule: confined.
// Errors: as Caller; UNAVAILABLE after ten overloads of one batch. The totals stand even where it fails.
// Bounds: at most 500 events and 4 MiB a batch (one event may be larger).
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "cli/event_source.h"
#include "cli/session.h"

namespace cadastre::cli {

class PushBatches {
 public:
  explicit PushBatches(Caller& caller) : caller_(caller) {}

  absl::Status Push(EventSource& source, const PushProgress& progress);
  const PushTotals& totals() const { return totals_; }

 private:
  absl::Status Send(const std::vector<std::string>& events, size_t from, size_t to);
  absl::Status TakeAnswer(const Caller::Answer& answer, size_t count);

  Caller& caller_;
  PushTotals totals_;
};

}  // namespace cadastre::cli
