#include "base/utf8.h"

#include <cstdint>

namespace cadastre::base {

namespace {

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The length of the sequence `lead` opens, 0 if it opens none, and the bounds of the second byte: table 3-7 of the
// Unicode standard, where all that is unlawful shows in the first two bytes.
struct Opening {
  size_t length;
  unsigned char second_min;
  unsigned char second_max;
};

Opening OpeningOf(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

}  // namespace

bool IsValidUtf8(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    const Opening opening = OpeningOf(static_cast<unsigned char>(bytes[at]));
    if (opening.length == 0 || bytes.size() - at < opening.length) return false;
    if (opening.length > 1) {
      const auto second = static_cast<unsigned char>(bytes[at + 1]);
      if (second < opening.second_min || second > opening.second_max) return false;
    }
    for (size_t i = 2; i < opening.length; ++i) {
      if (!IsContinuation(static_cast<unsigned char>(bytes[at + i]))) return false;
    }
    at += opening.length;
  }
  return true;
}

std::string_view Utf8Prefix(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t end = bytes_max;
  while (end > 0 && IsContinuation(static_cast<unsigned char>(text[end]))) --end;
  return text.substr(0, end);
}

}  // namespace cadastre::base
