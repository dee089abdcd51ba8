#include "authz/refusal_counter.h"

#include <utility>

namespace cadastre::authz {
namespace {

constexpr int64_t kMinuteMicros = 60'000'000;

int64_t MinuteOf(Timestamp now) { return now.micros() / kMinuteMicros; }

}  // namespace

std::vector<AuditedCall> RefusalCounter::Count(std::string_view peer, std::string_view detail, Timestamp now) {
  std::pair<std::string, std::string> key(peer, detail);
  base::MutexLock lock(mutex_);
  std::vector<AuditedCall> over = TakeLocked(MinuteOf(now), /*all=*/false);
  if (counts_.size() >= kKeysMax && !counts_.contains(key)) key = {};
  ++counts_[std::move(key)];
  return over;
}

std::vector<AuditedCall> RefusalCounter::Take(Timestamp now, bool all) {
  base::MutexLock lock(mutex_);
  return TakeLocked(MinuteOf(now), all);
}

std::vector<AuditedCall> RefusalCounter::TakeLocked(int64_t minute, bool all) {
  std::vector<AuditedCall> over;
  if (minute == minute_ && !all) return over;
  for (const auto& [key, count] : counts_) {
    AuditedCall refused;
    refused.time = Timestamp(minute_ * kMinuteMicros);
    refused.operation = operation_;
    refused.outcome = outcome_;
    refused.peer = key.first;
    refused.detail = key.second;
    refused.count = count;
    over.push_back(std::move(refused));
  }
  counts_.clear();
  minute_ = minute;
  return over;
}

}  // namespace cadastre::authz
