// Integers beyond 64 bits in JSON text: the parser refuses them, although JSON allows them and some producers send
// them.
//
// Thread rule: safe.
// Errors: none. Bounds: the result is longer than the text by two bytes for each such integer.
// Deliberately does not: validate; text that is no JSON gives text that is none.
#pragma once

#include <string>
#include <string_view>

namespace cadastre::openlineage {

bool HoldsBigInteger(std::string_view json);

// The text with every such integer written as a decimal (`….0`), which parses as the nearest double.
std::string WithBigIntegersAsDecimals(std::string_view json);

}  // namespace cadastre::openlineage
