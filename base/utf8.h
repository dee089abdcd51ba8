// Whether bytes are text: UTF-8 as RFC 3629 has it (no overlong forms, no surrogates, nothing above U+10FFFF).
//
// Thread rule: safe.
// Deliberately does not: normalise, fold case or repair. Names stay bytes.
#pragma once

#include <cstddef>
#include <string_view>

namespace cadastre::base {

bool IsValidUtf8(std::string_view bytes);

// The longest prefix of at most `bytes_max` bytes that does not cut a code point in two; `text` is valid UTF-8.
std::string_view Utf8Prefix(std::string_view text, size_t bytes_max);

}  // namespace cadastre::base
