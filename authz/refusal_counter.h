// RefusalCounter: calls without a valid token, counted per address and minute, so that a flood of them is one leaf
// each.
//
// Owned by the Guard; thread rule: safe. Bounds: kAddressesMax addresses a minute; what comes from others is counted
// together, under no address.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "authz/audit_leaf.h"
#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

class RefusalCounter {
 public:
  static constexpr size_t kAddressesMax = 10'000;

  // Returns the records of minutes that are over.
  std::vector<AuditedCall> Count(std::string_view peer, Timestamp now);
  // The same without counting; `all`: also the minute that runs (at stop).
  std::vector<AuditedCall> Take(Timestamp now, bool all);

 private:
  std::vector<AuditedCall> TakeLocked(int64_t minute, bool all) REQUIRES(mutex_);

  base::Mutex mutex_;
  int64_t minute_ GUARDED_BY(mutex_) = 0;
  std::map<std::string, uint64_t, std::less<>> counts_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::authz
