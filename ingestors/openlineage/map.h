// An OpenLineage event to what it states: aspects, a run, edges, aliases. Pure: the same event gives the same answer.
//
// Thread rule: safe.
// Errors: none; what cannot be read is kept verbatim and counted as a warning.
// Deliberately does not: read or write anything, decide what the sender may state, drop anything but environment
// variables.
#pragma once

#include "base/limits.h"
#include "ingestors/openlineage/event.h"
#include "ingestors/openlineage/mapped_event.h"

namespace cadastre::openlineage {

struct MapOptions {
  // Applies the name rules (name_rules.h).
  bool fold_names = true;
  // What one event may grow to, so that a small hostile one does not become a large answer; what comes after is left
  // out, under the warning `grows_too_large`. Names, column paths and edges count; what facets hold is bounded by the
  // event's own size.
  size_t bytes_max = size_t{64} << 20;
  // Items of arrays read into aspects (fields, tags, assertions, …); a facet beyond is kept verbatim.
  size_t items_max = 500'000;
  // Column pairs of the event, and of one edge; a facet that states more is kept verbatim as well.
  size_t column_pairs_max = 100'000;
  size_t edge_pairs_max = base::kEdgePairsMax;
  size_t warnings_max = 1'000;
};

MappedEvent Map(const Event& event, const MapOptions& options = {});

}  // namespace cadastre::openlineage
