// A vocabulary of made-up words whose frequencies follow Zipf's law, so that a search has rare, usual and common terms.
#include <cmath>

#include "base/check.h"
#include "bench/world/purpose.h"
#include "bench/world/world.h"

namespace cadastre::bench {
namespace {

constexpr double kWordsMean = 12;

constexpr const char* kFront[] = {"or", "cus", "pay", "in", "sto", "pro", "ac", "re",
                                  "de", "ma",  "lo",  "se", "ta",  "mi",  "fu", "ka"};
constexpr const char* kMiddle[] = {"der", "to", "men", "ven", "ra",  "du", "count", "por",
                                   "li",  "ke", "gi",  "si",  "ble", "no", "ro",    "pe"};
constexpr const char* kBack[] = {"s",    "mer", "t",  "tory", "ge", "ct", "al", "ting",
                                 "very", "ty",  "cs", "on",   "le", "ne", "x",  "um"};
constexpr const char* kHangul[] = {"주", "문", "고", "객", "결", "제", "재", "품",
                                   "매", "출", "상", "배", "송", "정", "산", "회"};

// Every seventh word is Korean.
constexpr uint64_t kKoreanEvery = 7;

}  // namespace

std::string World::WordOf(uint64_t rank) const {
  CHECK(rank < shape_.words) << "word " << rank;
  std::string word;
  uint64_t rest = rank;
  if (rank % kKoreanEvery == kKoreanEvery - 1) {
    do {
      word += kHangul[rest % 16];
      rest /= 16;
    } while (rest > 0);
    return word;
  }
  word = std::string(kFront[rest % 16]) + kMiddle[rest / 16 % 16] + kBack[rest / 256 % 16];
  rest /= 4096;
  // Past the syllables a number keeps words apart.
  return rest == 0 ? word : word + std::to_string(rest);
}

std::string World::DescriptionOf(uint64_t asset) const {
  CHECK(asset < shape_.assets) << "asset " << asset;
  Random random(shape_.seed, kForDescription, asset);
  const uint64_t count = 3 + random.Geometric(kWordsMean - 3);
  std::string text;
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) text += ' ';
    text += WordOf(random.Rank(shape_.words, 1));
  }
  return text;
}

uint64_t World::RankOfShare(double share) const {
  // A word of chance p is missing from n words with (1 - p)^n; the mean over the lengths is that of a geometric count.
  const double words = static_cast<double>(shape_.words);
  uint64_t best = 0;
  double distance = 2;
  for (uint64_t rank = 0; rank < shape_.words; ++rank) {
    const double chance = std::log1p(1 / (static_cast<double>(rank) + 1)) / std::log(words + 1);
    const double missing = std::pow(1 - chance, 3) / (1 + (kWordsMean - 3) * chance);
    if (std::abs(1 - missing - share) < distance) {
      distance = std::abs(1 - missing - share);
      best = rank;
    }
  }
  return best;
}

}  // namespace cadastre::bench
