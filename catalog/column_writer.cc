#include "catalog/column_writer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "authz/policy/column_mask.h"
#include "base/limits.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

using Path = std::vector<std::string>;

uint64_t NumberOf(Timestamp at) { return static_cast<uint64_t>(std::max<int64_t>(at.micros(), 1)); }

ColumnId NextId(const ColumnRows& columns) {
  return ColumnId(columns.empty() ? 1 : columns.rbegin()->first.value() + 1);
}

}  // namespace

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

StatusOr<ColumnMasks> ColumnWriter::MasksOf(AssetId asset) {
  ColumnMasks masks;
  std::vector<record::RenamedColumn> renamed;
  RETURN_IF_ERROR(session_->HoldLabels(asset));
  ASSIGN_OR_RETURN(const std::vector<AssetId> names, session_->SetOf(asset));
  for (const AssetId name : names) {
    ASSIGN_OR_RETURN(const record::AssetHeader header, session_->HeaderOf(name));
    for (const record::ColumnLabels& labels : header.labels().columns()) masks.Add(labels, name == asset);
    for (const record::RenamedColumn& column : header.labels().renamed()) renamed.push_back(column);
  }
  // A name masked so may be that of another's column, which had others before.
  for (bool more = !masks.empty(); more;) {
    more = false;
    for (const record::RenamedColumn& column : renamed) more = masks.AddFormer(column) || more;
  }
  return masks;
}

ColumnId ColumnWriter::Add(const authz::RowPermit& permit, AssetId asset, record::Column column) {
  ColumnRows& columns = known_[asset];
  const ColumnId next = NextId(columns);
  const std::string key = EncodeColumnKey(asset, next);
  // All columns were read, and none is ever removed. Two sessions must not give one id to two paths.
  session_->ExpectNone(kColumns, key);
  session_->Put(permit, kColumns, key, column);
  columns.emplace(next, std::move(column));
  return next;
}

Status ColumnWriter::Write(const authz::RowPermit& permit, AssetId asset, ColumnId column, record::Column record) {
  const std::string key = EncodeColumnKey(asset, column);
  // Reading it puts the precondition: two sessions must not give one id to two paths.
  RETURN_IF_ERROR(session_->Find(kColumns, key).status());
  session_->Put(permit, kColumns, key, record);
  known_[asset][column] = std::move(record);
  return absl::OkStatus();
}

authz::ColumnCase ColumnWriter::RuleOf(AssetId asset) const {
  const std::optional<AssetName> name = session_->NameOf(asset);
  return name ? authz::ColumnCaseOf(authz::AssetNameView::Of(*name)) : authz::ColumnCase::kTold;
}

StatusOr<std::optional<ColumnId>> ColumnWriter::Find(AssetId asset, const std::vector<std::string>& path) {
  RETURN_IF_ERROR(CheckColumnPath(path));
  ASSIGN_OR_RETURN(const auto* columns, ColumnsOf(asset));
  return ColumnOf(*columns, path, RuleOf(asset));
}

StatusOr<ColumnId> ColumnWriter::Ensure(const authz::RowPermit& permit, AssetId asset,
                                        const std::vector<std::string>& path) {
  ASSIGN_OR_RETURN(const std::optional<ColumnId> known, Find(asset, path));
  if (known) return *known;
  record::Column column = ColumnNamed(path);
  column.set_unstated(true);
  ASSIGN_OR_RETURN(const bool inherits, WouldInherit(asset, path));
  if (inherits) {
    ASSIGN_OR_RETURN(const ColumnMasks masks, MasksOf(asset));
    AddClasses(LeftToNew(masks, known_[asset]), column.mutable_inherited());
  }
  return Add(permit, asset, std::move(column));
}

StatusOr<bool> ColumnWriter::WouldInherit(AssetId asset, const Path& path) {
  ASSIGN_OR_RETURN(const std::optional<ColumnId> known, Find(asset, path));
  const ColumnRows& columns = known_[asset];
  return !known &&
         std::any_of(columns.begin(), columns.end(), [](const auto& column) { return column.second.orphaned(); });
}

