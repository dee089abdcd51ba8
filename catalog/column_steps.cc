#include "catalog/column_steps.h"

#include <algorithm>

#include "base/limits.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

using Path = std::vector<std::string>;

void FlattenInto(const google::protobuf::RepeatedPtrField<v1::SchemaField>& fields, std::vector<std::string>& path,
                 std::vector<FlatField>& out) {
  for (const v1::SchemaField& field : fields) {
    path.push_back(field.name());
    out.push_back({path, &field});
    FlattenInto(field.fields(), path, out);
    path.pop_back();
  }
}

// Of names that carry no classes.
constexpr int kFormerNamesMax = 64;

bool HasPath(const record::Column& column, const std::vector<std::string>& path) {
  return std::equal(column.path().begin(), column.path().end(), path.begin(), path.end());
}

size_t BytesOf(const record::FormerColumnName& name) {
  size_t bytes = 0;
  for (const std::string& segment : name.path()) bytes += segment.size();
  for (const std::string& one : name.classifications()) bytes += one.size();
  return bytes;
}

// Columns by what they are called, each to be found once; the live before the vanished.
class ByName {
 public:
  ByName(const ColumnRows& columns, authz::ColumnCase rule) : rule_(rule) {
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
std::vector<ColumnId> ColumnsOfFields(const ColumnRows& columns, const std::vector<FlatField>& fields,
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

// What vanished columns leave to those that come now.
class Estate {
 public:
  Estate(const ColumnMasks& masks, const ColumnRows& columns) {
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
  ColumnClasses LeftTo(const record::Column* back) const {
    ColumnClasses classes;
    for (const auto& [one, went] : last_) {
      if (back == nullptr || back->unstated() || went > back->went() + 1) classes.insert(one);
    }
    return classes;
  }

 private:
  // By class, one more than the number of the schema that last took a column with it.
  std::map<std::string, uint64_t> last_;
};

}  // namespace

std::vector<FlatField> Flatten(const v1::Schema& schema) {
  std::vector<FlatField> out;
  std::vector<std::string> path;
  FlattenInto(schema.fields(), path, out);
  return out;
}

Status CheckColumnPath(const std::vector<std::string>& path) {
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

record::Column ColumnNamed(const Path& path) {
  record::Column column;
  column.mutable_path()->Add(path.begin(), path.end());
  return column;
}

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

std::optional<ColumnId> ColumnOf(const ColumnRows& columns, const std::vector<std::string>& path,
                                 authz::ColumnCase rule) {
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

void RememberName(const Path& path, const ColumnClasses& classes, authz::ColumnCase rule, record::Column* record) {
  record::FormerColumnName name;
  name.mutable_path()->Add(path.begin(), path.end());
  AddClasses(classes, name.mutable_classifications());
  auto* const former = record->mutable_former();
  for (auto same = former->begin(); same != former->end();) {
    if (same->path().empty() || !authz::SameColumn(PathOf(same->path()), path, rule)) {
      ++same;
      continue;
    }
    AddClasses(same->classifications(), name.mutable_classifications());
    same = former->erase(same);
  }
  former->Add(std::move(name));
  TrimFormer(former);
}

ColumnClasses LeftToNew(const ColumnMasks& masks, const ColumnRows& columns) {
  return Estate(masks, columns).LeftTo(nullptr);
}

void ColumnMasks::Add(const record::ColumnLabels& labels, bool own) {
  mask_.Hide(PathOf(labels.path()), static_cast<uint32_t>(entries_.size()));
  entries_.push_back({own ? ColumnId(labels.column()) : ColumnId(),
                      {labels.classifications().begin(), labels.classifications().end()}});
}

bool ColumnMasks::AddFormer(const record::RenamedColumn& renamed) {
  bool more = false;
  const ColumnClasses classes = Of(ColumnId(), PathOf(renamed.path()));
  for (const record::FormerColumnName& name : renamed.former()) {
    const ColumnClasses known = Of(ColumnId(), PathOf(name.path()));
    if (std::includes(known.begin(), known.end(), classes.begin(), classes.end())) continue;
    record::ColumnLabels labels;
    *labels.mutable_path() = name.path();
    labels.mutable_classifications()->Add(classes.begin(), classes.end());
    Add(labels, /*own=*/false);
    more = true;
  }
  return more;
}

void ColumnMasks::AddCarried(const ColumnRows& columns) {
  const auto add = [&](const auto& path, const auto& classes) {
    if (classes.empty()) return;
    record::ColumnLabels labels;
    *labels.mutable_path() = path;
    *labels.mutable_classifications() = classes;
    Add(labels, /*own=*/false);
  };
  for (const auto& [id, column] : columns) {
    add(column.path(), column.inherited());
    for (const record::FormerColumnName& name : column.former()) add(name.path(), name.classifications());
  }
}

ColumnClasses ColumnMasks::Gather(ColumnId column, const Path& path, bool own) const {
  ColumnClasses classes;
  mask_.ForEachOver(path, [&](uint32_t at) {
    const Entry& entry = entries_[at];
    const bool itself = entry.column.valid() && entry.column == column;
    if (own || !itself) classes.insert(entry.classes.begin(), entry.classes.end());
    return true;
  });
  return classes;
}

namespace {

// One step over the columns, which it changes in place.
class Stepper {
 public:
  Stepper(const ColumnRows& before, const SchemaStep& step)
      : before_(before), step_(step), estate_(*step.masks, before), after_(before) {}

  StatusOr<ColumnRows> Run() {
    const std::vector<FlatField> fields = Flatten(*step_.schema);
    const std::vector<ColumnId> ids = ColumnsOfFields(before_, fields, step_.rule);
    Leave(std::set<ColumnId>(ids.begin(), ids.end()));
    std::set<Path> stated;
    for (size_t i = 0; i < fields.size(); ++i) {
      // A source that states a name twice has one column of it here.
      const bool again = !stated.insert(fields[i].path).second;
      if (ids[i].valid()) {
        Move(ids[i], fields[i]);
      } else if (!again) {
        RETURN_IF_ERROR(CheckColumnPath(fields[i].path));
        record::Column column = ColumnNamed(fields[i].path);
        column.set_source_id(fields[i].field->source_id());
        Come(nullptr, &column);
        after_.emplace(step_.new_id(fields[i], after_), std::move(column));
      }
    }
    return std::move(after_);
  }

 private:
  void Leave(const std::set<ColumnId>& live) {
    for (const auto& [id, column] : before_) {
      if (live.contains(id) || column.orphaned()) continue;
      const Path path = PathOf(column.path());
      if (!column.unstated()) lost_.merge(step_.masks->Of(id, path));
      record::Column& orphan = after_[id];
      orphan.set_orphaned(true);
      orphan.set_went(step_.number);
      AddClasses(step_.masks->Besides(id, path), orphan.mutable_inherited());
    }
  }

  void Come(const record::Column* back, record::Column* column) const {
    column->set_unstated(false);
    column->set_came(step_.number);
    AddClasses(lost_, column->mutable_inherited());
    AddClasses(estate_.LeftTo(back), column->mutable_inherited());
  }

  void Move(ColumnId id, const FlatField& flat) {
    const record::Column& present = before_.at(id);
    record::Column& wanted = after_[id];
    const bool comes = present.orphaned() || present.unstated();
    if (flat.field->source_id() != 0) wanted.set_source_id(flat.field->source_id());
    wanted.set_orphaned(false);
    if (!HasPath(present, flat.path)) wanted.mutable_path()->Assign(flat.path.begin(), flat.path.end());
    const Path path = PathOf(present.path());
    if (!authz::SameColumn(path, flat.path, step_.rule)) {
      RememberName(path, step_.masks->Of(id, path), step_.rule, &wanted);
      AddClasses(step_.masks->Besides(id, path), wanted.mutable_inherited());
    }
    if (comes) Come(&present, &wanted);
  }

  const ColumnRows& before_;
  const SchemaStep& step_;
  const Estate estate_;
  ColumnRows after_;
  // Of what goes with this step.
  ColumnClasses lost_;
};

}  // namespace

StatusOr<ColumnRows> ColumnsAfter(const ColumnRows& before, const SchemaStep& step) {
  return Stepper(before, step).Run();
}

}  // namespace cadastre::catalog
