// GrowingArray: a table of pointers or numbers by dense index that one thread extends while any thread reads without a
// lock.
//
// Segments double in size and never move, so an element's address is stable.
// Owned by one registry; thread rule: Get is safe; Set is for one writer at a
// time. A default value (null, 0) stands for "never set".
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace cadastre::authz {

template <typename T>
class GrowingArray {
 public:
  GrowingArray() = default;
  GrowingArray(const GrowingArray&) = delete;
  GrowingArray& operator=(const GrowingArray&) = delete;
  ~GrowingArray() {
    for (auto& segment : segments_) delete[] segment.load(std::memory_order_relaxed);
  }

  T Get(uint64_t index) const {
    const Place place = Locate(index);
    if (place.segment >= kSegments) return T{};
    const std::atomic<T>* segment = segments_[place.segment].load(std::memory_order_acquire);
    return segment == nullptr ? T{} : segment[place.offset].load(std::memory_order_acquire);
  }

  // False where the index lies beyond what the array can ever hold.
  bool Set(uint64_t index, T value) {
    const Place place = Locate(index);
    if (place.segment >= kSegments) return false;
    std::atomic<T>* segment = segments_[place.segment].load(std::memory_order_relaxed);
    if (segment == nullptr) {
      segment = new std::atomic<T>[kFirst << place.segment]();
      segments_[place.segment].store(segment, std::memory_order_release);
    }
    segment[place.offset].store(value, std::memory_order_release);
    return true;
  }

 private:
  static constexpr uint64_t kFirst = 256;
  static constexpr size_t kSegments = 28;  // 6.8e10 elements
  struct Place {
    size_t segment;
    uint64_t offset;
  };
  // Segment s holds kFirst << s elements, beginning at kFirst * (2^s - 1).
  static Place Locate(uint64_t index) {
    if (index >= kFirst << kSegments) return {kSegments, 0};
    const size_t segment = std::bit_width(index / kFirst + 1) - 1;
    return {segment, index - kFirst * ((uint64_t{1} << segment) - 1)};
  }

  std::array<std::atomic<std::atomic<T>*>, kSegments> segments_{};
};

}  // namespace cadastre::authz