StatusOr<ColumnRows> ColumnWriter::Released(AssetId asset, ColumnId column) {
  ASSIGN_OR_RETURN(const ColumnRows* columns, ColumnsOf(asset));
  ColumnRows released = *columns;
  const authz::ColumnCase rule = RuleOf(asset);
  const Path path = PathOf(columns->at(column).path());
  for (auto& [id, one] : released) {
    if (id == column || (one.orphaned() && authz::SameColumn(PathOf(one.path()), path, rule))) one.clear_inherited();
    for (record::FormerColumnName& name : *one.mutable_former()) {
      const bool nameless = name.path().empty();
      if (nameless ? id == column : authz::SameColumn(PathOf(name.path()), path, rule)) name.clear_classifications();
    }
    TrimFormer(one.mutable_former());
  }
  return released;
}

Status ColumnWriter::Release(const authz::RowPermit& permit, AssetId asset, ColumnId column) {
  ASSIGN_OR_RETURN(ColumnRows released, Released(asset, column));
  const ColumnRows& columns = known_[asset];
  for (auto& [id, one] : released) {
    if (authz::EncodeRecord(one) == authz::EncodeRecord(columns.at(id))) continue;
    RETURN_IF_ERROR(Write(permit, asset, id, std::move(one)));
  }
  return absl::OkStatus();
}

Status ColumnWriter::Leave(const authz::RowPermit& permit, AssetId asset, ColumnId column, const Classes& classes) {
  ASSIGN_OR_RETURN(const ColumnRows* columns, ColumnsOf(asset));
  const record::Column left = columns->at(column);
  if (!left.orphaned() || left.unstated()) return absl::OkStatus();
  const ColumnRows before = *columns;
  for (const auto& [id, one] : before) {
    if (id == column || (!one.unstated() && one.came() < left.went())) continue;
    record::Column heir = one;
    if (AddClasses(classes, heir.mutable_inherited())) RETURN_IF_ERROR(Write(permit, asset, id, std::move(heir)));
  }
  return absl::OkStatus();
}

StatusOr<bool> ColumnWriter::Follow(const authz::RowPermit& permit, AssetId asset, const v1::Schema& schema,
                                    Timestamp at) {
  ASSIGN_OR_RETURN(const ColumnRows* columns, ColumnsOf(asset));
  const ColumnRows before = *columns;
  ASSIGN_OR_RETURN(const ColumnMasks masks, MasksOf(asset));
  SchemaStep step;
  step.schema = &schema;
  step.number = NumberOf(at);
  for (const auto& [id, column] : before) step.number = std::max({step.number, column.came() + 1, column.went() + 1});
  step.rule = RuleOf(asset);
  step.masks = &masks;
  step.new_id = [](const FlatField&, const ColumnRows& known) { return NextId(known); };
  ASSIGN_OR_RETURN(const ColumnRows after, ColumnsAfter(before, step));
  return Become(permit, asset, after);
}

StatusOr<bool> ColumnWriter::Become(const authz::RowPermit& permit, AssetId asset, const ColumnRows& after) {
  bool changed = false;
  for (const auto& [id, column] : after) {
    const auto known = known_[asset].find(id);
    if (known == known_[asset].end()) {
      Add(permit, asset, column);
    } else if (authz::EncodeRecord(known->second) != authz::EncodeRecord(column)) {
      RETURN_IF_ERROR(Write(permit, asset, id, column));
    } else {
      continue;
    }
    changed = true;
  }
  return changed;
}

StatusOr<bool> ColumnWriter::Retrace(const authz::RowPermit& permit, AssetId asset, const SchemaCourse& before,
                                     const SchemaCourse& after) {
  ASSIGN_OR_RETURN(const ColumnRows* columns, ColumnsOf(asset));
  ASSIGN_OR_RETURN(const ColumnMasks masks, MasksOf(asset));
  const CourseWalk walk(*columns, masks, RuleOf(asset));
  ASSIGN_OR_RETURN(const ColumnRows retraced, walk.Retrace(before, after));
  return Become(permit, asset, retraced);
}

}  // namespace cadastre::catalog
