#include "ingestors/dbt/outcomes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/status.h"
#include "base/time_format.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_dbt {
namespace {

constexpr size_t kColumnsMax = 10'000;
constexpr size_t kMessageBytesMax = 4'096;

std::optional<base::Timestamp> TimeOf(JsonValue value) {
  const auto parsed = base::ParseTime(value.Text());
  return parsed.ok() ? std::optional<base::Timestamp>(parsed->at) : std::nullopt;
}

// A count that warehouses call by several names, the first that is there.
std::optional<int64_t> StatOf(JsonValue stats, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const JsonValue stat = stats[name];
    if (stat["include"].Bool() == false) continue;
    const std::optional<int64_t> value = stat["value"].Whole();
    if (value.has_value() && *value >= 0) return value;
  }
  return std::nullopt;
}

CatalogTable TableOf(JsonValue value) {
  CatalogTable table;
  table.type = value["metadata"]["type"].AsText(256);
  value["columns"].EachMember([&](std::string_view key, JsonValue column) {
    if (table.columns.size() >= kColumnsMax) return;
    CatalogColumn& read = table.columns.emplace_back();
    read.name = NameOf(column["name"]);
    if (read.name.empty()) read.name = std::string(key.substr(0, kNameBytesRead));
    read.type = column["type"].AsText(4'096);
    read.comment = column["comment"].AsText(size_t{64} << 10);
    read.index = column["index"].Whole().value_or(0);
  });
  std::stable_sort(table.columns.begin(), table.columns.end(),
                   [](const CatalogColumn& a, const CatalogColumn& b) { return a.index < b.index; });
  table.rows = StatOf(value["stats"], {"row_count", "num_rows", "rows"});
  table.bytes = StatOf(value["stats"], {"bytes", "num_bytes"});
  return table;
}

RunResult ResultOf(JsonValue value) {
  RunResult result;
  result.status = value["status"].AsText(64);
  result.message = value["message"].AsText(kMessageBytesMax);
  result.failures = value["failures"].Whole();
  result.rows = value["adapter_response"]["rows_affected"].Whole();
  result.seconds = value["execution_time"].Number();
  value["timing"].EachItem([&](JsonValue timing) {
    if (timing["name"].Text() == "execute") result.ended_at = TimeOf(timing["completed_at"]);
  });
  return result;
}

// Whether one of the options that choose nodes was given.
bool Selects(JsonValue args) {
  for (const std::string_view option : {"select", "models", "exclude", "selector", "selector_name"}) {
    const JsonValue value = args[option];
    bool items = !value.Text().empty();
    value.EachItem([&](JsonValue item) { items = items || item.present(); });
    if (items || value.is_object()) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<Catalog> ParseCatalog(std::string_view path, std::string bytes) {
  ASSIGN_OR_RETURN(const JsonFile file, JsonFile::Parse(path, std::move(bytes)));
  Catalog catalog;
  ASSIGN_OR_RETURN(catalog.head, HeadOf(path, kCatalogKind, file.root()));
  for (const std::string_view list : {"nodes", "sources"}) {
    file.root()[list].EachMember([&](std::string_view id, JsonValue value) {
      if (value.is_object()) catalog.tables.emplace(std::string(id.substr(0, kNameBytesRead)), TableOf(value));
    });
  }
  return catalog;
}

bool RunResults::ran() const {
  constexpr std::array<std::string_view, 7> kRunning = {"run", "build", "test", "seed", "snapshot", "retry", "clone"};
  return std::find(kRunning.begin(), kRunning.end(), command) != kRunning.end();
}

absl::StatusOr<RunResults> ParseRunResults(std::string_view path, std::string bytes) {
  ASSIGN_OR_RETURN(const JsonFile file, JsonFile::Parse(path, std::move(bytes)));
  RunResults results;
  ASSIGN_OR_RETURN(results.head, HeadOf(path, kRunResultsKind, file.root()));
  const JsonValue args = file.root()["args"];
  results.command = args["which"].AsText(64);
  results.selected = Selects(args);
  if (!results.ran()) return results;
  const auto written = base::ParseTime(results.head.generated_at);
  file.root()["results"].EachItem([&](JsonValue value) {
    const std::string id = NameOf(value["unique_id"]);
    if (id.empty()) return;
    RunResult result = ResultOf(value);
    if (!result.ended_at.has_value() && written.ok()) result.ended_at = written->at;
    results.results[id] = std::move(result);
  });
  return results;
}

absl::StatusOr<Freshnesses> ParseFreshness(std::string_view path, std::string bytes) {
  ASSIGN_OR_RETURN(const JsonFile file, JsonFile::Parse(path, std::move(bytes)));
  Freshnesses freshnesses;
  ASSIGN_OR_RETURN(freshnesses.head, HeadOf(path, kSourcesKind, file.root()));
  file.root()["results"].EachItem([&](JsonValue value) {
    const std::string id = NameOf(value["unique_id"]);
    if (id.empty()) return;
    SourceFreshness& source = freshnesses.sources[id];
    source.status = value["status"].AsText(64);
    source.loaded_at = TimeOf(value["max_loaded_at"]);
    source.looked_at = TimeOf(value["snapshotted_at"]);
    source.age_seconds = value["max_loaded_at_time_ago_in_s"].Number();
    source.error = value["error"].AsText(kMessageBytesMax);
  });
  return freshnesses;
}

}  // namespace cadastre::ingest_dbt
