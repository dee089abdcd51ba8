#include "client/nearest_word.h"

#include <algorithm>

namespace cadastre::client {
namespace {

constexpr size_t kTypedBytesMax = 64;
constexpr size_t kStepsMax = 2;

// https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance, "optimal string alignment".
size_t StepsBetween(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> steps(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) steps[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) steps[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = steps[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      steps[i][j] = std::min({steps[i - 1][j] + 1, steps[i][j - 1] + 1, changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        steps[i][j] = std::min(steps[i][j], steps[i - 2][j - 2] + 1);
      }
    }
  }
  return steps[a.size()][b.size()];
}

}  // namespace

std::string NearestWord(std::string_view typed, const std::vector<std::string>& known) {
  if (typed.empty() || typed.size() > kTypedBytesMax) return "";
  std::string nearest;
  size_t fewest = std::min(kStepsMax, (typed.size() - 1) / 2) + 1;
  for (const std::string& word : known) {
    const size_t steps = word.starts_with(typed) ? 0 : StepsBetween(typed, word);
    if (steps >= fewest) continue;
    fewest = steps;
    nearest = word;
  }
  return nearest;
}

}  // namespace cadastre::client
