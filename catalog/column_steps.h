// What a schema makes of the columns of an asset, and of what masks them: the rules of column_writer.h as a function.
//
// Pure; thread rule: compatible. By itself, because schemas that came late are followed again in the order of their
// times.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/policy/column_case.h"
#include "authz/policy/column_mask.h"
#include "base/words.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/record/registry.pb.h"

namespace cadastre::catalog {

using ColumnRows = std::map<ColumnId, record::Column>;
using ColumnClasses = std::set<std::string>;

// One column of a schema, flattened, in order.
struct FlatField {
  std::vector<std::string> path;
  const v1::SchemaField* field;
};
std::vector<FlatField> Flatten(const v1::Schema& schema);

// INVALID_ARGUMENT for what is no path.
Status CheckColumnPath(const std::vector<std::string>& path);
record::Column ColumnNamed(const std::vector<std::string>& path);
// The column that `path` speaks of: spelled so, else the only one that is spelled so by the case rule; of each the live
// before the vanished.
std::optional<ColumnId> ColumnOf(const ColumnRows& columns, const std::vector<std::string>& path,
                                 authz::ColumnCase rule);

// False where they stand in the list already.
template <typename Classes>
bool AddClasses(const Classes& classes, google::protobuf::RepeatedPtrField<std::string>* list) {
  std::set<std::string> all(list->begin(), list->end());
  const size_t before = all.size();
  all.insert(classes.begin(), classes.end());
  if (all.size() == before) return false;
  list->Assign(all.begin(), all.end());
  return true;
}
// Forgets the oldest names that are over the bounds, and never a class.
void TrimFormer(google::protobuf::RepeatedPtrField<record::FormerColumnName>* former);
// The name a column had, in `former` of `record`.
void RememberName(const std::vector<std::string>& path, const ColumnClasses& classes, authz::ColumnCase rule,
                  record::Column* record);

// What masks the columns of one asset: all that the labels of its merged names carry, found by path as a mask reads it.
class ColumnMasks {
 public:
  void Add(const record::ColumnLabels& labels, bool own);
  // What masks a column under its name masks those it had before. True where more is masked by it.
  bool AddFormer(const record::RenamedColumn& renamed);
  // What these columns inherited, and what the names they had carry, beside what is known.
  void AddCarried(const ColumnRows& columns);

  bool empty() const { return entries_.empty(); }
  // Of the column, and of what else masks its path.
  ColumnClasses Of(ColumnId column, const std::vector<std::string>& path) const { return Gather(column, path, true); }
  // Without what it carries itself.
  ColumnClasses Besides(ColumnId column, const std::vector<std::string>& path) const {
    return Gather(column, path, false);
  }

 private:
  struct Entry {
    // Invalid under other names than the asset's.
    ColumnId column;
    ColumnClasses classes;
  };

  ColumnClasses Gather(ColumnId column, const std::vector<std::string>& path, bool own) const;

  // By their places among the entries.
  authz::ColumnMask mask_;
  std::vector<Entry> entries_;
};

// What the vanished of these columns leave to one that was never there.
ColumnClasses LeftToNew(const ColumnMasks& masks, const ColumnRows& columns);

struct SchemaStep {
  const v1::Schema* schema;
  // Its place among the schemas of the asset: greater than any of those before it.
  uint64_t number = 0;
  authz::ColumnCase rule = authz::ColumnCase::kTold;
  const ColumnMasks* masks;
  // The id of a column that none of `columns` is.
  std::function<ColumnId(const FlatField& field, const ColumnRows& columns)> new_id;
};
// The columns with this schema after those of `before`. INVALID_ARGUMENT for a field that is no path.
StatusOr<ColumnRows> ColumnsAfter(const ColumnRows& before, const SchemaStep& step);

}  // namespace cadastre::catalog
