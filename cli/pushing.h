// Pushing events by whichever door is at hand, and telling what became of them: what `push` and the demo's loader
// share.
//
// Thread rule: confined.
#pragma once

#include <cstdint>
#include <istream>
#include <string>

#include "absl/status/status.h"
#include "cli/event_source.h"
#include "cli/session.h"

namespace cadastre::cli {

struct PushRequestOptions {
  // Names of the stream; a fresh one where empty.
  std::string stream_id;
  // By HTTP batches even where a gRPC address is known.
  bool http = false;
  // For the progress bar; 0 where it is not known.
  uint64_t events = 0;
};

// Pushes all of `in` as the settings' principal and tells the totals, rejections and warnings on `out`. ABORTED where
// events were rejected (the others are taken).
absl::Status PushAndTell(Session& session, const Settings& settings, std::istream& in,
                         const PushRequestOptions& options);

}  // namespace cadastre::cli
