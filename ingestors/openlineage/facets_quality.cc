// Facets that measure: profiles, quality results, statistics of a run on a dataset, tests.
#include <utility>

#include "ingestors/openlineage/facet_handlers.h"

namespace cadastre::openlineage {

using catalog::v1::Aspect;

namespace {

struct Counts {
  std::optional<int64_t> rows;
  std::optional<int64_t> bytes;
  std::optional<int64_t> files;
};

template <typename Message>
void SetCounts(Message* message, const Counts& counts) {
  if (counts.rows.has_value()) message->set_rows(*counts.rows);
  if (counts.bytes.has_value()) message->set_bytes(*counts.bytes);
  if (counts.files.has_value()) message->set_files(*counts.files);
}

// How large the asset is; not from a part of it.
void EmitVolume(Facet& facet, const Counts& counts) {
  if (facet.site.folded || (!counts.rows.has_value() && !counts.bytes.has_value() && !counts.files.has_value())) return;
  Aspect aspect;
  SetCounts(aspect.mutable_volume(), counts);
  facet.EmitOnAsset(std::move(aspect));
}

void ReadColumnMetrics(std::string_view name, JsonObject& metrics, catalog::v1::Profile::Column* column) {
  column->set_column(std::string(name));
  if (const auto count = metrics.Count("nullCount")) column->set_null_count(*count);
  if (const auto count = metrics.Count("distinctCount")) column->set_distinct_count(*count);
  if (const auto number = metrics.Number("sum")) column->set_sum(*number);
  if (const auto number = metrics.Number("count")) column->set_count(*number);
  if (const auto number = metrics.Number("min")) column->set_min(*number);
  if (const auto number = metrics.Number("max")) column->set_max(*number);
  metrics.EachMember("quantiles", [&](std::string_view quantile, simdjson::dom::element value) {
    if (value.is_number()) {
      (*column->mutable_quantiles())[std::string(quantile)] = value.get_double().value_unsafe();
    } else {
      metrics.Wrong();
    }
  });
}

template <typename Message>
void ReadParams(JsonObject& item, Message* message) {
  item.EachMember("params", [&](std::string_view name, simdjson::dom::element value) {
    (*message->mutable_params())[std::string(name)] = ElementAsText(value);
  });
}

// What an assertion and a test have in common.
template <typename Message>
void ReadCheck(JsonObject& item, Message* message) {
  message->set_severity(item.Text("severity"));
  message->set_type(item.Text("type"));
  message->set_description(item.Text("description"));
  message->set_expected(item.AnyAsText("expected"));
  message->set_actual(item.AnyAsText("actual"));
  message->set_content(item.Text("content"));
  message->set_content_type(item.Text("contentType"));
  ReadParams(item, message);
}

}  // namespace

void ReadMetrics(Facet& facet) {
  Aspect aspect;
  catalog::v1::Profile* profile = aspect.mutable_profile();
  const Counts counts{facet.root.Count("rowCount"), facet.root.Count("bytes"), facet.root.Count("fileCount")};
  SetCounts(profile, counts);
  if (const auto updated = ReadTime(facet, "lastUpdated")) SetTime(profile->mutable_last_updated(), *updated);
  facet.root.EachMember("columnMetrics", [&](std::string_view name, simdjson::dom::element value) {
    JsonObject metrics(value, facet.root.shape());
    if (value.is_object()) ReadColumnMetrics(name, metrics, profile->add_columns());
  });
  EmitVolume(facet, counts);
  facet.EmitMeasured(std::move(aspect));
}

void ReadAssertions(Facet& facet) {
  Aspect aspect;
  catalog::v1::QualityResults* results = aspect.mutable_quality_results();
  const bool stated = facet.root.EachObject("assertions", [&](JsonObject& item) {
    const std::string assertion = item.RequiredText("assertion");
    const std::optional<bool> success = item.Bool("success");
    if (!success.has_value()) return item.Wrong();
    catalog::v1::QualityResults::Result* result = results->add_results();
    result->set_assertion(assertion);
    result->set_success(*success);
    result->set_column(item.Text("column"));
    result->set_name(item.Text("name"));
    ReadCheck(item, result);
  });
  if (!stated) return facet.root.Wrong();
  // A run that tested nothing takes back no result of another.
  if (results->results().empty()) {
    if (facet.site.run_facets != nullptr) facet.Emit(std::move(aspect));
    return;
  }
  facet.EmitMeasured(std::move(aspect));
}

void ReadStatistics(Facet& facet) {
  const Counts counts{facet.root.Count("rowCount"), facet.root.Count("size"), facet.root.Count("fileCount")};
  Aspect aspect;
  SetCounts(aspect.mutable_io_statistics(), counts);
  facet.Emit(std::move(aspect));
  // What a run wrote is the size of the dataset only where it wrote all of it.
  if (facet.site.rewritten) EmitVolume(facet, counts);
}

// How Spark's integration told a table's size before there was a facet for it.
void ReadStats(Facet& facet) {
  EmitVolume(facet, {facet.root.Count("rowCount"), facet.root.Count("size"), std::nullopt});
}

void ReadSubset(Facet& facet) {
  std::optional<JsonObject::Element> condition = facet.root.Inner("condition");
  for (const std::string_view key : {"inputCondition", "outputCondition"}) {
    const std::optional<JsonObject::Element> found = facet.root.Inner(key);
    if (found.has_value()) condition = found;
  }
  if (!condition.has_value()) return facet.root.Wrong();
  Aspect aspect;
  aspect.mutable_subset()->set_condition_json(simdjson::minify(*condition));
  facet.Emit(std::move(aspect));
}

void ReadIcebergReport(Facet& facet) {
  Aspect aspect;
  catalog::v1::IcebergReport* report = aspect.mutable_iceberg_report();
  report->set_table_name(facet.root.Text("tableName"));
  report->set_snapshot_id(facet.root.Integer("snapshotId").value_or(0));
  report->set_report_json(std::string(facet.raw.json));
  // The whole report is kept as it is, so its other keys are no surprise.
  facet.root.IgnoreRest();
  facet.Emit(std::move(aspect));
}

void ReadTests(Facet& facet) {
  Aspect aspect;
  catalog::v1::TestExecution* execution = aspect.mutable_test_execution();
  const bool stated = facet.root.EachObject("tests", [&](JsonObject& item) {
    catalog::v1::TestExecution::Test* test = execution->add_tests();
    test->set_name(item.RequiredText("name"));
    test->set_status(item.RequiredText("status"));
    ReadCheck(item, test);
  });
  if (!stated) return facet.root.Wrong();
  facet.Emit(std::move(aspect));
}

}  // namespace cadastre::openlineage
