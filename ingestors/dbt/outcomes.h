// What dbt's other artefacts tell of nodes, by their ids: the catalog, results of runs and tests, freshness of sources.
//
// Owner: values that hold nothing of the files. Thread rule: compatible.
// Errors: those of JsonFile and HeadOf. An entry of another shape is left out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "ingestors/dbt/artefact.h"

namespace cadastre::ingest_dbt {

// catalog.json: what the warehouse said of its tables.
struct CatalogColumn {
  std::string name, type, comment;
  int64_t index = 0;
};
struct CatalogTable {
  // `BASE TABLE`, `VIEW`, `MATERIALIZED VIEW`, …
  std::string type;
  // In their order.
  std::vector<CatalogColumn> columns;
  std::optional<int64_t> rows, bytes;
};
struct Catalog {
  ArtefactHead head;
  std::map<std::string, CatalogTable> tables;
};
absl::StatusOr<Catalog> ParseCatalog(std::string_view path, std::string bytes);

// run_results.json.
struct RunResult {
  // success, error, skipped; of a test pass, fail, warn, error, skipped.
  std::string status;
  std::string message;
  std::optional<int64_t> failures, rows;
  std::optional<double> seconds;
  std::optional<base::Timestamp> ended_at;
};
struct RunResults {
  ArtefactHead head;
  // What dbt was told to do: `build`, `test`, `generate`.
  std::string command;
  // Only a part of the project was asked for.
  bool selected = false;
  // Empty where the command runs nothing: `dbt docs generate` leaves a file of this kind that tells of compiling.
  std::map<std::string, RunResult> results;

  // Whether the command runs models or tests at all.
  bool ran() const;
};
absl::StatusOr<RunResults> ParseRunResults(std::string_view path, std::string bytes);

// sources.json.
struct SourceFreshness {
  // pass, warn, error, runtime error.
  std::string status;
  std::optional<base::Timestamp> loaded_at, looked_at;
  std::optional<double> age_seconds;
  std::string error;
};
struct Freshnesses {
  ArtefactHead head;
  std::map<std::string, SourceFreshness> sources;
};
absl::StatusOr<Freshnesses> ParseFreshness(std::string_view path, std::string bytes);

}  // namespace cadastre::ingest_dbt
