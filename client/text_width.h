// How many cells a text takes on a terminal, where Korean letters take two and combining marks none.
//
// Thread rule: safe.
// Deliberately does not: know the fonts of a terminal. Widths are the C library's (wcwidth).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cadastre::client {

// `text` as it may be shown: control characters, direction marks and bytes that are not UTF-8 become U+FFFD, so that a
// name cannot move the cursor or reorder a line. Line ends become spaces.
std::string ShownText(std::string_view text);

// Cells of a text that ShownText made.
size_t CellsOf(std::string_view shown);

// At most `cells` cells of it, with an ellipsis where something was cut.
std::string CutToCells(std::string_view shown, size_t cells);

}  // namespace cadastre::client
