#include "ingestors/postgres/postgres_names.h"

#include "base/limits.h"
#include "base/status.h"

namespace cadastre::ingest_postgres {
absl::StatusOr<PostgresNames> PostgresNames::Of(const ingest::Recipe& recipe) {
  PostgresNames names;
  names.ns_ = recipe.Text("namespace");
  if (names.ns_.empty()) {
    const std::string host = recipe.Text("source.host");
    if (host.starts_with('/') || host.starts_with('@')) {
      return recipe.Wrong("namespace",
                          "a name for the server, such as postgres://db.example.com:5432, since a socket has none");
    }
    const bool ipv6 = host.find(':') != std::string::npos;
    names.ns_ = base::Cat("postgres://", ipv6 ? "[" : "", host, ipv6 ? "]" : "", ":", recipe.Number("source.port"));
  }
  if (names.ns_.size() > base::kNamespaceBytesMax) return recipe.Wrong("namespace", "at most 512 bytes");
  const auto named = ingest::NameFilter::Make(1, recipe.Texts("source.databases"), {});
  if (!named.ok()) {
    return recipe.Wrong("source.databases", base::Cat("names or patterns: ", base::MessageOf(named.status())));
  }
  names.named_ = *named;
  ASSIGN_OR_RETURN(names.databases_, ingest::FilterOf(recipe, "databases", 1));
  ASSIGN_OR_RETURN(names.schemas_, ingest::FilterOf(recipe, "schemas", 2));
  ASSIGN_OR_RETURN(names.tables_, ingest::FilterOf(recipe, "tables", 3));
  return names;
}

catalog::v1::AssetRef PostgresNames::AssetOf(const std::vector<std::string>& levels) const {
  catalog::v1::AssetRef asset;
  asset.set_kind(levels.size() < 3 ? "container" : "dataset");
  asset.set_namespace_(ns_);
  asset.set_name(ingest::NameOfLevels(levels));
  return asset;
}

bool PostgresNames::Takes(const std::vector<std::string>& levels) const {
  if (levels.empty() || levels.size() > 3) return false;
  const std::vector<std::string> database(levels.begin(), levels.begin() + 1);
  if (!named_.Takes(database) || !databases_.Takes(database)) return false;
  if (levels.size() >= 2 && !schemas_.Takes({levels[0], levels[1]})) return false;
  return levels.size() < 3 || tables_.Takes(levels);
}

bool PostgresNames::Covers(const catalog::v1::AssetRef& asset) const {
  if (asset.namespace_() != ns_) return false;
  const auto levels = ingest::LevelsOfName(asset.name());
  return levels.ok() && (asset.kind() == "dataset") == (levels->size() == 3) && Takes(*levels);
}

std::string PostgresNames::ScopeOf(const std::vector<std::string>& levels) const {
  return levels.empty() ? ns_ : ingest::NameOfLevels(levels);
}

std::string PostgresNames::ScopeAbove(const std::string& scope) const {
  if (scope == ns_) return "";
  auto levels = ingest::LevelsOfName(scope);
  if (!levels.ok()) return "";
  levels->pop_back();
  return ScopeOf(*levels);
}

}  // namespace cadastre::ingest_postgres
