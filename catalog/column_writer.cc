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
    return base::InvalidField("column.path", "1 to 32 segments");
  }
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i].empty() || path[i].size() > base::kColumnSegmentBytesMax) {
      return base::InvalidField(base::Cat("column.path[", i, "]"), "1 to 512 bytes");
    }
  }
  return absl::OkStatus();
}

// Of names that carry no classes.
constexpr int kFormerNamesMax = 64;

using Path = std::vector<std::string>;

bool HasPath(const record::Column& column, const std::vector<std::string>& path) {
  return std::equal(column.path().begin(), column.path().end(), path.begin(), path.end());
}

using Columns = std::map<ColumnId, record::Column>;

record::Column ColumnNamed(const Path& path) {
  record::Column column;
  column.mutable_path()->Add(path.begin(), path.end());
  return column;
}

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

size_t BytesOf(const record::FormerColumnName& name) {
  size_t bytes = 0;
  for (const std::string& segment : name.path()) bytes += segment.size();
  for (const std::string& one : name.classifications()) bytes += one.size();
  return bytes;
}

// Forgets the oldest names that are over the bounds, and never a class.
void TrimFormer(google::protobuf::RepeatedPtrField<record::FormerColumnName>* former) {
  std::vector<record::FormerColumnName> kept;
  record::FormerColumnName nameless;
  int open = 0;
  size_t bytes = 0;
  for (auto name = former->rbegin(); name != former->rend(); ++name) {
    const bool classified = !name->classifications().empty();
    if (classified) bytes += BytesOf(*name);
    if (name->path().empty() || (classified && bytes > kGoneNamesBytesMax)) {
      AddClasses(name->classifications(), nameless.mutable_classifications());
    } else if (classified || open++ < kFormerNamesMax) {
      kept.push_back(std::move(*name));
    }
  }
  if (!nameless.classifications().empty()) kept.push_back(std::move(nameless));
  former->Assign(kept.rbegin(), kept.rend());
}

// The column that `path` speaks of: spelled so, else the only one that is spelled so by the case rule; of each the live
// before the vanished.
std::optional<ColumnId> ColumnOf(const Columns& columns, const std::vector<std::string>& path, authz::ColumnCase rule) {
  for (const bool orphaned : {false, true}) {
    std::optional<ColumnId> by_rule;
    size_t found = 0;
    for (const auto& [id, column] : columns) {
      if (column.orphaned() != orphaned) continue;
      if (HasPath(column, path)) return id;
      if (rule == authz::ColumnCase::kTold || !authz::SameColumn(PathOf(column.path()), path, rule)) continue;
      by_rule = id;
      ++found;
    }
    if (found == 1) return by_rule;
  }
  return std::nullopt;
}

// Columns by what they are called, each to be found once; the live before the vanished.
class ByName {
 public:
  ByName(const Columns& columns, authz::ColumnCase rule) : rule_(rule) {
    for (const bool orphaned : {false, true}) {
      for (const auto& [id, column] : columns) {
        if (column.orphaned() == orphaned) names_[KeyOf(PathOf(column.path()))].push_back({id, orphaned});
      }
    }
  }

  // Under a case rule only where it is the one such column.
  ColumnId Take(const std::vector<std::string>& path, std::set<ColumnId>& taken) const {
    const auto named = names_.find(KeyOf(path));
    if (named == names_.end()) return ColumnId();
    std::vector<Named> left;
    for (const Named& one : named->second) {
      if (!taken.contains(one.id)) left.push_back(one);
    }
    const bool several = left.size() > 1 && left[0].orphaned == left[1].orphaned;
    if (left.empty() || (several && rule_ == authz::ColumnCase::kIgnored)) return ColumnId();
    taken.insert(left[0].id);
    return left[0].id;
  }

 private:
  struct Named {
    ColumnId id;
    bool orphaned;
  };
  std::vector<std::string> KeyOf(std::vector<std::string> path) const {
    return authz::ColumnKey(std::move(path), rule_);
  }

  authz::ColumnCase rule_;
  std::map<std::vector<std::string>, std::vector<Named>> names_;
};

