#include "authz/audit/refusal_counter.h"

#include <utility>

#include "base/sender.h"

namespace cadastre::authz {
namespace {

constexpr int64_t kMinuteMicros = 60'000'000;

int64_t MinuteOf(Timestamp now) { return now.micros() / kMinuteMicros; }

}  // namespace

std::vector<AuditedCall> RefusalCounter::Count(std::string_view peer, std::string_view detail, Timestamp now) {
  base::MutexLock lock(mutex_);
  std::vector<AuditedCall> over = TakeLocked(MinuteOf(now), /*all=*/false);
  Add(peer, detail, 1);
  return over;
}

void RefusalCounter::PutBack(const AuditedCall& record) {
  base::MutexLock lock(mutex_);
  Add(record.peer, record.detail, record.count);
}

void RefusalCounter::Add(std::string_view peer, std::string_view detail, uint64_t count) {
  Key key(peer, detail);
  if (counts_.size() >= kSinglesMax && !counts_.contains(key)) key = {base::NetworkOf(peer, 16, 32), ""};
  if (counts_.size() >= kSinglesMax + kNetworksMax && !counts_.contains(key)) key = {};
  counts_[std::move(key)] += count;
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
