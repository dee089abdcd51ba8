// Time as the house counts it: microseconds since 1970-01-01T00:00:00Z, from a clock that tests can set.
//
// Owner: main() makes the SystemClock, a test its FakeClock; both outlive whoever holds a Clock&.
// Thread rule: safe.
// Deliberately does not: measure durations (std::chrono::steady_clock does), know calendars (base/time_format.h does).
#pragma once

#include <atomic>
#include <chrono>
#include <compare>
#include <cstdint>
#include <limits>
#include <ostream>
#include <utility>

namespace cadastre::base {

class Timestamp {
 public:
  constexpr Timestamp() = default;
  constexpr explicit Timestamp(int64_t micros) : micros_(micros) {}

  static constexpr Timestamp Min() { return Timestamp(std::numeric_limits<int64_t>::min()); }
  static constexpr Timestamp Max() { return Timestamp(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t micros() const { return micros_; }

  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  friend constexpr Timestamp operator+(Timestamp at, std::chrono::microseconds by) {
    return Timestamp(at.micros_ + by.count());
  }
  friend constexpr Timestamp operator-(Timestamp at, std::chrono::microseconds by) {
    return Timestamp(at.micros_ - by.count());
  }
  friend constexpr std::chrono::microseconds operator-(Timestamp later, Timestamp earlier) {
    return std::chrono::microseconds(later.micros_ - earlier.micros_);
  }

  template <typename H>
  friend H AbslHashValue(H state, Timestamp at) {
    return H::combine(std::move(state), at.micros_);
  }
  friend std::ostream& operator<<(std::ostream& out, Timestamp at) { return out << at.micros_ << "us"; }

 private:
  int64_t micros_ = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp Now() const override {
    using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::system_clock;
    return Timestamp(duration_cast<microseconds>(system_clock::now().time_since_epoch()).count());
  }
};

// Stands still until told to move.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Timestamp start) : micros_(start.micros()) {}

  Timestamp Now() const override { return Timestamp(micros_.load()); }
  void Set(Timestamp now) { micros_.store(now.micros()); }
  void Advance(std::chrono::microseconds by) { micros_.fetch_add(by.count()); }

 private:
  std::atomic<int64_t> micros_;
};

}  // namespace cadastre::base
