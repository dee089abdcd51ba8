// A request body split into its events: a JSON array, a single event, or several one behind the other (NDJSON).
//
// Thread rule: safe.
// Errors: INVALID_ARGUMENT naming `body`: not an array or object, brackets or strings that do not close, too many
// events. Bounds: Limits::batch_events_max, Limits::depth_max; the slices point into `body`. Deliberately does not:
// check the elements, so that one bad event does not lose its neighbours; each goes to Parse.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingestors/openlineage/limits.h"

namespace cadastre::openlineage {

absl::StatusOr<std::vector<std::string_view>> SplitBatch(std::string_view body, const Limits& limits = {});

}  // namespace cadastre::openlineage
