// RefusalCounter: calls refused before anything was known of them, counted per address and minute, so that a flood of
// them is one leaf each.
//
// Owned by the Guard, one for each cause; thread rule: safe. Bounds: kKeysMax addresses (with details) a minute; what
// comes from others is counted together, under no address.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/audit_leaf.h"
#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

class RefusalCounter {
 public:
  static constexpr size_t kKeysMax = 10'000;

  // What the leaves name as operation and outcome.
  RefusalCounter(std::string_view operation, absl::StatusCode outcome) : operation_(operation), outcome_(outcome) {}

  // `detail` goes to the erasable part of the leaf. Returns the records of minutes that are over.
  std::vector<AuditedCall> Count(std::string_view peer, std::string_view detail, Timestamp now);
  // The same without counting; `all`: also the minute that runs (at stop).
  std::vector<AuditedCall> Take(Timestamp now, bool all);

 private:
  std::vector<AuditedCall> TakeLocked(int64_t minute, bool all) REQUIRES(mutex_);

  const std::string operation_;
  const absl::StatusCode outcome_;
  base::Mutex mutex_;
  int64_t minute_ GUARDED_BY(mutex_) = 0;
  std::map<std::pair<std::string, std::string>, uint64_t> counts_ GUARDED_BY(mutex_);  // by address and detail
};

}  // namespace cadastre::authz