// Which column each field of a schema is; 0 for new ones. The source's own ids come first, so that a name that went to
// another column is not taken for the column that had it; then names as they are spelled, then by the case rule.
std::vector<ColumnId> ColumnsOfFields(const Columns& columns, const std::vector<FlatField>& fields,
                                      authz::ColumnCase rule) {
  std::map<int64_t, ColumnId> by_source;
  for (const auto& [id, column] : columns) {
    if (column.source_id() == 0) continue;
    const auto [known, fresh] = by_source.try_emplace(column.source_id(), id);
    if (!fresh && columns.at(known->second).orphaned()) known->second = id;
  }
  std::vector<ColumnId> ids(fields.size());
  std::set<ColumnId> taken;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto own = by_source.find(fields[i].field->source_id());
    if (own != by_source.end() && taken.insert(own->second).second) ids[i] = own->second;
  }
  for (const authz::ColumnCase spelled : {authz::ColumnCase::kTold, rule}) {
    const ByName by_name(columns, spelled);
    for (size_t i = 0; i < fields.size(); ++i) {
      if (!ids[i].valid()) ids[i] = by_name.Take(fields[i].path, taken);
    }
  }
  return ids;
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

// What masks the columns of one asset: all that the labels of its merged names carry, found by path as a mask reads it.
class ColumnWriter::Masks {
 public:
  void Add(const record::ColumnLabels& labels, bool own, authz::ColumnCase rule) {
    std::map<std::string, std::vector<Entry>>& by_key = rule == authz::ColumnCase::kTold ? told_ : ignored_;
    by_key[authz::MaskKey(PathOf(labels.path()), rule)].push_back(
        {own ? ColumnId(labels.column()) : ColumnId(),
         {labels.classifications().begin(), labels.classifications().end()}});
  }

  // True where more is masked by it.
  bool AddFormer(const record::RenamedColumn& renamed, authz::ColumnCase rule) {
    bool more = false;
    const Classes classes = Of(ColumnId(), PathOf(renamed.path()));
    for (const record::FormerColumnName& name : renamed.former()) {
      const Classes known = Of(ColumnId(), PathOf(name.path()));
      if (std::includes(known.begin(), known.end(), classes.begin(), classes.end())) continue;
      record::ColumnLabels labels;
      *labels.mutable_path() = name.path();
      labels.mutable_classifications()->Add(classes.begin(), classes.end());
      Add(labels, false, rule);
      more = true;
    }
    return more;
  }

  bool empty() const { return told_.empty() && ignored_.empty(); }
  // Of the column, and of what else masks its path.
  Classes Of(ColumnId column, const Path& path) const { return Gather(column, path, true); }
  // Without what it carries itself.
  Classes Besides(ColumnId column, const Path& path) const { return Gather(column, path, false); }

 private:
  struct Entry {
    // Invalid under other names than the asset's.
    ColumnId column;
    Classes classes;
  };

  Classes Gather(ColumnId column, const Path& path, bool own) const {
    Classes classes;
    for (const auto& [by_key, rule] :
         {std::pair(&told_, authz::ColumnCase::kTold), std::pair(&ignored_, authz::ColumnCase::kIgnored)}) {
      if (by_key->empty()) continue;
      const std::string key = authz::MaskKey(path, rule);
      std::vector<std::string> keys = {"", key};
      for (size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', dot + 1)) {
        keys.push_back(key.substr(0, dot));
      }
      for (const std::string& above : keys) {
        const auto found = by_key->find(above);
        if (found == by_key->end()) continue;
        for (const Entry& entry : found->second) {
          if (!own && entry.column.valid() && entry.column == column) continue;
          classes.insert(entry.classes.begin(), entry.classes.end());
        }
      }
    }
    return classes;
  }

  // By the column as a mask reads it.
  std::map<std::string, std::vector<Entry>> told_;
  std::map<std::string, std::vector<Entry>> ignored_;
};

