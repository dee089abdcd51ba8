#include "ingestors/postgres/postgres_source.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "ingestors/postgres/postgres.h"
#include "ingestors/postgres/queries.h"
#include "ingestors/postgres/relation_reader.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_postgres {
namespace {

constexpr size_t kCommentBytes = size_t{64} << 10;

bool IsPattern(std::string_view name) { return name.find_first_of("*?") != std::string_view::npos; }

}  // namespace

PostgresSource::PostgresSource(Login login, PostgresNames names, std::vector<std::string> named, bool samples)
    : login_(std::move(login)), names_(std::move(names)), named_(std::move(named)), samples_(samples) {}

absl::StatusOr<std::unique_ptr<ingest::Source>> PostgresSource::Make(const ingest::Recipe& recipe) {
  Login login;
  login.host = recipe.Text("source.host");
  login.port = recipe.Number("source.port");
  login.user = recipe.Text("source.user");
  login.password = recipe.Text("source.password");
  login.ssl_mode = recipe.Text("source.sslmode");
  login.ssl_root_certificate = recipe.Text("source.ssl_root_certificate");
  login.ssl_certificate = recipe.Text("source.ssl_certificate");
  login.ssl_key = recipe.Text("source.ssl_key");
  login.statement_seconds = recipe.Number("source.statement_seconds");
  login.lock_seconds = recipe.Number("source.lock_seconds");
  ASSIGN_OR_RETURN(PostgresNames names, PostgresNames::Of(recipe));
  std::vector<std::string> named;
  for (const std::string& text : recipe.Texts("source.databases")) {
    // Checked by PostgresNames.
    if (const auto levels = ingest::LevelsOfName(text); levels.ok() && !IsPattern(text))
      named.push_back(levels->front());
  }
  login.database = recipe.Text("source.first_database");
  if (!named.empty() && !recipe.Says("source.first_database")) login.database = named.front();
  return std::unique_ptr<ingest::Source>(
      new PostgresSource(std::move(login), std::move(names), std::move(named), recipe.Flag("source.samples")));
}

absl::StatusOr<std::unique_ptr<Connection>> PostgresSource::ConnectTo(const std::string& database) const {
  Login login = login_;
  login.database = database;
  return Connection::Open(login);
}

absl::StatusOr<std::map<std::string, PostgresSource::Properties>> PostgresSource::ReadGrants(
    Connection& connection, const char* sql, const std::vector<std::string>& oids) const {
  ASSIGN_OR_RETURN(const Rows rows, connection.Query(sql, {OidList(oids)}));
  std::map<std::string, Properties> grants;
  for (int row = 0; row < rows.size(); ++row) {
    Properties& properties = grants[rows.Text(row, 0)];
    if (properties.size() >= RelationDraft::kPropertiesMax) continue;
    properties[base::Cat("granted to ", rows.Text(row, 1))] = rows.Text(row, 2);
  }
  return grants;
}

absl::StatusOr<std::vector<PostgresSource::Database>> PostgresSource::ReadDatabases(Connection& connection) const {
  ASSIGN_OR_RETURN(const Rows rows, connection.Query(kDatabases));
  std::vector<Database> databases;
  std::vector<std::string> oids;
  for (int row = 0; row < rows.size(); ++row) {
    if (!names_.Takes({rows.Text(row, 1)})) continue;
    databases.push_back({rows.Text(row, 0),
                         rows.Text(row, 1),
                         rows.Text(row, 3),
                         rows.Flag(row, 4),
                         rows.Flag(row, 5),
                         {{"encoding", rows.Text(row, 6)}, {"owner", rows.Text(row, 2)}}});
    oids.push_back(databases.back().oid);
  }
  ASSIGN_OR_RETURN(const auto grants, ReadGrants(connection, kDatabaseGrants, oids));
  ASSIGN_OR_RETURN(const Rows members, connection.Query(kMembers));
  for (Database& database : databases) {
    if (const auto found = grants.find(database.oid); found != grants.end())
      database.properties.insert(found->second.begin(), found->second.end());
    for (int row = 0; row < members.size(); ++row) {
      if (database.properties.size() >= RelationDraft::kPropertiesMax) break;
      database.properties[base::Cat("members of ", members.Text(row, 0))] = members.Text(row, 1);
    }
  }
  return databases;
}

absl::StatusOr<std::vector<PostgresSource::Schema>> PostgresSource::ReadSchemas(Connection& connection,
                                                                                const std::string& database) const {
  ASSIGN_OR_RETURN(const Rows rows, connection.Query(kSchemas));
  std::vector<Schema> schemas;
  std::vector<std::string> oids;
  for (int row = 0; row < rows.size(); ++row) {
    if (!names_.Takes({database, rows.Text(row, 1)})) continue;
    schemas.push_back({rows.Text(row, 0), rows.Text(row, 1), rows.Text(row, 2), rows.Text(row, 3), {}});
    oids.push_back(schemas.back().oid);
  }
  ASSIGN_OR_RETURN(auto grants, ReadGrants(connection, kSchemaGrants, oids));
  for (Schema& schema : schemas) schema.grants = std::move(grants[schema.oid]);
  return schemas;
}

std::vector<std::string> PostgresSource::NotThere(const std::vector<Database>& databases) const {
  std::vector<std::string> missing;
  for (const std::string& name : named_) {
    const bool there =
        std::any_of(databases.begin(), databases.end(), [&](const Database& one) { return one.name == name; });
    if (!there && names_.Takes({name})) missing.push_back(name);
  }
  return missing;
}

