#include <utility>

#include "base/status.h"
#include "ingestors/postgres/postgres_source.h"
#include "ingestors/postgres/queries.h"

namespace cadastre::ingest_postgres {
namespace {

// As SQL writes a name.
std::string SqlName(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

}  // namespace

absl::StatusOr<std::vector<ingest::Check>> PostgresSource::Test() {
  std::vector<ingest::Check> checks;
  const absl::StatusOr<std::unique_ptr<Connection>> connection = ConnectTo(login_.database);
  if (!connection.ok()) {
    checks.push_back({base::Cat("connect to ", login_.host, ", port ", login_.port, ", database ", login_.database),
                      false, std::string(base::MessageOf(connection.status()))});
    return checks;
  }
  ASSIGN_OR_RETURN(const Rows self, (*connection)->Query(kSelf));
  const std::string user = self.Text(0, 0);
  const int version = (*connection)->version();
  checks.push_back(
      {base::Cat("connect to ", names_.ns(), " as ", user), true,
       base::Cat("PostgreSQL ", version / 10'000, ".", version % 10'000, self.Flag(0, 2) ? ", a standby" : "",
                 self.Flag(0, 4) ? ", encrypted" : ", not encrypted")});
  ASSIGN_OR_RETURN(const std::vector<Database> databases, ReadDatabases(**connection));
  checks.push_back({"list the databases", true, base::Cat(databases.size(), " that the recipe takes")});
  for (const std::string& name : NotThere(databases)) {
    checks.push_back({base::Cat("database ", name), false, "the server has none of that name"});
  }
  for (const Database& database : databases) TestDatabase(database, user, checks);
  if (self.Flag(0, 1)) {
    checks.push_back({"a user that may do no more than it needs", true,
                      base::Cat(user, " is a superuser; any role that may connect is enough")});
  }
  return checks;
}

void PostgresSource::TestDatabase(const Database& database, const std::string& user,
                                  std::vector<ingest::Check>& checks) const {
  const std::string what = base::Cat("read the catalog of database ", database.name);
  if (!database.takes_connections) {
    checks.push_back({what, false,
                      base::Cat("ALTER DATABASE ", SqlName(database.name),
                                " ALLOW_CONNECTIONS true; or leave it out: scope.databases.exclude")});
    return;
  }
  if (!database.may_connect) {
    checks.push_back(
        {what, false, base::Cat("GRANT CONNECT ON DATABASE ", SqlName(database.name), " TO ", SqlName(user), ";")});
    return;
  }
  const absl::StatusOr<std::unique_ptr<Connection>> connection = ConnectTo(database.name);
  if (!connection.ok()) {
    checks.push_back({what, false, std::string(base::MessageOf(connection.status()))});
    return;
  }
  const absl::StatusOr<Rows> unreadable = (*connection)->Query(kUnreadable);
  if (!unreadable.ok()) {
    checks.push_back({what, false, std::string(base::MessageOf(unreadable.status()))});
    return;
  }
  for (int row = 0; row < unreadable->size(); ++row) {
    checks.push_back({base::Cat(what, ": ", unreadable->Text(row, 0)), false,
                      base::Cat("GRANT SELECT ON pg_catalog.", unreadable->Text(row, 0), " TO ", SqlName(user), ";")});
  }
  if (unreadable->size() > 0) return;
  const absl::StatusOr<std::vector<Schema>> schemas = ReadSchemas(**connection, database.name);
  checks.push_back({what, schemas.ok(),
                    schemas.ok() ? base::Cat(schemas->size(), " schemas that the recipe takes")
                                 : std::string(base::MessageOf(schemas.status()))});
}

}  // namespace cadastre::ingest_postgres
