#include "demo/event.h"

#include <utility>

namespace cadastre::demo {
namespace {

json::string Text(std::string_view text) { return json::string(text.data(), text.size()); }

json::object Envelope(const Telling& telling, const char* definition) {
  return {{"eventTime", Rfc3339(telling.time)},
          {"producer", Text(ProducerOf(telling.tool))},
          {"schemaURL", std::string("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/") + definition}};
}

json::object Named(const Telling& telling, const Dataset& dataset) {
  return {{"namespace", dataset.ns}, {"name", telling.scene.NameAt(dataset, telling.time)}};
}

json::object Statistics(const Telling& telling, const Dataset& dataset, const char* kind) {
  json::object facet = Facet(telling.tool, kind);
  const int64_t rows = telling.scene.RowsOn(dataset, telling.day);
  facet["rowCount"] = rows;
  facet["size"] = rows * static_cast<int64_t>(24 + 16 * dataset.columns.size());
  if (telling.tool == Tool::kSpark) facet["fileCount"] = 1 + rows / 200000;
  return facet;
}

struct Check {
  const char* assertion;
  bool success;
};

bool TestPasses(const Telling& telling) {
  return Draw(telling.scene.seed, "test/" + telling.job->key, telling.day) % 12 != 0;
}

// What a dbt test found: uniqueness of the key, and that no key is null.
json::object Assertions(const Telling& telling, const Dataset& dataset) {
  const std::string key = dataset.columns.front().name;
  json::object facet = Facet(telling.tool, "DataQualityAssertionsDatasetFacet");
  json::array assertions;
  for (const Check& check : {Check{"not_null", true}, Check{"unique", TestPasses(telling)}}) {
    assertions.push_back(
        json::object{{"assertion", check.assertion},
                     {"success", check.success},
                     {"column", key},
                     {"severity", "warn"},
                     {"name", std::string(check.assertion) + "_" + dataset.key.substr(5) + "_" + key}});
  }
  facet["assertions"] = std::move(assertions);
  return facet;
}

json::object TestResults(const Telling& telling, const Dataset& dataset) {
  json::object facet = Facet(telling.tool, "TestRunFacet");
  facet["tests"] = List({{{"name", "unique_" + dataset.key.substr(5) + "_" + dataset.columns.front().name},
                          {"status", TestPasses(telling) ? "pass" : "fail"},
                          {"severity", "warn"},
                          {"type", "unique"}}});
  return facet;
}

json::object Metrics(const Telling& telling, const Dataset& dataset) {
  json::object columns;
  const int64_t rows = telling.scene.RowsOn(dataset, telling.day);
  for (const Column& column : telling.scene.ColumnsAt(dataset, telling.time)) {
    json::object metrics{{"nullCount", column.primary_key ? 0 : rows / 500},
                         {"distinctCount", column.primary_key ? rows : rows / 3}};
    if (column.type.starts_with("numeric")) {
      metrics["min"] = 0;
      metrics["max"] = 1250000 + rows;
      metrics["sum"] = rows * 41900;
      metrics["quantiles"] = json::object{{"0.5", 38900}, {"0.95", 214000}};
    }
    columns[column.name] = std::move(metrics);
  }
  json::object facet = Facet(telling.tool, "DataQualityMetricsInputDatasetFacet");
  facet["rowCount"] = rows;
  facet["bytes"] = rows * 180;
  facet["columnMetrics"] = std::move(columns);
  return facet;
}

json::object Input(const Telling& telling, const Dataset& dataset, bool described) {
  json::object input = Named(telling, dataset);
  if (!described) return input;
  input["facets"] = DatasetFacets(telling, dataset);
  json::object facets;
  if (telling.tool == Tool::kSpark)
    facets["inputStatistics"] = Statistics(telling, dataset, "InputStatisticsInputDatasetFacet");
  if (telling.job->type == "TEST") facets["dataQualityAssertions"] = Assertions(telling, dataset);
  if (telling.job->parent == "data_quality") facets["dataQualityMetrics"] = Metrics(telling, dataset);
  if (!facets.empty()) input["inputFacets"] = std::move(facets);
  return input;
}

json::object LifecycleChange(Tool tool, std::string_view change) {
  json::object facet = Facet(tool, "LifecycleStateChangeDatasetFacet");
  facet["lifecycleStateChange"] = Text(change);
  return facet;
}

json::object Output(const Telling& telling, const Dataset& dataset, bool described, bool written) {
  json::object output = Named(telling, dataset);
  if (!described) return output;
  json::object facets = DatasetFacets(telling, dataset);
  const bool lineage = telling.tool != Tool::kFlink && telling.tool != Tool::kPython;
  if (json::object columns = ColumnLineage(telling, dataset); lineage && !columns.empty())
    facets["columnLineage"] = std::move(columns);
  if (telling.tool == Tool::kSpark && dataset.layer == Layer::kFile)
    facets["lifecycleStateChange"] = LifecycleChange(telling.tool, "OVERWRITE");
  output["facets"] = std::move(facets);
  const bool counts = telling.tool != Tool::kDebezium && telling.tool != Tool::kFlink;
  if (written && counts) {
    output["outputFacets"] =
        json::object{{"outputStatistics", Statistics(telling, dataset, "OutputStatisticsOutputDatasetFacet")}};
  }
  return output;
}

void AddDatasets(const Telling& telling, bool described, bool written, json::object& event) {
  const Company& company = *telling.scene.company;
  json::array inputs;
  for (const std::string& key : telling.scene.InputsAt(*telling.job, telling.time)) {
    inputs.push_back(Input(telling, company.DatasetOf(key), described));
  }
  json::array outputs;
  for (const std::string& key : telling.job->outputs)
    outputs.push_back(Output(telling, company.DatasetOf(key), described, written));
  event["inputs"] = std::move(inputs);
  event["outputs"] = std::move(outputs);
}

json::object JobPart(const Telling& telling) {
  return {{"namespace", telling.job->ns}, {"name", telling.job->name}, {"facets", JobFacets(telling)}};
}

}  // namespace

json::object RunEvent(const Telling& telling, std::string_view type, std::string_view failure) {
  const bool streaming_start = type == "START" && (telling.tool == Tool::kDebezium || telling.tool == Tool::kFlink);
  const bool described = type != "START" || streaming_start;
  json::object event = Envelope(telling, "RunEvent");
  event["eventType"] = Text(type);
  json::object facets = RunFacets(telling, failure);
  if (telling.job->type == "TEST" && described) {
    facets["test"] = TestResults(telling, telling.scene.company->DatasetOf(telling.job->inputs.front()));
  }
  event["run"] = json::object{{"runId", telling.scene.RunId(*telling.job, telling.day)}, {"facets", std::move(facets)}};
  event["job"] = JobPart(telling);
  AddDatasets(telling, described, type == "COMPLETE", event);
  return event;
}

json::object JobEvent(const Telling& telling) {
  json::object event = Envelope(telling, "JobEvent");
  event["job"] = JobPart(telling);
  AddDatasets(telling, true, false, event);
  return event;
}

json::object DatasetEvent(const Telling& telling, const Dataset& dataset, std::string_view change,
                          const std::string* previous) {
  json::object event = Envelope(telling, "DatasetEvent");
  json::object facets = DatasetFacets(telling, dataset);
  if (!change.empty()) {
    json::object facet = LifecycleChange(telling.tool, change);
    if (previous != nullptr) facet["previousIdentifier"] = json::object{{"namespace", dataset.ns}, {"name", *previous}};
    facets["lifecycleStateChange"] = std::move(facet);
  }
  json::object named = Named(telling, dataset);
  named["facets"] = std::move(facets);
  event["dataset"] = std::move(named);
  return event;
}

}  // namespace cadastre::demo
