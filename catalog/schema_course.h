// The schemas of one asset in the order of their times, and what they make of its columns when they are followed so:
// whatever the order of arrival, a column name masks as though its schema had come when it was stated.
//
// A schema that a newer or a higher-ranked one had overtaken when it came was never followed
// (catalog/column_writer.h), and the names it brings are still shown of then. So where one comes, all schemas are
// followed again over a copy of the columns, once without it and once with it: what differs is what it brings.
// What masks the columns is taken as it stands now, as though it had masked them from the first schema on: so late
// schemas hide more, never less. Nothing that somebody released comes back, since both walks have it.
// Thread rule: confined; reads of the session are without preconditions.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "catalog/column_steps.h"

namespace cadastre::catalog {

// The key of a statement's row, and since when it holds; kTimestampMax: from the commit on.
using StatedSchemas = std::set<std::pair<std::string, Timestamp>>;

struct SchemaCourse {
  struct Event {
    Timestamp at;
    v1::Schema schema;
    // Another stood when it was stated, and went on standing.
    bool aside = false;
  };
  std::vector<Event> events;
  // Older ones than the first are not told.
  bool cut = false;
};

// The schemas stored and stated in this session; without those of `besides`. `stated` are those of this session that
// must be told, however many came after them.
StatusOr<SchemaCourse> SchemasInOrder(const authz::WriteSession& session, AssetId asset, const StatedSchemas& stated,
                                      const StatedSchemas& besides);

class CourseWalk {
 public:
  // The columns as they stand, and what masks them.
  CourseWalk(const ColumnRows& columns, const ColumnMasks& masks, authz::ColumnCase rule);

  // The columns with what `after` brings and `before` does not; new ones at the end.
  StatusOr<ColumnRows> Retrace(const SchemaCourse& before, const SchemaCourse& after) const;

 private:
  StatusOr<ColumnRows> Walk(const SchemaCourse& course, ColumnRows walked) const;
  // Vanished columns that no schema of the course names: they went before it.
  ColumnRows GoneBefore(const SchemaCourse& course) const;
  // The standing column that a field is; invalid where there is none.
  ColumnId StandingOf(const FlatField& field) const;
  ColumnId NewId(const FlatField& field, const ColumnRows& walked) const;

  const ColumnRows& columns_;
  const ColumnMasks& masks_;
  authz::ColumnCase rule_;
  // Live ones first.
  std::map<std::vector<std::string>, std::vector<ColumnId>> by_name_;
  std::map<int64_t, ColumnId> by_source_;
};

}  // namespace cadastre::catalog
