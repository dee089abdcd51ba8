// Events through the bidirectional stream IngestService.Push, taken up again where it is cut.
//
// Owner: the command makes one for one stream. Thread rule: confined; it needs no thread of its own.
// Errors: the server's where repeating does not help (UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT, …);
// UNAVAILABLE after `attempts_max` cuts in a row without an acknowledgement.
// Bounds: at most 256 events and 64 MiB not acknowledged (one event may be larger).
#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cadastre/ingest/v1/ingest.grpc.pb.h"
#include "cli/event_source.h"

namespace cadastre::cli {

struct PushOptions {
  // The same for every attempt; what resuming goes by.
  std::string stream_id;
  std::string token;
  int attempts_max = 10;
  // Doubled after each cut in a row, up to 5 s.
  std::chrono::milliseconds pause{100};
};

class PushStream {
 public:
  PushStream(std::shared_ptr<grpc::Channel> channel, PushOptions options);

  // Everything `source` has; the totals stand even where it fails.
  absl::Status Push(EventSource& source, const PushProgress& progress);
  const PushTotals& totals() const { return totals_; }

 private:
  struct Attempt;
  // One stream until it ends or is cut.
  absl::Status Run(EventSource& source, const PushProgress& progress);
  void Write(Attempt& attempt, EventSource& source);
  bool Fill(EventSource& source);
  void Take(Attempt& attempt);

  std::unique_ptr<ingest::v1::IngestService::Stub> stub_;
  const PushOptions options_;
  PushTotals totals_;
  // Sent or about to be, and not acknowledged; the first is sequence acknowledged + 1.
  std::deque<std::string> window_;
  size_t window_bytes_ = 0;
  bool source_ended_ = false;
  // Rejections told before their sequence was acknowledged: a cut may tell them again.
  std::set<int64_t> rejected_ahead_;
};

}  // namespace cadastre::cli
