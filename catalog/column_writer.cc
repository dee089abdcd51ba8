#include "catalog/column_writer.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "base/status.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

void FlattenInto(const google::protobuf::RepeatedPtrField<v1::SchemaField>& fields, std::vector<std::string>& path,
                 std::vector<FlatField>& out) {
  for (const v1::SchemaField& field : fields) {
    path.push_back(field.name());
    out.push_back({path, &field});
    FlattenInto(field.fields(), path, out);
    path.pop_back();
  }
}

Status CheckPath(const std::vector<std::string>& path) {
  if (path.empty() || path.size() > base::kColumnPathSegmentsMax) {
    return base::InvalidField("column_path", "1 to 32 segments");
  }
  for (const std::string& segment : path) {
    if (segment.empty() || segment.size() > base::kColumnSegmentBytesMax) {
      return base::InvalidField("column_path", "segments of 1 to 512 bytes");
    }
  }
  return absl::OkStatus();
}

bool HasPath(const record::Column& column, const std::vector<std::string>& path) {
  return std::equal(column.path().begin(), column.path().end(), path.begin(), path.end());
}

}  // namespace

std::vector<FlatField> Flatten(const v1::Schema& schema) {
  std::vector<FlatField> out;
  std::vector<std::string> path;
  FlattenInto(schema.fields(), path, out);
  return out;
}

StatusOr<const std::map<ColumnId, record::Column>*> ColumnWriter::ColumnsOf(AssetId asset) {
  const auto [known, fresh] = known_.try_emplace(asset);
  std::map<ColumnId, record::Column>& columns = known->second;
  if (fresh) {
    RETURN_IF_ERROR(session_->Scan<record::Column>(kColumns, ColumnPrefix(asset), [&](const auto& row) {
      if (const std::optional<ColumnId> id = DecodeColumnKey(row.key)) columns[*id] = row.record;
      return true;
    }));
  }
  return &columns;
}

ColumnId ColumnWriter::Add(AssetId asset, const std::vector<std::string>& path, int64_t source_id) {
  std::map<ColumnId, record::Column>& columns = known_[asset];
  const ColumnId next(columns.empty() ? 1 : columns.rbegin()->first.value() + 1);
  record::Column column;
  for (const std::string& segment : path) column.add_path(segment);
  column.set_source_id(source_id);
  const std::string key = EncodeColumnKey(asset, next);
  // All columns were read, and none is ever removed. Two sessions must not give one id to two paths.
  session_->ExpectNone(kColumns, key);
  session_->Put(kColumns, key, column);
  columns.emplace(next, std::move(column));
  return next;
}

Status ColumnWriter::Write(AssetId asset, ColumnId column, record::Column record) {
  const std::string key = EncodeColumnKey(asset, column);
  // Reading it puts the precondition: two sessions must not give one id to two paths.
  RETURN_IF_ERROR(session_->Find(kColumns, key).status());
  session_->Put(kColumns, key, record);
  known_[asset][column] = std::move(record);
  return absl::OkStatus();
}

StatusOr<ColumnId> ColumnWriter::Ensure(AssetId asset, const std::vector<std::string>& path) {
  RETURN_IF_ERROR(CheckPath(path));
  ASSIGN_OR_RETURN(const auto* columns, ColumnsOf(asset));
  for (const auto& [id, column] : *columns) {
    if (HasPath(column, path)) return id;
  }
  return Add(asset, path, 0);
}

StatusOr<bool> ColumnWriter::Follow(AssetId asset, const v1::Schema& schema) {
  ASSIGN_OR_RETURN(const auto* columns, ColumnsOf(asset));
  std::map<std::vector<std::string>, ColumnId> by_path;
  std::map<int64_t, ColumnId> by_source;
  for (const auto& [id, column] : *columns) {
    by_path[PathOf(column.path())] = id;
    if (column.source_id() != 0) by_source[column.source_id()] = id;
  }
  std::set<ColumnId> live;
  bool changed = false;
  for (const FlatField& flat : Flatten(schema)) {
    record::Column wanted;
    for (const std::string& segment : flat.path) wanted.add_path(segment);
    wanted.set_source_id(flat.field->source_id());
    ColumnId id;
    if (const auto own = by_source.find(wanted.source_id()); wanted.source_id() != 0 && own != by_source.end()) {
      id = own->second;
    } else if (const auto same = by_path.find(flat.path); same != by_path.end()) {
      id = same->second;
    } else {
      RETURN_IF_ERROR(CheckPath(flat.path));
      id = Add(asset, flat.path, wanted.source_id());
      by_path[flat.path] = id;
      changed = true;
    }
    live.insert(id);
    const record::Column& present = columns->at(id);
    if (present.orphaned() || !HasPath(present, flat.path) || present.source_id() != wanted.source_id()) {
      RETURN_IF_ERROR(Write(asset, id, std::move(wanted)));
      changed = true;
    }
  }
  const std::map<ColumnId, record::Column> before = *columns;
  for (const auto& [id, column] : before) {
    if (live.contains(id) || column.orphaned()) continue;
    record::Column orphan = column;
    orphan.set_orphaned(true);
    RETURN_IF_ERROR(Write(asset, id, std::move(orphan)));
    changed = true;
  }
  return changed;
}

}  // namespace cadastre::catalog
