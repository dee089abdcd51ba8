// Parts of JSON text for one of which the parser refuses the whole event. Text in strings that cannot be kept: bytes
// that are no UTF-8, halves of surrogate pairs, escapes JSON does not know; in each place a U+0000 is put, which
// nothing may hold, so that the one text is left out where it is read. Words that many programs write for numbers JSON
// does not have (`NaN`, `Infinity`), and what nests too deep: `null` is put there.
//
// Thread rule: safe.
// Errors: none. Bounds: at most six bytes for each byte of the text.
// Deliberately does not: validate; text that is no JSON gives text that is none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cadastre::openlineage {

// Control characters that stand in a string as they are become escapes: nothing of them is lost.
std::string WithKeepableText(std::string_view json);
// Without what nests deeper than so many levels of brackets.
std::string WithoutDepth(std::string_view json, size_t depth_max);

// Whether text that was read can be kept: no key and no text in storage holds U+0000.
inline bool IsKeepable(std::string_view text) { return text.find('\0') == std::string_view::npos; }

}  // namespace cadastre::openlineage
