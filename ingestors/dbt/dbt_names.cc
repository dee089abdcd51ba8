#include "ingestors/dbt/dbt_names.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/status.h"

namespace cadastre::ingest_dbt {
namespace {

struct NamespaceForm {
  std::string_view adapter;
  // What it begins with, and the whole of it.
  std::string_view begins, form;
};
// As the naming spec has them, and as dbt's own events make them of a profile.
constexpr NamespaceForm kForms[] = {
    {"postgres", "postgres://", "postgres://HOST:PORT"},
    {"redshift", "redshift://", "redshift://HOST:PORT"},
    {"snowflake", "snowflake://", "snowflake://ORGANIZATION-ACCOUNT"},
    {"bigquery", "bigquery", "bigquery"},
    {"databricks", "databricks://", "databricks://HOST"},
    {"spark", "spark://", "spark://HOST:PORT"},
    {"trino", "trino://", "trino://HOST:PORT"},
    {"duckdb", "duckdb://", "duckdb://FILE"},
    {"clickhouse", "clickhouse://", "clickhouse://HOST:PORT"},
    {"sqlserver", "mssql://", "mssql://HOST:PORT"},
    {"fabric", "fabric-warehouse://", "fabric-warehouse://HOST:PORT"},
    {"dremio", "dremio://", "dremio://HOST:PORT"},
    {"athena", "awsathena://", "awsathena://athena.REGION.amazonaws.com"},
    {"glue", "arn:aws:glue:", "arn:aws:glue:REGION:ACCOUNT"},
};

// Of ASCII letters alone: what other letters fold into is each warehouse's own.
std::string Folded(std::string text, char from, char to) {
  for (char& c : text) {
    if (c >= from && c <= from + 25) c = static_cast<char>(c - from + to);
  }
  return text;
}

std::string WithoutPrefix(const std::string& id, std::string_view prefix) {
  return id.starts_with(prefix) ? id.substr(prefix.size()) : id;
}

}  // namespace

absl::StatusOr<DbtNames> DbtNames::Of(const ingest::Recipe& recipe) {
  DbtNames names;
  names.ns_ = recipe.Text("namespace");
  names.job_ns_ = recipe.Text("source.job_namespace");
  if (names.ns_.empty()) {
    return recipe.Wrong("namespace",
                        "the warehouse's, which dbt's files do not tell: postgres://HOST:PORT, "
                        "snowflake://ORGANIZATION-ACCOUNT, bigquery");
  }
  if (names.ns_.size() > base::kNamespaceBytesMax) return recipe.Wrong("namespace", "at most 512 bytes");
  if (names.job_ns_.empty() || names.job_ns_.size() > base::kNamespaceBytesMax) {
    return recipe.Wrong("source.job_namespace", "1 to 512 bytes");
  }
  const std::string jobs = recipe.Text("source.job_names"), letters = recipe.Text("source.letters");
  names.jobs_ = jobs == "build" ? JobNames::kBuild : jobs == "run" ? JobNames::kRun : JobNames::kUniqueId;
  names.letters_ = letters == "lower" ? Letters::kLower : letters == "upper" ? Letters::kUpper : Letters::kAsWritten;
  ASSIGN_OR_RETURN(names.packages_, ingest::FilterOf(recipe, "packages", 1));
  ASSIGN_OR_RETURN(names.nodes_, ingest::FilterOf(recipe, "nodes", 2));
  return names;
}

std::vector<std::string> DbtNames::LevelsOf(const Node& node, bool with_table) const {
  std::vector<std::string> levels;
  for (const std::string* level : {&node.database, &node.schema, &node.identifier}) {
    if (level->empty() || (level == &node.identifier && !with_table)) continue;
    levels.push_back(letters_ == Letters::kLower   ? Folded(*level, 'A', 'a')
                     : letters_ == Letters::kUpper ? Folded(*level, 'a', 'A')
                                                   : *level);
  }
  return levels;
}

catalog::v1::AssetRef DbtNames::RefOf(std::string_view kind, const std::vector<std::string>& levels) const {
  catalog::v1::AssetRef asset;
  asset.set_kind(std::string(kind));
  asset.set_namespace_(ns_);
  if (ns_ == "bigquery") {
    std::string& name = *asset.mutable_name();
    for (const std::string& level : levels) name += base::Cat(name.empty() ? "" : ".", level);
  } else {
    asset.set_name(ingest::NameOfLevels(levels));
  }
  return asset;
}

catalog::v1::AssetRef DbtNames::TableOf(const Node& node) const {
  // Without a name of its own its schema's name would pass for it.
  return RefOf("dataset", node.identifier.empty() ? std::vector<std::string>() : LevelsOf(node, true));
}

std::optional<catalog::v1::AssetRef> DbtNames::SchemaOf(const Node& node) const {
  if (node.schema.empty()) return std::nullopt;
  return RefOf("container", LevelsOf(node, false));
}

std::optional<catalog::v1::AssetRef> DbtNames::JobOf(const Node& node) const {
  const bool runs = node.has_table() && node.kind != NodeKind::kSource;
  // The events that name jobs otherwise tell none of seeds.
  if (!runs || (node.kind == NodeKind::kSeed && jobs_ != JobNames::kUniqueId)) return std::nullopt;
  catalog::v1::AssetRef job;
  job.set_kind("job");
  job.set_namespace_(job_ns_);
  if (jobs_ == JobNames::kUniqueId) {
    job.set_name(node.id);
    return job;
  }
  std::string name;
  const bool snapshot = node.kind == NodeKind::kSnapshot;
  for (const std::string& level :
       {node.database, node.schema, WithoutPrefix(node.id, snapshot ? "snapshot." : "model.")}) {
    if (!level.empty()) name += base::Cat(name.empty() ? "" : ".", level);
  }
  const bool build = jobs_ == JobNames::kBuild;
  job.set_name(base::Cat(name, build ? ".build" : "", snapshot ? ".snapshot" : build ? ".run" : ""));
  return job;
}

catalog::v1::AssetRef DbtNames::ExposureOf(const Node& node) const {
  catalog::v1::AssetRef asset;
  asset.set_kind(node.exposure_type == "dashboard" ? "dashboard" : node.exposure_type == "ml" ? "model" : "job");
  asset.set_namespace_(job_ns_);
  asset.set_name(node.id);
  return asset;
}

bool DbtNames::Takes(const Node& node) const {
  return packages_.Takes({node.package}) && nodes_.Takes({node.package, node.name});
}

std::string DbtNames::ScopeOf(const Node& node) const {
  const std::string package = node.package.empty() ? "-" : node.package;
  return ingest::NameOfLevels({package, std::string(WordOf(node.kind))});
}

std::string DbtNames::ScopeAbove(const std::string& scope) const {
  return scope == kPackagesScope ? "" : std::string(kPackagesScope);
}

std::string DbtNames::UsualNamespace(std::string_view adapter) const {
  for (const NamespaceForm& form : kForms) {
    if (form.adapter != adapter) continue;
    const bool whole = form.begins == form.form;
    return (whole ? ns_ == form.form : ns_.starts_with(form.begins)) ? "" : std::string(form.form);
  }
  return "";
}

}  // namespace cadastre::ingest_dbt
