// How much of one OpenLineage event is taken.
//
// Owner: values. Thread rule: compatible.
// Bounds: all counts and bytes are inclusive; what lies beyond is refused or left out by Parse, or kept verbatim by
// Map, as each line says.
#pragma once

#include <cstddef>

#include "base/limits.h"

namespace cadastre::openlineage {

struct Limits {
  // Refused beyond (the whole event, naming the field).
  size_t event_bytes_max = base::kBodyBytesMax;
  size_t depth_max = 1'000;
  size_t values_max = 4'000'000;
  size_t run_id_bytes_max = 256;
  size_t batch_events_max = 10'000;

  // Left out beyond, with a warning that names the place.
  size_t inputs_max = 10'000;
  size_t outputs_max = 10'000;
  size_t facets_max = 256;           // of one run, job or dataset
  size_t event_facets_max = 50'000;  // of all of them together
  size_t facet_name_bytes_max = 256;
  size_t facet_bytes_max = size_t{4} << 20;
  size_t facet_depth_max = 64;
  size_t producer_bytes_max = 2'048;

  // Warnings kept of one event; the rest are dropped under one cause.
  size_t warnings_max = 1'000;
};

}  // namespace cadastre::openlineage
