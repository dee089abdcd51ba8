// One OpenLineage event (specification 2-0-2) as the tool of its job sends it. Pure; compatible.
#pragma once

#include <string>
#include <string_view>

#include "demo/facets.h"

namespace cadastre::demo {

// `type` is START, RUNNING, COMPLETE or FAIL; `failure` goes with FAIL. A START names its datasets only, the rest
// describe them.
json::object RunEvent(const Telling& telling, std::string_view type, std::string_view failure);

// A job without a run.
json::object JobEvent(const Telling& telling);

// A dataset by itself. `change` is a lifecycle state change or empty; `previous` the name before a RENAME.
json::object DatasetEvent(const Telling& telling, const Dataset& dataset, std::string_view change,
                          const std::string* previous);

}  // namespace cadastre::demo
