#include "ingestors/postgres/postgres_source.h"

namespace cadastre::ingest_postgres {

const std::vector<ingest::RecipeKey>& PostgresKeys() {
  using ingest::Shape;
  static const std::vector<ingest::RecipeKey> kKeys = {
      {.path = "source.host",
       .meaning = "The server's name or address, or the folder of its socket (then say `namespace` too)",
       .otherwise = "localhost"},
      {.path = "source.port",
       .shape = Shape::kNumber,
       .meaning = "Its port",
       .otherwise = "5432",
       .min = 1,
       .max = 65'535},
      {.path = "source.databases",
       .shape = Shape::kTexts,
       .meaning = "Names or patterns of the databases to read; all that take connections without it"},
      {.path = "source.first_database",
       .meaning = "Where the list of databases is read; the first of `source.databases`, or postgres, without it",
       .otherwise = "postgres"},
      {.path = "source.user", .meaning = "Any role that may connect; libpq's own default without it"},
      {.path = "source.password", .shape = Shape::kSecret, .meaning = "Its password; libpq's own places without it"},
      {.path = "source.sslmode",
       .shape = Shape::kChoice,
       .meaning = "Whether the connection is encrypted and the server's certificate checked",
       .otherwise = "prefer",
       .choices = "disable|allow|prefer|require|verify-ca|verify-full"},
      {.path = "source.ssl_root_certificate", .meaning = "PEM file of the authority the server's certificate is of"},
      {.path = "source.ssl_certificate", .meaning = "PEM file of my certificate, where the server asks for one"},
      {.path = "source.ssl_key", .meaning = "PEM file of that certificate's key"},
      {.path = "source.statement_seconds",
       .shape = Shape::kNumber,
       .meaning = "A query that takes longer is ended",
       .otherwise = "60",
       .min = 1,
       .max = 200},
      {.path = "source.lock_seconds",
       .shape = Shape::kNumber,
       .meaning = "A query that waits longer for somebody's lock is ended",
       .otherwise = "5",
       .min = 1,
       .max = 200},
      {.path = "scope.databases.include",
       .shape = Shape::kTexts,
       .meaning = "Patterns of databases to read; all without it"},
      {.path = "scope.databases.exclude", .shape = Shape::kTexts, .meaning = "Patterns of databases to leave out"},
      {.path = "scope.schemas.include",
       .shape = Shape::kTexts,
       .meaning = "Patterns of schemas to read, such as `public` or `shop.*`; all without it"},
      {.path = "scope.schemas.exclude", .shape = Shape::kTexts, .meaning = "Patterns of schemas to leave out"},
      {.path = "scope.tables.include",
       .shape = Shape::kTexts,
       .meaning = "Patterns of tables and views to read, such as `orders_*` or `shop.public.*`; all without it"},
      {.path = "scope.tables.exclude", .shape = Shape::kTexts, .meaning = "Patterns of tables and views to leave out"},
  };
  return kKeys;
}

}  // namespace cadastre::ingest_postgres
