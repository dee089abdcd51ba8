// One OpenLineage event as its sender wrote it: shape decided, identities checked, facets found but not yet read.
//
// Owner: whoever called Parse; copies share the document. Thread rule: compatible.
// Bounds: every view points into `document` and lives as long as it does.
// Deliberately does not: interpret facets (Map does), fold names.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace cadastre::openlineage {

class JsonDocument;

// Something imperfect that was tolerated. Causes are stable words in snake_case; they are counted and shown.
struct Warning {
  std::string cause;
  // Where in the event: `inputs[2].facets.schema`.
  std::string field;

  friend bool operator==(const Warning&, const Warning&) = default;
};

struct RawFacet {
  std::string_view name;
  // The value exactly as received.
  std::string_view json;
  // The same value, parsed: its place in the document.
  uint32_t value = 0;
  // The parsed value holds integers beyond 64 bits rounded to doubles; `json` has them as they are.
  bool rounded = false;
};

struct DatasetPart {
  // `inputs[0]`, `outputs[3]`, `dataset`.
  std::string path;
  std::string_view ns;
  std::string_view name;
  std::vector<RawFacet> facets;
  std::vector<RawFacet> input_facets;
  std::vector<RawFacet> output_facets;
};

struct RunPart {
  std::string_view run_id;
  std::vector<RawFacet> facets;
};

struct JobPart {
  std::string_view ns;
  std::string_view name;
  std::vector<RawFacet> facets;
};

enum class EventShape : uint8_t { kRun, kJob, kDataset };

struct Event {
  EventShape shape = EventShape::kRun;
  base::Timestamp event_time;
  // As received; empty where not stated.
  std::string_view event_type;
  std::string_view producer;
  std::string_view schema_url;

  std::optional<RunPart> run;          // kRun
  std::optional<JobPart> job;          // kRun, kJob
  std::optional<DatasetPart> dataset;  // kDataset
  std::vector<DatasetPart> inputs;
  std::vector<DatasetPart> outputs;
  // Whether the key was there as an array: not stated is not none.
  bool inputs_stated = false;
  bool outputs_stated = false;

  std::vector<Warning> warnings;
  std::shared_ptr<const JsonDocument> document;
};

}  // namespace cadastre::openlineage
