// A PostgreSQL server as a source. Inside only; postgres.h is what the program knows.
//
// Owner: the run. Thread rule: confined; one connection at a time.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ingestors/postgres/connection.h"
#include "ingestors/postgres/postgres_names.h"
#include "ingestors/runner/source.h"

namespace cadastre::ingest_postgres {

// What a recipe for PostgreSQL may say besides what all may.
const std::vector<ingest::RecipeKey>& PostgresKeys();

class PostgresSource final : public ingest::Source {
 public:
  static absl::StatusOr<std::unique_ptr<ingest::Source>> Make(const ingest::Recipe& recipe);

  std::string Namespace() const override { return names_.ns(); }
  absl::StatusOr<std::vector<ingest::Check>> Test() override;
  absl::Status Crawl(ingest::Sink& sink) override;
  bool Covers(const catalog::v1::AssetRef& asset) const override { return names_.Covers(asset); }
  std::string ScopeAbove(const std::string& scope) const override { return names_.ScopeAbove(scope); }

 private:
  using Properties = std::map<std::string, std::string>;
  struct Database {
    std::string oid, name, comment;
    bool takes_connections = false, may_connect = false;
    Properties properties;
  };
  struct Schema {
    std::string oid, name, owner, comment;
    Properties grants;
  };

  PostgresSource(Login login, PostgresNames names, std::vector<std::string> named, bool samples);

  absl::StatusOr<std::unique_ptr<Connection>> ConnectTo(const std::string& database) const;
  // Of databases or schemas, by their oids.
  absl::StatusOr<std::map<std::string, Properties>> ReadGrants(Connection& connection, const char* sql,
                                                               const std::vector<std::string>& oids) const;
  // Those the recipe takes.
  absl::StatusOr<std::vector<Database>> ReadDatabases(Connection& connection) const;
  absl::StatusOr<std::vector<Schema>> ReadSchemas(Connection& connection, const std::string& database) const;
  // Names in the recipe, not patterns, that no database bears.
  std::vector<std::string> NotThere(const std::vector<Database>& databases) const;
  ingest::v1::CrawledObject ContainerOf(const std::vector<std::string>& levels, std::string source_id,
                                        const std::string& comment, const Properties& properties) const;

  // Not OK only where the sink ended the crawl.
  absl::Status CrawlDatabase(const Database& database, ingest::Sink& sink) const;
  // Not OK where the database could not be read on; the schemas still in `open` were not read to their end.
  absl::Status CrawlSchemas(Connection& connection, const Database& database, std::set<std::string>& open,
                            ingest::Sink& sink, absl::Status& ended) const;
  void TestDatabase(const Database& database, const std::string& user, std::vector<ingest::Check>& checks) const;

  const Login login_;
  const PostgresNames names_;
  const std::vector<std::string> named_;
  const bool samples_;
};

}  // namespace cadastre::ingest_postgres
