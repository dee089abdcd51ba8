#include "search/near_words.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "search/words.h"

namespace cadastre::search {

uint32_t LettersOf(std::string_view word) {
  uint32_t letters = 0;
  for (const char c : word) {
    if (static_cast<signed char>(c) < 0) return 0;
    letters |= 1u << (static_cast<unsigned char>(c) & 31u);
  }
  return letters;
}

NearWord::NearWord(std::string word, size_t edits)
    : word_(std::move(word)), edits_(edits), letters_(LettersOf(word_)) {}

bool NearWord::IsNear(std::string_view other, uint32_t letters) const {
  const size_t longer = std::max(other.size(), word_.size()) - std::min(other.size(), word_.size());
  if (letters_ != 0 && letters != 0) {
    // An edit brings in one letter at most and takes one away.
    if (longer > edits_ || static_cast<size_t>(std::popcount(letters_ ^ letters)) > 2 * edits_) return false;
  } else if (longer > 4 * edits_) {
    return false;
  }
  return EditDistance(word_, other, edits_) <= edits_;
}

void WordList::Add(std::string_view word) {
  text_ += word;
  entries_.push_back({static_cast<uint32_t>(text_.size()), LettersOf(word)});
}

void WordList::EachNear(const NearWord& word, absl::FunctionRef<void(std::string_view)> visit) const {
  uint32_t start = 0;
  for (const Entry& entry : entries_) {
    const std::string_view one = std::string_view(text_).substr(start, entry.end - start);
    if (word.IsNear(one, entry.letters)) visit(one);
    start = entry.end;
  }
}

}  // namespace cadastre::search
