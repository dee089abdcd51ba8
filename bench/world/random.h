// Random numbers that depend on nothing but a seed, a purpose and an index, so that any part of a world can be made
// alone.
//
// Owner: values. Thread rule: confined. Deliberately does not: promise secrecy.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace cadastre::bench {

// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
class Random {
 public:
  Random(uint64_t seed, uint64_t purpose, uint64_t index) : state_(Mix(Mix(seed ^ (purpose * kGolden)) ^ index)) {}

  uint64_t Next() { return Mix(state_ += kGolden); }
  // In [0, bound); bound is at least 1.
  uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(Next()) * bound) >> 64);
  }
  // In (0, 1].
  double Unit() { return static_cast<double>((Next() >> 11) + 1) * 0x1p-53; }
  bool Chance(double share) { return Unit() <= share; }

  // A rank in [0, count), rank r about as often as (r + 1)^-exponent; exponent at least 0, 1 is Zipf's law.
  uint64_t Rank(uint64_t count, double exponent) {
    const double n = static_cast<double>(count) + 1;
    const double u = 1 - Unit();
    const double x = std::abs(exponent - 1) < 1e-9
                         ? std::pow(n, u)
                         : std::pow((std::pow(n, 1 - exponent) - 1) * u + 1, 1 / (1 - exponent));
    return std::min(count - 1, static_cast<uint64_t>(x) - 1);
  }
  // Pareto's: at least `least`, with a tail of the given exponent.
  double Pareto(double least, double exponent) { return least * std::pow(Unit(), -1 / exponent); }
  // 0, 1, 2, … with the given mean.
  uint64_t Geometric(double mean) { return static_cast<uint64_t>(std::log(Unit()) / std::log(mean / (1 + mean))); }
  // Log-normal by Box and Muller.
  double LogNormal(double median, double sigma) {
    const double radius = std::sqrt(-2 * std::log(Unit()));
    return median * std::exp(sigma * radius * std::cos(6.283185307179586 * Unit()));
  }

 private:
  static constexpr uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

  static uint64_t Mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }

  uint64_t state_;
};

}  // namespace cadastre::bench
