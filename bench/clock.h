// Windows of time, and comparisons taken in turns: on a machine that others use too, only what was measured side by
// side may be divided. Functions; thread rule: compatible.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace cadastre::bench {

using Steady = std::chrono::steady_clock;

inline double SecondsSince(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

inline double MedianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The median seconds of one call, over a window and at least `least` calls.
inline double MedianSeconds(double window_seconds, size_t least, const std::function<void()>& call) {
  std::vector<double> taken;
  const auto start = Steady::now();
  while (taken.size() < least || SecondsSince(start) < window_seconds) {
    const auto begin = Steady::now();
    call();
    taken.push_back(SecondsSince(begin));
  }
  return MedianOf(std::move(taken));
}

struct Compared {
  double ours = 0;
  double beside = 0;
  // The median of the rounds' own ratios.
  double ratio = 0;
};

// Takes both sides in turns, `rounds` times each.
inline Compared CompareInTurns(int rounds, const std::function<double()>& ours, const std::function<double()>& beside) {
  std::vector<double> mine;
  std::vector<double> theirs;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    theirs.push_back(beside());
    mine.push_back(ours());
    if (theirs.back() > 0) ratios.push_back(mine.back() / theirs.back());
  }
  return {MedianOf(mine), MedianOf(theirs), MedianOf(ratios)};
}

}  // namespace cadastre::bench
