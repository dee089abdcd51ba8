// OverNewest: runs a read of the index over its newest reading, again where a fold has written over the pages it read.
//
// Thread rule: safe. Errors: those of the read, with ABORTED and DATA_LOSS told as UNAVAILABLE. What Xapian says names
// files of this server: it goes to the log alone.
#pragma once

#include <memory>
#include <utility>

#include "base/log.h"
#include "base/status.h"
#include "search/index.h"
#include "search/reading.h"

namespace cadastre::search {

inline constexpr int kAttempts = 3;

// `read`: StatusOr<Result>(const Lease&), callable again. The last attempt keeps folds off, so that it cannot abort.
template <typename Read>
auto OverNewest(const Index& index, const Read& read) -> decltype(read(std::declval<const Lease&>())) {
  for (int attempt = 1;; ++attempt) {
    const std::shared_ptr<const Reading> reading = index.Read();
    if (reading == nullptr) return base::Unavailable("the search index is being built");
    StatusOr<Lease> lease = Lease::Of(reading, attempt == kAttempts);
    decltype(read(*lease)) result = lease.ok() ? read(*lease) : lease.status();
    if (result.ok() || result.status().code() == absl::StatusCode::kDeadlineExceeded) return result;
    if (result.status().code() != absl::StatusCode::kAborted || attempt == kAttempts) {
      base::LogError("search index cannot be read", {{"error", base::MessageOf(result.status())}});
      return base::Unavailable("the search index cannot be read; try again");
    }
  }
}

}  // namespace cadastre::search
