#include "ingestors/postgres/connection.h"

#include <libpq-fe.h>

#include <charconv>
#include <utility>

#include "base/status.h"

namespace cadastre::ingest_postgres {
namespace {

constexpr int kOldestVersion = 120'000;

std::string OneLine(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' || c == '\r' ? ' ' : c;
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

absl::StatusCode CodeOf(std::string_view sql_state) {
  if (sql_state == "42501") return absl::StatusCode::kPermissionDenied;
  if (sql_state == "57014") return absl::StatusCode::kDeadlineExceeded;
  if (sql_state == "55P03") return absl::StatusCode::kFailedPrecondition;
  if (sql_state == "3D000") return absl::StatusCode::kNotFound;
  if (sql_state.starts_with("28")) return absl::StatusCode::kUnauthenticated;
  if (sql_state.empty() || sql_state.starts_with("08") || sql_state.starts_with("57P")) {
    return absl::StatusCode::kUnavailable;
  }
  return absl::StatusCode::kInternal;
}

absl::Status StatusOf(PGconn* connection, const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string message = OneLine(primary == nullptr ? PQerrorMessage(connection) : primary);
  return {CodeOf(state == nullptr ? "" : state), message.empty() ? "the connection was lost" : message};
}

// Of a connection that was not made there is no state, but words that have been the same since version 7.
absl::Status RefusedBy(PGconn* connection) {
  const std::string message = OneLine(PQerrorMessage(connection));
  const bool login =
      message.find("authentication failed") != std::string::npos || PQconnectionNeedsPassword(connection);
  return login ? base::Unauthenticated(message) : base::Unavailable(message);
}

}  // namespace

Rows::Rows(pg_result* result) : result_(result) {}
void Rows::Free::operator()(pg_result* result) const { PQclear(result); }

int Rows::size() const { return result_ == nullptr ? 0 : PQntuples(result_.get()); }
bool Rows::IsNull(int row, int column) const { return PQgetisnull(result_.get(), row, column) != 0; }

std::string Rows::Text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column), static_cast<size_t>(PQgetlength(result_.get(), row, column))};
}

int64_t Rows::Number(int row, int column) const {
  const std::string text = Text(row, column);
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

double Rows::Fraction(int row, int column) const {
  const std::string text = Text(row, column);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool Rows::Flag(int row, int column) const { return Text(row, column) == "t"; }

void Connection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Login& login) {
  const std::pair<const char*, std::string> said[] = {
      {"host", login.host},
      {"port", std::to_string(login.port)},
      {"dbname", login.database},
      {"user", login.user},
      {"password", login.password},
      {"sslmode", login.ssl_mode},
      {"sslrootcert", login.ssl_root_certificate},
      {"sslcert", login.ssl_certificate},
      {"sslkey", login.ssl_key},
      {"connect_timeout", std::to_string(login.connect_seconds)},
      {"client_encoding", "UTF8"},
      {"application_name", "cadastre-ingest"},
  };
  std::vector<const char*> names, values;
  for (const auto& [name, value] : said) {
    if (value.empty()) continue;
    names.push_back(name);
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  // Not expanded: a database's name that looks like a connection string is a name.
  std::unique_ptr<Connection> made(
      new Connection(PQconnectdbParams(names.data(), values.data(), 0), login.lock_seconds));
  PGconn* connection = made->connection_.get();
  if (connection == nullptr) return base::ResourceExhausted("no memory for a connection");
  if (PQstatus(connection) != CONNECTION_OK) return RefusedBy(connection);
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  if (made->version() < kOldestVersion) return base::FailedPrecondition("PostgreSQL 12 or newer is needed");
  // Settings that a pooler between us would not take when connecting. The path keeps whoever may make functions in the
  // database from being called by us.
  for (const std::string& sql :
       {std::string("SET default_transaction_read_only = on"),
        std::string("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
        std::string("SET LOCAL search_path = pg_catalog"),
        base::Cat("SET LOCAL statement_timeout = '", login.statement_seconds, "s'"),
        base::Cat("SET LOCAL lock_timeout = '", login.lock_seconds, "s'"),
        std::string("SET LOCAL extra_float_digits = 1"), std::string("SET LOCAL quote_all_identifiers = off")}) {
    RETURN_IF_ERROR(made->Query(sql).status());
  }
  return made;
}

absl::StatusOr<Rows> Connection::Query(const std::string& sql, const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  PGresult* result = PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                  values.data(), nullptr, nullptr, 0);
  Rows rows(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return StatusOf(connection_.get(), result);
  return rows;
}

absl::StatusOr<Rows> Connection::Try(const std::string& sql, const std::vector<std::string>& parameters) {
  RETURN_IF_ERROR(Query("SAVEPOINT step").status());
  absl::StatusOr<Rows> rows = Query(sql, parameters);
  const absl::Status after = Query(rows.ok() ? "RELEASE SAVEPOINT step" : "ROLLBACK TO SAVEPOINT step").status();
  if (rows.ok() && !after.ok()) return after;
  return rows;
}

absl::Status Connection::WaitForLocks(int milliseconds) {
  if (milliseconds == lock_millis_) return absl::OkStatus();
  const int64_t said = milliseconds == 0 ? lock_seconds_ * 1'000 : milliseconds;
  RETURN_IF_ERROR(Query(base::Cat("SET LOCAL lock_timeout = '", said, "ms'")).status());
  lock_millis_ = milliseconds;
  return absl::OkStatus();
}

int Connection::version() const { return PQserverVersion(connection_.get()); }

std::string OidList(const std::vector<std::string>& oids) {
  std::string out = "{";
  for (const std::string& oid : oids) out += base::Cat(out.size() == 1 ? "" : ",", oid);
  return out + "}";
}

}  // namespace cadastre::ingest_postgres
