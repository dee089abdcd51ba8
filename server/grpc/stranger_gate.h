// StrangerGate: how many calls of nobody known gRPC takes at once from the addresses that share it.
//
// A call is asked about while gRPC parses it, before it is known from where it comes; so each connection belongs to one
// of kGates ports by its address, each with a gate of its own, and who floods one is not noticed at most others.
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

  bool Take(Clock::time_point now) {
    constexpr int64_t kEach = 1'000'000 / kCallsPerSecond;
    const int64_t at = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    int64_t taken_until = taken_until_.load(std::memory_order_relaxed);
    int64_t next = 0;
    do {
      next = std::max(taken_until, at) + kEach;
      if (next > at + kCallsMax * kEach) return false;
    } while (!taken_until_.compare_exchange_weak(taken_until, next, std::memory_order_relaxed));
    return true;
  }

 private:
  std::atomic<int64_t> taken_until_{INT64_MIN / 2};
};

}  // namespace cadastre::server
