// What the parts of a dbt project are called in the catalog, which of them a recipe takes, and by which scopes they are
// known.
//
// Tables as the OpenLineage naming spec has them: the warehouse's namespace and `database.schema.table`, as dbt writes
// the levels. A source is called by its identifier, which is what its table is called, not by dbt's name for it. A
// level that holds a dot or a quote stands in double quotes, but in BigQuery, whose projects may hold dots. Jobs as
// dbt's own events name them.
//
// Scopes: `packages` lists the packages; `shop.model` are the models of one with their tables.
//
// Owner: the source. Thread rule: compatible.
// Errors: INVALID_ARGUMENT naming the recipe's key.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cadastre/catalog/v1/asset.pb.h"
#include "ingestors/dbt/manifest.h"
#include "ingestors/runner/name_filter.h"
#include "ingestors/runner/recipe.h"

namespace cadastre::ingest_dbt {

inline constexpr std::string_view kPackagesScope = "packages";

class DbtNames {
 public:
  static absl::StatusOr<DbtNames> Of(const ingest::Recipe& recipe);

  // Of the warehouse's tables; of jobs and exposures.
  const std::string& ns() const { return ns_; }
  const std::string& job_ns() const { return job_ns_; }

  // `node` has a table.
  catalog::v1::AssetRef TableOf(const Node& node) const;
  // What its table lies in; nothing where dbt names no schema.
  std::optional<catalog::v1::AssetRef> SchemaOf(const Node& node) const;
  // What runs the node; nothing for what dbt does not run, or tells no job of.
  std::optional<catalog::v1::AssetRef> JobOf(const Node& node) const;
  // A dashboard, a model of machine learning, or the job that reads what it depends on.
  catalog::v1::AssetRef ExposureOf(const Node& node) const;

  bool Takes(const Node& node) const;

  std::string ScopeOf(const Node& node) const;
  std::string ScopeAbove(const std::string& scope) const;

  // What the namespace looks like elsewhere for this adapter; empty where it does here, or nobody knows.
  std::string UsualNamespace(std::string_view adapter) const;

 private:
  enum class JobNames : uint8_t { kUniqueId, kBuild, kRun };
  enum class Letters : uint8_t { kAsWritten, kLower, kUpper };

  std::vector<std::string> LevelsOf(const Node& node, bool with_table) const;
  catalog::v1::AssetRef RefOf(std::string_view kind, const std::vector<std::string>& levels) const;

  std::string ns_, job_ns_;
  JobNames jobs_ = JobNames::kUniqueId;
  Letters letters_ = Letters::kAsWritten;
  ingest::NameFilter packages_, nodes_;
};

}  // namespace cadastre::ingest_dbt
