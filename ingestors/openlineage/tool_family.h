// The tool behind a producer URI, without its version: a new release of a tool is the same producer of facts.
//
// Thread rule: safe.
// Bounds: at most 200 bytes out; the same for every version of a tool, and different for different tools.
// Deliberately does not: guess that two tools of different repositories are one.
#pragma once

#include <string>
#include <string_view>

namespace cadastre::openlineage {

// `https://github.com/OpenLineage/OpenLineage/tree/1.9.0/integration/spark` -> `spark`; an empty producer -> `unknown`.
std::string ToolFamily(std::string_view producer);

}  // namespace cadastre::openlineage
