// What the parts of a PostgreSQL server are called in the catalog, which of them a recipe takes, and by which scopes
// they are known.
//
// As the OpenLineage naming spec has it: namespace `postgres://host:port`, name `database.schema.table`. A level that
// holds a dot or a quote stands in double quotes, so that no two objects bear one name.
//
// Scopes: the namespace lists the databases, `shop` the schemas of a database, `shop.public` the tables of a schema.
//
// Owner: the source. Thread rule: compatible.
// Errors: INVALID_ARGUMENT naming the recipe's key.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cadastre/catalog/v1/asset.pb.h"
#include "ingestors/runner/name_filter.h"
#include "ingestors/runner/recipe.h"

namespace cadastre::ingest_postgres {

class PostgresNames {
 public:
  static absl::StatusOr<PostgresNames> Of(const ingest::Recipe& recipe);

  const std::string& ns() const { return ns_; }

  // One level is a database, two a schema: containers; three a table or what is like one.
  catalog::v1::AssetRef AssetOf(const std::vector<std::string>& levels) const;
  // As AssetOf: whether the recipe takes it, and everything it is in.
  bool Takes(const std::vector<std::string>& levels) const;
  bool Covers(const catalog::v1::AssetRef& asset) const;

  // Of no level the namespace.
  std::string ScopeOf(const std::vector<std::string>& levels) const;
  std::string ScopeAbove(const std::string& scope) const;

 private:
  std::string ns_;
  // `source.databases`, then a filter for each level.
  ingest::NameFilter named_, databases_, schemas_, tables_;
};

}  // namespace cadastre::ingest_postgres
