// Bytes to an OpenLineage event: bounded, tolerant of what real producers get wrong, strict about what can never be
// used.
//
// Thread rule: safe.
// Errors: INVALID_ARGUMENT that names the field and what was expected (base::FieldOf): unparsable JSON, invalid UTF-8,
// U+0000, no job name and no dataset, an identity of another type, no readable eventTime, a name or a count over its
// limit, a number no double is as large as. RESOURCE_EXHAUSTED
// without memory. Bounds: Limits. Memory grows with the event, at most some 15 bytes for each of its own, freed with
// the Event. Deliberately does not: look at schemaURL to decide the shape; require producer, schemaURL, a UUID or
// inputs and outputs.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "ingestors/openlineage/event.h"
#include "ingestors/openlineage/limits.h"

namespace cadastre::openlineage {

absl::StatusOr<Event> Parse(std::string_view json, const Limits& limits = {});

}  // namespace cadastre::openlineage
