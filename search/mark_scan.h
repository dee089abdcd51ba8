// MarkScan: where in a text one of some words may stand, at a small part of the cost of splitting it into words.
//
// Never misses a place that Marker marks; a place it tells may turn out to be none. So that bytes between texts may be
// scanned with them, it takes any bytes. Thread rule: compatible.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cadastre::search {

class MarkScan {
 public:
  static constexpr size_t kNone = std::string_view::npos;

  MarkScan() = default;
  // Folded words; words of other scripts than Latin may stand wherever there is a character that is not ASCII.
  explicit MarkScan(const std::vector<std::string>& words);

  // The first such byte at `from` or after it; kNone where there is none.
  size_t Next(std::string_view text, size_t from) const;
  bool Any(std::string_view text) const { return Next(text, 0) != kNone; }

 private:
  // That begin before `until`.
  size_t NextWord(std::string_view text, size_t from, size_t until) const;
  size_t NextForeign(std::string_view text, size_t from, size_t until) const;

  std::vector<std::string> words_;
  bool all_ascii_ = true;
};

}  // namespace cadastre::search
