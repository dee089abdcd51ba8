// Random choices from one seed, so that a world can be made again.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace cadastre::noninterference {

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}

  size_t Pick(size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random_); }
  bool Chance(size_t percent) { return Pick(100) < percent; }
  template <typename Items>
  const auto& OneOf(const Items& items) {
    return items[Pick(std::size(items))];
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace cadastre::noninterference
