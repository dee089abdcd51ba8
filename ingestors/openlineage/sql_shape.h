// What of a SQL text tells one definition from another: not its literals, comments, spaces and case, which tools fill
// in anew for every run.
//
// Thread rule: safe.
// Bounds: linear in the text. Deliberately does not: parse SQL; two texts that differ in a name have two shapes.
#pragma once

#include <cstdint>
#include <string_view>

namespace cadastre::openlineage {

// Never 0.
uint64_t ShapeOfSql(std::string_view sql);

}  // namespace cadastre::openlineage
