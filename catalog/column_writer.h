// ColumnWriter: gives columns their ids within one write session, marks the vanished as orphaned, and hands on the
// classes that mask a column to what may take its place.
//
// Thread rule: confined. A source's own id (attnum, Iceberg field id) keeps the
// ColumnId over renames, also after schemas that state no ids; without one a rename is only ever proposed by people.
// A path is that of a column by the case rule of the source (authz/policy/column_case.h), a live one before a vanished.
// What masks a column is what is stated of it and what it inherited, of a column above it, and of a column or a former
// name of its name under any name merged with the asset; a former name is masked by all that masks the column that had
// it. With all of that, as it stood before the schema,
// - a column that moves to another name leaves the old name behind, and takes along what masked it by its name;
// - a column that vanishes is left, and leaves it to each column that was not there beside it in the last schema that
// had
//   it, and comes, again or for the first time, with the schema without it or later. What no schema had leaves its name
//   alone.
// What was inherited goes when somebody classifies the column; what a name carries, when somebody classifies a column
// of that name under this asset.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "authz/policy/column_case.h"
#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/record/registry.pb.h"
#include "catalog/column_steps.h"
#include "catalog/schema_course.h"

namespace cadastre::catalog {

class ColumnWriter {
 public:
  explicit ColumnWriter(authz::WriteSession* session) : session_(session) {}

  // The id of a path; nullopt where the asset has no such column. INVALID_ARGUMENT for what is no path.
  StatusOr<std::optional<ColumnId>> Find(AssetId asset, const std::vector<std::string>& path);
  // The same, made if there is none: a column that no schema has stated yet.
  StatusOr<ColumnId> Ensure(const authz::RowPermit& permit, AssetId asset, const std::vector<std::string>& path);
  // Makes the columns of `schema`, which stands since `at`, the live ones. True if any column appeared, vanished or
  // moved. Reads the labels of all merged names, which must be those of what this session stated, and holds them.
  StatusOr<bool> Follow(const authz::RowPermit& permit, AssetId asset, const v1::Schema& schema, Timestamp at);
  // Makes of the columns what they would be had the schemas of `after`, and not those of `before`, come in the order of
  // their times. The last of them was followed. Reads labels as Follow does.
  StatusOr<bool> Retrace(const authz::RowPermit& permit, AssetId asset, const SchemaCourse& before,
                         const SchemaCourse& after);
  // Somebody has classified the column.
  Status Release(const authz::RowPermit& permit, AssetId asset, ColumnId column);
  // All columns as they would be if somebody had.
  StatusOr<std::map<ColumnId, record::Column>> Released(AssetId asset, ColumnId column);
  // Hands the classes, which were stated of the column after it vanished, on as though it had carried them then.
  Status Leave(const authz::RowPermit& permit, AssetId asset, ColumnId column, const std::set<std::string>& classes);
  // Has the asset a vanished column, and none of this path? Then one made for the path would inherit.
  StatusOr<bool> WouldInherit(AssetId asset, const std::vector<std::string>& path);
  // The case rule of the asset's source.
  authz::ColumnCase RuleOf(AssetId asset) const;
  // All columns, orphaned ones included.
  StatusOr<const std::map<ColumnId, record::Column>*> ColumnsOf(AssetId asset);

 private:
  using Classes = std::set<std::string>;

  // A path that none of the asset's columns has.
  ColumnId Add(const authz::RowPermit& permit, AssetId asset, record::Column column);
  Status Write(const authz::RowPermit& permit, AssetId asset, ColumnId column, record::Column record);
  StatusOr<ColumnMasks> MasksOf(AssetId asset);
  // Writes those that differ.
  StatusOr<bool> Become(const authz::RowPermit& permit, AssetId asset, const std::map<ColumnId, record::Column>& after);

  authz::WriteSession* session_;
  std::map<AssetId, std::map<ColumnId, record::Column>> known_;
};

}  // namespace cadastre::catalog
