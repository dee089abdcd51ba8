// NearWord: a word and all that lie within some edits of it. WordList: words to look among, many of them refused by a
// glance.
//
// Only words with the same first byte are near: a mistake in the first letter is not forgiven. Thread rule: compatible.
// Bounds: a list takes what it is given; bytes() says how much that is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"

namespace cadastre::search {

// The letters of an ASCII word as bits; 0 where the word has other characters.
uint32_t LettersOf(std::string_view word);

class NearWord {
 public:
  NearWord(std::string word, size_t edits);

  const std::string& word() const { return word_; }
  size_t edits() const { return edits_; }
  char first() const { return word_.front(); }
  // `letters`: LettersOf(other).
  bool IsNear(std::string_view other, uint32_t letters) const;

 private:
  std::string word_;
  size_t edits_;
  uint32_t letters_;
};

class WordList {
 public:
  void Add(std::string_view word);
  size_t bytes() const { return text_.size() + entries_.size() * sizeof(Entry); }
  void EachNear(const NearWord& word, absl::FunctionRef<void(std::string_view)> visit) const;

 private:
  struct Entry {
    uint32_t end;  // in text_
    uint32_t letters;
  };
  std::string text_;
  std::vector<Entry> entries_;
};

}  // namespace cadastre::search
