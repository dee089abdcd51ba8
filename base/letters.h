// Letters of names as the name rules and OpenLineage know them: ASCII alone. Functions; thread rule: safe.
#pragma once

#include <cstddef>
#include <string_view>

namespace cadastre::base {

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }
inline bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// As RFC 9562 writes them, letters of either case.
inline bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHex(text[i])) return false;
  }
  return true;
}

}  // namespace cadastre::base
