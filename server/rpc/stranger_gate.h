// StrangerGate: how much is begun at once, and in a second after, for addresses of which nobody is known yet.
//
// gRPC asks about a call while it parses it, before it is known from where it comes; so each connection belongs to one
// of kGates ports by its address, each with gates of its own, and who floods one is not noticed at most others.
// Thread rule: safe, without a lock. Algorithm: GCRA (ITU-T I.371).
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cadastre::server {

class StrangerGate {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr size_t kGates = 64;
  // At once, and in a second after: a call costs tens of kilobytes until somebody has looked at it.
  static constexpr int64_t kCallsMax = 256;
  static constexpr int64_t kCallsPerSecond = 256;

  explicit StrangerGate(int64_t calls_max = kCallsMax, int64_t per_second = kCallsPerSecond)
      : calls_max_(calls_max), per_second_(per_second) {}

  bool Take(Clock::time_point now) {
    const int64_t each = 1'000'000 / per_second_;
    const int64_t at = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    int64_t taken_until = taken_until_.load(std::memory_order_relaxed);
    int64_t next = 0;
    do {
      next = std::max(taken_until, at) + each;
      if (next > at + calls_max_ * each) return false;
    } while (!taken_until_.compare_exchange_weak(taken_until, next, std::memory_order_relaxed));
    return true;
  }

 private:
  const int64_t calls_max_;
  const int64_t per_second_;
  std::atomic<int64_t> taken_until_{INT64_MIN / 2};
};

}  // namespace cadastre::server
