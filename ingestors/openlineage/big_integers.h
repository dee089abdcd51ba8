// Numbers in JSON text that the parser refuses although JSON allows them and some producers send them: integers beyond
// 64 bits, and numbers beyond doubles.
//
// Thread rule: safe.
// Errors: none. Bounds: the result is longer than the text by at most four bytes for each such number.
// Deliberately does not: validate; text that is no JSON gives text that is none.
#pragma once

#include <string>
#include <string_view>

namespace cadastre::openlineage {

bool HoldsNumberBeyond(std::string_view json);

// The text with every such integer written as a decimal (`….0`), which parses as the nearest double, and what no double
// is as large as written as null.
std::string WithNumbersInRange(std::string_view json);

}  // namespace cadastre::openlineage
