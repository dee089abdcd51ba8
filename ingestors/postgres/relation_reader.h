// The relations of one database as objects of the catalog, a page at a time.
//
// Owner: who crawls a database; what it is given outlives it. Thread rule: confined.
// Errors: those of the connection, where a page could not be read at all. A relation of which something could not be
// read comes out failed, never as if it had none: what is behind somebody's lock is not gone. DEADLINE_EXCEEDED where
// the server ended too many queries for their time. Bounds: 200 relations a
// page; 500 properties of a relation, and one that tells how many more there are.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingestors/postgres/connection.h"
#include "ingestors/postgres/postgres_names.h"
#include "ingestors/postgres/relation_draft.h"

namespace cadastre::ingest_postgres {

class RelationReader {
 public:
  // `database_oid` makes the ids of its relations those of no other database; `samples`: bounds of values, too.
  RelationReader(Connection* connection, const PostgresNames* names, std::string database, std::string database_oid,
                 int64_t block_bytes, bool samples);

  // Before the first page.
  absl::Status Begin();
  // In order of schema and name; only what the recipe takes. `end` is set behind the last page.
  absl::StatusOr<std::vector<Relation>> NextPage(bool& end);

 private:
  using Drafts = std::map<std::string, RelationDraft*>;

  // Reads `sql` for these relations and calls `take` with each row; where that fails, for each half of them, so that
  // what fails is one relation.
  absl::Status ForEach(const char* sql, const std::vector<std::string>& oids, Drafts& drafts,
                       void (RelationReader::*take)(const Rows&, int, RelationDraft&));
  // As ForEach, and what it waits for locks afterwards is as before.
  absl::Status ForAll(const char* sql, const std::vector<std::string>& oids, Drafts& drafts,
                      void (RelationReader::*take)(const Rows&, int, RelationDraft&));
  void TakeDetails(const Rows& rows, int row, RelationDraft& draft);
  void TakeColumn(const Rows& rows, int row, RelationDraft& draft);
  void TakeConstraint(const Rows& rows, int row, RelationDraft& draft);
  void TakeIndex(const Rows& rows, int row, RelationDraft& draft);
  void TakePolicy(const Rows& rows, int row, RelationDraft& draft);
  void TakeGrant(const Rows& rows, int row, RelationDraft& draft);
  void TakeColumnGrant(const Rows& rows, int row, RelationDraft& draft);
  void TakePartitions(const Rows& rows, int row, RelationDraft& draft);
  void TakeDefinition(const Rows& rows, int row, RelationDraft& draft);
  void TakeInput(const Rows& rows, int row, RelationDraft& draft);
  void TakeRemote(const Rows& rows, int row, RelationDraft& draft);
  void TakeProfile(const Rows& rows, int row, RelationDraft& draft);
  void TakeSamples(const Rows& rows, int row, RelationDraft& draft);
  absl::Status ReadColumnNames(Drafts& drafts);

  Connection* connection_;
  const PostgresNames* names_;
  const std::string database_, database_oid_;
  const int64_t block_bytes_;
  const bool samples_;
  // Of what views of the page are made from.
  ColumnNames column_names_;
  // Queries that the server ended for their time.
  int timeouts_ = 0;
};

}  // namespace cadastre::ingest_postgres
