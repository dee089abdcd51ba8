// ColumnWriter: gives columns their ids within one write session, and marks the vanished as orphaned.
//
// Thread rule: confined. A source's own id (attnum, Iceberg field id) keeps the
// ColumnId over renames; without one a rename is only ever proposed by people.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "authz/write_session.h"
#include "base/words.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/record/registry.pb.h"

namespace cadastre::catalog {

class ColumnWriter {
 public:
  explicit ColumnWriter(authz::WriteSession* session) : session_(session) {}

  // The id of a path, made if there is none.
  StatusOr<ColumnId> Ensure(AssetId asset, const std::vector<std::string>& path);
  // Makes the columns of `schema` the live ones. True if any column appeared, vanished or moved.
  StatusOr<bool> Follow(AssetId asset, const v1::Schema& schema);
  // All columns, orphaned ones included.
  StatusOr<const std::map<ColumnId, record::Column>*> ColumnsOf(AssetId asset);

 private:
  // A path that none of the asset's columns has.
  ColumnId Add(AssetId asset, const std::vector<std::string>& path, int64_t source_id);
  Status Write(AssetId asset, ColumnId column, record::Column record);

  authz::WriteSession* session_;
  std::map<AssetId, std::map<ColumnId, record::Column>> known_;
};

// One column of a schema, flattened, in order.
struct FlatField {
  std::vector<std::string> path;
  const v1::SchemaField* field;
};
std::vector<FlatField> Flatten(const v1::Schema& schema);

}  // namespace cadastre::catalog