ingest::v1::CrawledObject PostgresSource::ContainerOf(const std::vector<std::string>& levels, std::string source_id,
                                                      const std::string& comment, const Properties& properties) const {
  ingest::v1::CrawledObject object;
  *object.mutable_asset() = names_.AssetOf(levels);
  object.set_source_id(std::move(source_id));
  if (levels.size() == 2) {
    *object.add_aspects()->mutable_aspect()->mutable_container()->mutable_container() = names_.AssetOf({levels[0]});
  }
  if (!comment.empty()) {
    object.add_aspects()->mutable_aspect()->mutable_documentation()->set_text(ingest::Mended(comment, kCommentBytes));
  }
  auto& told = *object.add_aspects()->mutable_aspect()->mutable_custom_properties()->mutable_properties();
  for (const auto& [key, value] : properties) {
    told[ingest::Mended(key, RelationDraft::kPropertyBytesMax)] =
        ingest::Mended(value, RelationDraft::kPropertyBytesMax);
  }
  return object;
}

absl::Status PostgresSource::Crawl(ingest::Sink& sink) {
  std::vector<Database> databases;
  {
    ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, ConnectTo(login_.database));
    ASSIGN_OR_RETURN(databases, ReadDatabases(*connection));
  }
  const std::string all = names_.ScopeOf({});
  for (const Database& database : databases) {
    RETURN_IF_ERROR(sink.Emit(
        all, ContainerOf({database.name}, base::Cat("d", database.oid), database.comment, database.properties)));
  }
  sink.Complete(all);
  for (const std::string& name : NotThere(databases)) {
    sink.Failed(names_.ScopeOf({name}), "the recipe names this database, and the server has none of that name");
  }
  for (const Database& database : databases) RETURN_IF_ERROR(CrawlDatabase(database, sink));
  return absl::OkStatus();
}

absl::Status PostgresSource::CrawlDatabase(const Database& database, ingest::Sink& sink) const {
  const std::string scope = names_.ScopeOf({database.name});
  if (!database.takes_connections) {
    sink.Failed(scope, "the database takes no connections");
    return absl::OkStatus();
  }
  const absl::StatusOr<std::unique_ptr<Connection>> connection = ConnectTo(database.name);
  if (!connection.ok()) {
    sink.Failed(scope, base::MessageOf(connection.status()));
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<Schema>> schemas = ReadSchemas(**connection, database.name);
  if (!schemas.ok()) {
    sink.Failed(scope, base::MessageOf(schemas.status()));
    return absl::OkStatus();
  }
  for (const Schema& schema : *schemas) {
    Properties properties = schema.grants;
    properties["owner"] = schema.owner;
    RETURN_IF_ERROR(
        sink.Emit(scope, ContainerOf({database.name, schema.name}, SourceIdOf(database.oid, 'n', schema.oid),
                                     schema.comment, properties)));
  }
  sink.Complete(scope);
  std::set<std::string> open;
  for (const Schema& schema : *schemas) open.insert(schema.name);
  absl::Status ended;
  const absl::Status read = CrawlSchemas(**connection, database, open, sink, ended);
  if (!read.ok()) {
    for (const std::string& schema : open) {
      sink.Partial(names_.ScopeOf({database.name, schema}), base::MessageOf(read));
    }
  }
  return ended;
}

absl::Status PostgresSource::CrawlSchemas(Connection& connection, const Database& database, std::set<std::string>& open,
                                          ingest::Sink& sink, absl::Status& ended) const {
  ASSIGN_OR_RETURN(const Rows self, connection.Query(kSelf));
  RelationReader reader(&connection, &names_, database.name, database.oid, self.Number(0, 3), samples_);
  RETURN_IF_ERROR(reader.Begin());
  // Relations come schema by schema; in which order is the server's, whose bytes of a name need not be ours. A schema
  // is known wholly when the next one begins, and one without relations when all have been read.
  std::string current;
  const auto close = [&](const std::string& schema) {
    sink.Complete(names_.ScopeOf({database.name, schema}));
    open.erase(schema);
  };
  for (bool end = false; !end;) {
    ASSIGN_OR_RETURN(std::vector<Relation> relations, reader.NextPage(end));
    for (Relation& relation : relations) {
      if (!current.empty() && current != relation.levels[1]) close(current);
      current = relation.levels[1];
      const std::string scope = names_.ScopeOf({database.name, current});
      if (!relation.failed.empty()) {
        sink.Fail(scope, {ingest::NameOfLevels(relation.levels), relation.object.asset(), relation.object.source_id(),
                          relation.failed});
        continue;
      }
      ended = sink.Emit(scope, std::move(relation.object));
      if (!ended.ok()) return absl::OkStatus();
    }
  }
  if (!current.empty()) close(current);
  for (const std::string& schema : open) sink.Complete(names_.ScopeOf({database.name, schema}));
  open.clear();
  return absl::OkStatus();
}

ingest::SourceType PostgresType() {
  using catalog::v1::Aspect;
  return {
      .word = "postgres",
      .summary =
          "PostgreSQL 12 or newer: databases, schemas, tables, views, their columns, keys and what views are made from",
      .keys = &PostgresKeys(),
      .states = {Aspect::kSchema, Aspect::kDatasetType, Aspect::kContainer, Aspect::kPartitioning, Aspect::kDefinition,
                 Aspect::kDocumentation, Aspect::kCustomProperties, Aspect::kVolume, Aspect::kProfile},
      .make = PostgresSource::Make,
  };
}

}  // namespace cadastre::ingest_postgres
