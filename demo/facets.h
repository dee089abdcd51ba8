// OpenLineage facets of the demo's datasets, jobs and runs, as the tool that would send them writes them.
//
// Pure functions; compatible. Each returns a `facets` object ready to be put into an event. Versions and schema URLs
// are those of the OpenLineage specification's facets as of its client 1.4x.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "demo/json.h"
#include "demo/scene.h"

namespace cadastre::demo {

// The tool's `producer`, and its name and version as an engine.
std::string_view ProducerOf(Tool tool);
struct Engine {
  const char* name;
  const char* version;
};
Engine EngineOf(Tool tool);

// A facet with `_producer` and `_schemaURL`, to be filled further. `kind` is the facet's name in the specification.
json::object Facet(Tool tool, std::string_view kind);

// The other name of the same table, as (namespace, name): Glue's for the lake, Trino's for PostgreSQL. `name` is the
// table's own at the time.
std::optional<std::pair<std::string, std::string>> OtherName(const Dataset& dataset, const std::string& name);

// The moment and the teller of an event.
struct Telling {
  const Scene& scene;
  const Job* job = nullptr;
  Tool tool = Tool::kAirflow;
  int day = 0;
  int64_t time = 0;
};

// Facets of a dataset that do not depend on being read or written.
json::object DatasetFacets(const Telling& telling, const Dataset& dataset);
// `columnLineage` of an output; empty where the tool states none.
json::object ColumnLineage(const Telling& telling, const Dataset& output);
// The job's explicit `lineage` facet.
json::object JobLineage(const Telling& telling);
// SQL that makes the dataset from its origins.
std::string SqlOf(const Telling& telling, const Dataset& output);

json::object JobFacets(const Telling& telling);
// `failure` is empty for a run that did not fail.
json::object RunFacets(const Telling& telling, std::string_view failure);

}  // namespace cadastre::demo