// What vanished columns leave to those that come now.
class ColumnWriter::Estate {
 public:
  Estate(const Masks& masks, const Columns& columns) {
    if (masks.empty()) return;
    for (const auto& [id, column] : columns) {
      // What no schema had has not vanished.
      if (!column.orphaned() || column.unstated()) continue;
      for (const std::string& one : masks.Of(id, PathOf(column.path()))) {
        uint64_t& went = last_[one];
        went = std::max(went, column.went() + 1);
      }
    }
  }

  // To a column that was there once, as it was then; null for one that was not. Those that vanished before it, or with
  // it, were there beside it, or left it theirs when it came.
  Classes LeftTo(const record::Column* back) const {
    Classes classes;
    for (const auto& [one, went] : last_) {
      if (back == nullptr || back->unstated() || went > back->went() + 1) classes.insert(one);
    }
    return classes;
  }

 private:
  // By class, one more than the number of the schema that last took a column with it.
  std::map<std::string, uint64_t> last_;
};

StatusOr<ColumnWriter::Masks> ColumnWriter::MasksOf(AssetId asset) {
  Masks masks;
  RETURN_IF_ERROR(session_->HoldLabels(asset));
  ASSIGN_OR_RETURN(const std::vector<AssetId> names, session_->SetOf(asset));
  const authz::ColumnCase own_rule = RuleOf(asset);
  std::vector<std::pair<record::RenamedColumn, authz::ColumnCase>> renamed;
  for (const AssetId name : names) {
    ASSIGN_OR_RETURN(const record::AssetHeader header, session_->HeaderOf(name));
    const authz::ColumnCase rule = RuleOf(name) == authz::ColumnCase::kIgnored ? authz::ColumnCase::kIgnored : own_rule;
    for (const record::ColumnLabels& labels : header.labels().columns()) masks.Add(labels, name == asset, rule);
    for (const record::RenamedColumn& column : header.labels().renamed()) renamed.emplace_back(column, rule);
  }
  // A name masked so may be that of another's column, which had others before.
  for (bool more = !masks.empty(); more;) {
    more = false;
    for (const auto& [column, rule] : renamed) more = masks.AddFormer(column, rule) || more;
  }
  return masks;
}

ColumnId ColumnWriter::Add(const authz::RowPermit& permit, AssetId asset, record::Column column) {
  Columns& columns = known_[asset];
  const ColumnId next(columns.empty() ? 1 : columns.rbegin()->first.value() + 1);
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
  RETURN_IF_ERROR(CheckPath(path));
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
    ASSIGN_OR_RETURN(const Masks masks, MasksOf(asset));
    AddClasses(Estate(masks, known_[asset]).LeftTo(nullptr), column.mutable_inherited());
  }
  return Add(permit, asset, std::move(column));
}

StatusOr<bool> ColumnWriter::WouldInherit(AssetId asset, const Path& path) {
  ASSIGN_OR_RETURN(const std::optional<ColumnId> known, Find(asset, path));
  const Columns& columns = known_[asset];
  return !known &&
         std::any_of(columns.begin(), columns.end(), [](const auto& column) { return column.second.orphaned(); });
}

void ColumnWriter::Remember(const record::Column& before, const Classes& classes, authz::ColumnCase rule,
                            record::Column* record) {
  record::FormerColumnName name;
  *name.mutable_path() = before.path();
  AddClasses(classes, name.mutable_classifications());
  auto* const former = record->mutable_former();
  for (auto same = former->begin(); same != former->end();) {
    if (same->path().empty() || !authz::SameColumn(PathOf(same->path()), PathOf(name.path()), rule)) {
      ++same;
      continue;
    }
    AddClasses(same->classifications(), name.mutable_classifications());
    same = former->erase(same);
  }
  former->Add(std::move(name));
  TrimFormer(former);
}

StatusOr<Columns> ColumnWriter::Released(AssetId asset, ColumnId column) {
  ASSIGN_OR_RETURN(const Columns* columns, ColumnsOf(asset));
  Columns released = *columns;
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
  ASSIGN_OR_RETURN(Columns released, Released(asset, column));
  const Columns& columns = known_[asset];
  for (auto& [id, one] : released) {
    if (authz::EncodeRecord(one) == authz::EncodeRecord(columns.at(id))) continue;
    RETURN_IF_ERROR(Write(permit, asset, id, std::move(one)));
  }
  return absl::OkStatus();
}

