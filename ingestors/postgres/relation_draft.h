// A relation while it is read, and what the catalog is told of it.
//
// Owner: the reader, for a page. Thread rule: confined.
// Bounds: 500 properties of at most 4 KiB, and one that tells how many more there are; SQL of at most 1 MiB.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "ingestors/postgres/postgres_names.h"
#include "ingestors/postgres/view_columns.h"

namespace cadastre::ingest_postgres {

// By the relation's oid and the column's number.
using ColumnNames = std::map<std::string, std::map<int64_t, std::string>>;

struct RelationDraft {
  static constexpr size_t kPropertyBytesMax = 4'096;
  static constexpr size_t kPropertiesMax = 500;

  std::string oid;
  // Database, schema, name.
  std::vector<std::string> levels;
  // As pg_class.relkind.
  char kind = 'r';
  std::string comment, partition_key, sql;
  bool sql_left_out = false;
  // Why something of it could not be read; empty where all was.
  std::string failed;
  catalog::v1::Schema schema;
  std::set<int64_t> key_columns;
  // -1 where nobody ever counted.
  int64_t rows = -1;
  int64_t pages = 0;
  // Microseconds since 1970; 0 for never.
  int64_t analysed = 0;
  // By the column's name, where the server has looked at its values.
  std::map<std::string, catalog::v1::Profile::Column> profiles;
  std::map<std::string, std::string> properties;
  int64_t properties_left_out = 0;
  struct Input {
    std::string oid;
    // Of the root that a partition is told by.
    std::vector<std::string> levels;
  };
  // What a foreign table stands for, on another server or this.
  struct Remote {
    std::string ns;
    std::vector<std::string> levels;
    // Its columns and ours.
    std::vector<std::pair<std::string, std::string>> columns;
  };
  std::vector<Input> inputs;
  // By the oid of the foreign table: this, or a partition of this.
  std::map<std::string, Remote> remotes;
  std::vector<ColumnOrigin> origins;

  bool is_view() const { return kind == 'v' || kind == 'm'; }
  // A property, unless there is nothing to say.
  void Say(std::string_view key, std::string_view value);
};

struct Relation {
  std::string oid;
  std::vector<std::string> levels;
  ingest::v1::CrawledObject object;
  // As that of the draft; the object is then not to be told.
  std::string failed;
};

// Takes the draft apart.
Relation RelationOf(RelationDraft& draft, const PostgresNames& names, const std::string& database_oid,
                    int64_t block_bytes, const ColumnNames& column_names);

// The id of what has an oid of its own within a database: kind letter, since oids of tables and schemas may be equal.
std::string SourceIdOf(const std::string& database_oid, char kind, const std::string& oid);

}  // namespace cadastre::ingest_postgres
