// Words: how text falls into what can be searched for: parts of names, whole segments, and n-grams of CJK text.
//
// Text is brought to NFC, split at everything that is no letter, digit or mark, at camelCase, between letters and
// digits and where the script changes; each word is then folded (case, width). Korean is written with and without
// spaces, so n-grams run over spaces, and particles at the end of a word are taken off (BareKorean). Thread rule: safe.
// Bounds: a word is at most kWordBytesMax bytes; what is longer is cut, alike on both sides. Deliberately does not:
// stem English, know synonyms. Invalid UTF-8 ends the text where it begins.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cadastre::search {

inline constexpr size_t kWordBytesMax = 180;

enum class WordKind : unsigned char {
  kPart,   // `customer` of `customerOrders`; a run of CJK without spaces
  kWhole,  // `customerorders`: several parts of one segment, squeezed together
  kGram,   // one or two CJK characters
};

struct Word {
  std::string text;
  WordKind kind = WordKind::kPart;
  bool cjk = false;
  // Code points of the NFC text, [start, end).
  size_t start = 0;
  size_t end = 0;
};

// NFC; the prefix that is valid UTF-8.
std::string Nfc(std::string_view text);
// Folded for comparing: compatibility-composed, without case.
std::string Fold(std::string_view text);
// Folded, letters, digits and marks alone: `shop.public.Orders` and `shop public orders` are one.
std::string Squeeze(std::string_view text);

// All words an index keeps of a text, in order of appearance; `nfc` must be Nfc of something.
std::vector<Word> SplitWords(std::string_view nfc);
// The parts alone: what a query asks for.
std::vector<Word> SplitParts(std::string_view nfc);
// One- and two-character grams of one CJK word: bigrams where it has two characters or more.
std::vector<std::string> GramsOf(std::string_view word);
// The word without a Korean particle (`매출을` -> `매출`), where at least two characters remain; else the word.
std::string_view BareKorean(std::string_view word);

size_t CodePoints(std::string_view text);
// The size of the Hangul syllable, kana or ideograph at byte `at` where it is one that neither Nfc nor Fold changes,
// whatever such or ASCII characters stand beside it; else 0.
inline size_t PlainCjkAt(std::string_view text, size_t at) {
  if (text.size() - at < 3) return 0;
  const auto byte = [&](size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[at + i])); };
  if ((byte(0) & 0xF0) != 0xE0 || (byte(1) & 0xC0) != 0x80 || (byte(2) & 0xC0) != 0x80) return 0;
  const unsigned c = (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
  const bool plain = (c >= 0x3041 && c <= 0x3096) || (c >= 0x30A1 && c <= 0x30FA) || (c >= 0x4E00 && c <= 0x9FFF) ||
                     (c >= 0xAC00 && c <= 0xD7A3);
  return plain ? 3 : 0;
}

// The number of edits (insert, delete, replace, swap neighbours) between two words, or `max` + 1 where there are more.
size_t EditDistance(std::string_view a, std::string_view b, size_t max);

}  // namespace cadastre::search
