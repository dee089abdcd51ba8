// Bytes to an OpenLineage event: bounded, tolerant of what real producers get wrong, strict about what can never be
// used.
//
// Thread rule: safe.
// Errors: INVALID_ARGUMENT that names the field and what was expected (base::FieldOf), only where the event's own run,
// job or time cannot be read: unparsable JSON, an identity of another type, over its limit or with text that cannot be
// kept, no job name and no dataset, no readable eventTime. RESOURCE_EXHAUSTED without memory. What else cannot be kept
// (a dataset's name, a facet, text that is no UTF-8 or holds U+0000, whatever is over its limit) is left out with a
// warning that says where. Bounds: Limits. Memory grows with the event, at most some 15 bytes for each of its own,
// freed with the Event. Deliberately does not: look at schemaURL to decide the shape; require producer, schemaURL, a
// UUID or inputs and outputs.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "ingestors/openlineage/event.h"
#include "ingestors/openlineage/limits.h"

namespace cadastre::openlineage {

absl::StatusOr<Event> Parse(std::string_view json, const Limits& limits = {});

}  // namespace cadastre::openlineage
