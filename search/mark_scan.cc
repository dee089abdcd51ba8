#include "search/mark_scan.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "search/words.h"

namespace cadastre::search {
namespace {

constexpr size_t kBlock = 16;
constexpr size_t kStride = 4096;
using Block [[gnu::vector_size(kBlock)]] = unsigned char;

// Letters in lower case, digits and `-` as they are; what else becomes one of these only leads to a second look.
constexpr unsigned char kLower = 0x20;
constexpr unsigned char kUnderscore = '_' | kLower;
// Of every byte of a character that is not ASCII.
constexpr unsigned char kHighBit = 0x80;

Block Load(const char* at) {
  Block block;
  std::memcpy(&block, at, kBlock);
  return block;
}

bool AnyOf(Block block) {
  uint64_t halves[2];
  std::memcpy(halves, &block, sizeof(halves));
  return (halves[0] | halves[1]) != 0;
}

// Parts of one segment stand together or with `_` and `-` between them.
bool StandsAt(std::string_view text, size_t at, std::string_view word) {
  size_t matched = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    const char folded = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (folded == word[matched]) {
      if (++matched == word.size()) return true;
    } else if (matched == 0 || (c != '_' && c != '-')) {
      return false;
    }
  }
  return false;
}

bool StandsAt(std::string_view text, size_t at, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return StandsAt(text, at, word); });
}

}  // namespace

MarkScan::MarkScan(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    const bool ascii = std::all_of(word.begin(), word.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
    all_ascii_ = all_ascii_ && ascii;
    if (ascii && !word.empty()) words_.push_back(word);
  }
}

size_t MarkScan::NextWord(std::string_view text, size_t from, size_t until) const {
  size_t at = from;
  // A block and the bytes one further on: the first two letters of a word, or its first and what may stand between.
  for (; at < until && at + kBlock < text.size(); at += kBlock) {
    const Block here = Load(text.data() + at) | kLower;
    const Block next = Load(text.data() + at + 1) | kLower;
    const Block between = (next == '-') | (next == kUnderscore);
    Block found = {};
    for (const std::string& word : words_) {
      const Block first = here == static_cast<unsigned char>(word[0]);
      found |= word.size() == 1 ? first : first & (between | (next == static_cast<unsigned char>(word[1])));
    }
    if (!AnyOf(found)) continue;
    for (size_t i = 0; i < kBlock; ++i) {
      if (found[i] != 0 && StandsAt(text, at + i, words_)) return at + i;
    }
  }
  for (; at < until; ++at) {
    if (StandsAt(text, at, words_)) return at;
  }
  return kNone;
}

size_t MarkScan::NextForeign(std::string_view text, size_t from, size_t until) const {
  size_t at = from;
  while (at < until) {
    if (at + kBlock <= text.size() && !AnyOf(Load(text.data() + at) & kHighBit)) {
      at += kBlock;
      continue;
    }
    const size_t step = static_cast<signed char>(text[at]) >= 0 ? 1 : all_ascii_ ? PlainCjkAt(text, at) : 0;
    if (step == 0) return at;
    at += step;
  }
  return kNone;
}

size_t MarkScan::Next(std::string_view text, size_t from) const {
  // In strides, so that many places of one kind do not have the rest searched for the other again and again.
  for (size_t at = from; at < text.size(); at += kStride) {
    const size_t until = std::min(text.size(), at + kStride);
    const size_t next = std::min(NextWord(text, at, until), NextForeign(text, at, until));
    if (next != kNone) return next;
  }
  return kNone;
}

}  // namespace cadastre::search