Status ColumnWriter::Leave(const authz::RowPermit& permit, AssetId asset, ColumnId column, const Classes& classes) {
  ASSIGN_OR_RETURN(const Columns* columns, ColumnsOf(asset));
  const record::Column left = columns->at(column);
  if (!left.orphaned() || left.unstated()) return absl::OkStatus();
  const Columns before = *columns;
  for (const auto& [id, one] : before) {
    if (id == column || (!one.unstated() && one.came() < left.went())) continue;
    record::Column heir = one;
    if (AddClasses(classes, heir.mutable_inherited())) RETURN_IF_ERROR(Write(permit, asset, id, std::move(heir)));
  }
  return absl::OkStatus();
}

StatusOr<bool> ColumnWriter::Follow(const authz::RowPermit& permit, AssetId asset, const v1::Schema& schema) {
  ASSIGN_OR_RETURN(const Columns* columns, ColumnsOf(asset));
  const Columns before = *columns;
  const authz::ColumnCase rule = RuleOf(asset);
  const std::vector<FlatField> fields = Flatten(schema);
  std::vector<ColumnId> ids = ColumnsOfFields(before, fields, rule);
  const std::set<ColumnId> live(ids.begin(), ids.end());
  uint64_t number = 1;
  for (const auto& [id, column] : before) number = std::max({number, column.came() + 1, column.went() + 1});
  ASSIGN_OR_RETURN(const Masks masks, MasksOf(asset));
  const Estate estate(masks, before);
  Classes lost;
  bool changed = false;
  for (const auto& [id, column] : before) {
    if (live.contains(id) || column.orphaned()) continue;
    const Path path = PathOf(column.path());
    if (!column.unstated()) lost.merge(masks.Of(id, path));
    record::Column orphan = column;
    orphan.set_orphaned(true);
    orphan.set_went(number);
    AddClasses(masks.Besides(id, path), orphan.mutable_inherited());
    RETURN_IF_ERROR(Write(permit, asset, id, std::move(orphan)));
    changed = true;
  }
  const auto come = [&](const record::Column* back, record::Column* column) {
    column->set_unstated(false);
    column->set_came(number);
    AddClasses(lost, column->mutable_inherited());
    AddClasses(estate.LeftTo(back), column->mutable_inherited());
  };
  std::set<Path> stated;
  for (size_t i = 0; i < fields.size(); ++i) {
    const FlatField& flat = fields[i];
    // A source that states a name twice has one column of it here.
    if (!stated.insert(flat.path).second && !ids[i].valid()) continue;
    if (!ids[i].valid()) {
      RETURN_IF_ERROR(CheckPath(flat.path));
      record::Column column = ColumnNamed(flat.path);
      column.set_source_id(flat.field->source_id());
      come(nullptr, &column);
      Add(permit, asset, std::move(column));
      changed = true;
      continue;
    }
    const record::Column& present = before.at(ids[i]);
    const int64_t source_id = flat.field->source_id() != 0 ? flat.field->source_id() : present.source_id();
    const bool comes = present.orphaned() || present.unstated();
    if (!comes && HasPath(present, flat.path) && present.source_id() == source_id) continue;
    record::Column wanted = present;
    wanted.mutable_path()->Assign(flat.path.begin(), flat.path.end());
    wanted.set_source_id(source_id);
    wanted.set_orphaned(false);
    const Path path = PathOf(present.path());
    if (!authz::SameColumn(path, flat.path, rule)) {
      Remember(present, masks.Of(ids[i], path), rule, &wanted);
      AddClasses(masks.Besides(ids[i], path), wanted.mutable_inherited());
    }
    if (comes) come(&present, &wanted);
    RETURN_IF_ERROR(Write(permit, asset, ids[i], std::move(wanted)));
    changed = true;
  }
  return changed;
}

}  // namespace cadastre::catalog
