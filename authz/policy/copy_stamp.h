// CopyStamp: tells a copy-on-write value which of its parts are still its own.
//
// A part written by a value carries the value's stamp and may be changed in
// place while the stamps agree. Copying gives both sides a new stamp, so each
// copies a part before it changes it again. Owned by its value; thread rule:
// compatible (copying a constant value from many threads is safe).
#pragma once

#include <atomic>
#include <cstdint>

namespace cadastre::authz {

class CopyStamp {
 public:
  CopyStamp() = default;
  CopyStamp(const CopyStamp& other) { other.value_.store(0, std::memory_order_relaxed); }
  CopyStamp& operator=(const CopyStamp& other) {
    other.value_.store(0, std::memory_order_relaxed);
    value_.store(0, std::memory_order_relaxed);
    return *this;
  }

  // This value's stamp since it was last copied; never 0.
  uint64_t Get() {
    uint64_t value = value_.load(std::memory_order_relaxed);
    if (value == 0) {
      static std::atomic<uint64_t> last{0};
      value = last.fetch_add(1, std::memory_order_relaxed) + 1;
      value_.store(value, std::memory_order_relaxed);
    }
    return value;
  }

 private:
  mutable std::atomic<uint64_t> value_{0};
};

}  // namespace cadastre::authz
