// RefusalCounter: calls refused before anything was known of them, counted per address and minute, so that a flood of
// them is one leaf each.
//
// Owned by the Guard, one for each cause; thread rule: safe. Bounds: of a minute kSinglesMax addresses (with details)
// stand alone; what comes from more is counted by network (/16 of IPv4, /32 of IPv6), kNetworksMax of them, and what
// comes from more still under no address. So a minute is at most kSinglesMax + kNetworksMax + 1 leaves, and none of
// what was refused is missing from their sum.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/audit/audit_leaf.h"
#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

class RefusalCounter {
 public:
  static constexpr size_t kSinglesMax = 192;
  static constexpr size_t kNetworksMax = 64;

  // What the leaves name as operation and outcome.
  RefusalCounter(std::string_view operation, absl::StatusCode outcome) : operation_(operation), outcome_(outcome) {}

  // `detail` goes to the erasable part of the leaf. Returns the records of minutes that are over.
  std::vector<AuditedCall> Count(std::string_view peer, std::string_view detail, Timestamp now) EXCLUDES(mutex_);
  // The same without counting; `all`: also the minute that runs (at stop).
  std::vector<AuditedCall> Take(Timestamp now, bool all) EXCLUDES(mutex_);
  // A record that could not be written: what it counts is told with the minute that runs.
  void PutBack(const AuditedCall& record) EXCLUDES(mutex_);

 private:
  using Key = std::pair<std::string, std::string>;  // address or network, and detail

  void Add(std::string_view peer, std::string_view detail, uint64_t count) REQUIRES(mutex_);
  std::vector<AuditedCall> TakeLocked(int64_t minute, bool all) REQUIRES(mutex_);

  const std::string operation_;
  const absl::StatusCode outcome_;
  base::Mutex mutex_;
  int64_t minute_ GUARDED_BY(mutex_) = 0;
  std::map<Key, uint64_t> counts_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::authz
