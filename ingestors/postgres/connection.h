// One connection to a PostgreSQL database, reading in one read-only transaction. Inside only: libpq stays behind it.
//
// Owner: who crawls a database. Thread rule: confined.
// Errors: in the server's words. UNAVAILABLE where it cannot be reached or is shutting down, UNAUTHENTICATED and
// PERMISSION_DENIED where it refuses, NOT_FOUND for a database that is not there, DEADLINE_EXCEEDED past the
// statement's time, FAILED_PRECONDITION where a lock was not given in time, INTERNAL else. Bounds: the timeouts of its
// settings; a query that waits for longer is ended by the server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct pg_conn;
struct pg_result;

namespace cadastre::ingest_postgres {

struct Login {
  // An address, a name, or the folder of a Unix socket.
  std::string host;
  int64_t port = 5432;
  std::string user, password, database;
  std::string ssl_mode, ssl_root_certificate, ssl_certificate, ssl_key;
  int64_t connect_seconds = 10;
  int64_t statement_seconds = 60;
  int64_t lock_seconds = 5;
};

// What a query answered. Columns count from 0.
class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* result);
  Rows(Rows&&) noexcept = default;
  Rows& operator=(Rows&&) noexcept = default;

  int size() const;
  bool IsNull(int row, int column) const;
  // Bytes as the server sent them, which of an SQL_ASCII database need be no UTF-8; empty where null.
  std::string Text(int row, int column) const;
  // 0 where null.
  int64_t Number(int row, int column) const;
  // 0 where null.
  double Fraction(int row, int column) const;
  bool Flag(int row, int column) const;

 private:
  struct Free {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Free> result_;
};

class Connection {
 public:
  // Connected, and in its transaction: REPEATABLE READ, so that all queries see one state.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Login& login);

  // Parameters as text. What fails ends the transaction.
  absl::StatusOr<Rows> Query(const std::string& sql, const std::vector<std::string>& parameters = {});
  // What fails leaves the transaction as it was, unless the connection is lost.
  absl::StatusOr<Rows> Try(const std::string& sql, const std::vector<std::string>& parameters = {});

  // How long a query waits for somebody's lock from here on; 0: as the login says.
  absl::Status WaitForLocks(int milliseconds);

  // Such as 150018.
  int version() const;

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  Connection(pg_conn* connection, int64_t lock_seconds) : connection_(connection), lock_seconds_(lock_seconds) {}

  std::unique_ptr<pg_conn, Close> connection_;
  const int64_t lock_seconds_;
  // 0: as the login says.
  int lock_millis_ = 0;
};

// Oids as a parameter of type oid[].
std::string OidList(const std::vector<std::string>& oids);

}  // namespace cadastre::ingest_postgres
