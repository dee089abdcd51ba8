// Which of the words that are known somebody may have meant.
//
// Thread rule: safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cadastre::client {

// The one that begins with `typed`, or takes the fewest letters added, left out, changed or swapped with their
// neighbour: at most two, and fewer than half of what was typed. Empty where none is so near; the first of equals.
std::string NearestWord(std::string_view typed, const std::vector<std::string>& known);

}  // namespace cadastre::client
