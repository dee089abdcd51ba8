#include "catalog/schema_course.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/status.h"
#include "cadastre/record/catalog.pb.h"
#include "catalog/aspect_kind.h"
#include "catalog/merge.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

using Path = std::vector<std::string>;

// Versions of one producer that are looked at from one point on.
constexpr int kVersionsMax = 128;

Timestamp Before(Timestamp at) { return Timestamp(at.micros() - 1); }

uint64_t NumberAfter(uint64_t number, Timestamp at) {
  return std::max(number + 1, static_cast<uint64_t>(std::max<int64_t>(at.micros(), 1)));
}

// The versions of all producers' schemas, by key and time; nullopt: withdrawn.
class SchemaVersions {
 public:
  using Of = std::map<Timestamp, std::optional<Statement>>;

  explicit SchemaVersions(const authz::WriteSession* session) : session_(*session) {}

  Status Read(AssetId asset, const StatedSchemas& stated) {
    std::set<std::string> keys;
    RETURN_IF_ERROR(session_.Scan<record::AspectRow>(kAspects, AspectPrefix(asset, ColumnId(0), v1::Aspect::kSchema),
                                                     [&](const auto& row) {
                                                       keys.insert(row.key);
                                                       return true;
                                                     }));
    for (const auto& [key, at] : stated) keys.insert(key);
    for (const std::string& key : keys) {
      RETURN_IF_ERROR(ReadFrom(key, kTimestampMax));
      ASSIGN_OR_RETURN(const auto restated, session_.Peek(kRestated, RestatedKey(key)));
      if (!restated) continue;
      // A withdrawal ends a walk back, so each is a point to begin at.
      for (const int64_t at : restated->record.withdrawn()) RETURN_IF_ERROR(ReadWithdrawal(key, Timestamp(at)));
    }
    for (const auto& [key, at] : stated) RETURN_IF_ERROR(ReadFrom(key, at));
    return absl::OkStatus();
  }

  const std::map<std::string, Of>& all() const { return versions_; }
  bool cut() const { return cut_; }

 private:
  Status ReadFrom(const std::string& key, Timestamp at) {
    for (int left = kVersionsMax; left > 0; --left) {
      ASSIGN_OR_RETURN(const auto row, session_.Peek(kAspects, key, at));
      if (!row) return absl::OkStatus();
      const bool fresh = versions_[key].emplace(row->held, StatementOf(row->record, row->held)).second;
      if (!fresh || row->held == Timestamp::Min()) return absl::OkStatus();
      at = Before(row->held);
    }
    cut_ = true;
    return absl::OkStatus();
  }

  Status ReadWithdrawal(const std::string& key, Timestamp at) {
    ASSIGN_OR_RETURN(const auto row, session_.Peek(kAspects, key, at));
    if (row) return absl::OkStatus();
    versions_[key].emplace(at, std::nullopt);
    return ReadFrom(key, Before(at));
  }

  const authz::WriteSession& session_;
  std::map<std::string, Of> versions_;
  bool cut_ = false;
};

}  // namespace

StatusOr<SchemaCourse> SchemasInOrder(const authz::WriteSession& session, AssetId asset, const StatedSchemas& stated,
                                      const StatedSchemas& besides) {
  SchemaVersions versions(&session);
  RETURN_IF_ERROR(versions.Read(asset, stated));
  // What begins at each time.
  std::map<Timestamp, std::map<std::string, const std::optional<Statement>*>> beginning;
  for (const auto& [key, of] : versions.all()) {
    for (const auto& [at, statement] : of) {
      if (!besides.contains({key, at})) beginning[at].emplace(key, &statement);
    }
  }
  SchemaCourse course;
  course.cut = versions.cut();
  const AspectKind& kind = *FindAspectKind(v1::Aspect::kSchema);
  std::map<std::string, const Statement*> standing;
  uint64_t stood = 0;
  for (const auto& [at, begin] : beginning) {
    for (const auto& [key, statement] : begin) {
      standing.erase(key);
      if (*statement) standing.emplace(key, &**statement);
    }
    std::vector<Statement> statements;
    statements.reserve(standing.size());
    for (const auto& [key, statement] : standing) statements.push_back(*statement);
    std::optional<MergedAspect> merged = MergeStatements(kind, std::move(statements));
    const uint64_t stands = merged ? merged->sources.front().hash : 0;
    const Timestamp since = at == kTimestampMax ? session.now() : at;
    if (stands != stood || course.events.empty()) {
      course.events.push_back({since, merged ? std::move(*merged->aspect.mutable_schema()) : v1::Schema(), false});
    }
    stood = stands;
    for (const auto& [key, statement] : begin) {
      if (*statement && (*statement)->hash != stands) {
        course.events.push_back({since, (*statement)->aspect.schema(), true});
      }
    }
  }
  return course;
}

CourseWalk::CourseWalk(const ColumnRows& columns, const ColumnMasks& masks, authz::ColumnCase rule)
    : columns_(columns), masks_(masks), rule_(rule) {
  for (const bool orphaned : {false, true}) {
    for (const auto& [id, column] : columns) {
      if (column.orphaned() != orphaned) continue;
      by_name_[authz::ColumnKey(PathOf(column.path()), rule)].push_back(id);
      if (column.source_id() != 0) by_source_.emplace(column.source_id(), id);
    }
  }
}

ColumnId CourseWalk::StandingOf(const FlatField& field) const {
  const int64_t source = field.field->source_id();
  const auto own = source == 0 ? by_source_.end() : by_source_.find(source);
  if (own != by_source_.end()) return own->second;
  const auto named = by_name_.find(authz::ColumnKey(field.path, rule_));
  if (named == by_name_.end()) return ColumnId();
  ColumnId by_rule;
  for (const ColumnId id : named->second) {
    const record::Column& column = columns_.at(id);
    if (source != 0 && column.source_id() != 0) continue;
    if (PathOf(column.path()) == field.path) return id;
    if (!by_rule.valid()) by_rule = id;
  }
  return by_rule;
}

ColumnId CourseWalk::NewId(const FlatField& field, const ColumnRows& walked) const {
  const ColumnId standing = StandingOf(field);
  if (standing.valid() && !walked.contains(standing)) return standing;
  uint32_t last = columns_.empty() ? 0 : columns_.rbegin()->first.value();
  if (!walked.empty()) last = std::max(last, walked.rbegin()->first.value());
  return ColumnId(last + 1);
}

ColumnRows CourseWalk::GoneBefore(const SchemaCourse& course) const {
  std::set<ColumnId> named;
  for (const SchemaCourse::Event& event : course.events) {
    for (const FlatField& field : Flatten(event.schema)) named.insert(StandingOf(field));
  }
  ColumnRows gone;
  for (const auto& [id, column] : columns_) {
    if (named.contains(id) || !column.orphaned() || column.unstated()) continue;
    record::Column& one = gone[id] = column;
    one.set_came(0);
    one.set_went(0);
  }
  return gone;
}

namespace {

// What a schema that does not stand names: new columns, vanished at once, and other names of those there are.
void TakeAside(const ColumnRows& after, const SchemaStep& step, ColumnRows& walked) {
  for (const auto& [id, column] : after) {
    const auto known = walked.find(id);
    if (known == walked.end()) {
      record::Column gone = column;
      gone.set_orphaned(true);
      gone.set_went(step.number);
      walked.emplace(id, std::move(gone));
      continue;
    }
    const Path path = PathOf(known->second.path());
    const Path aside = PathOf(column.path());
    if (authz::SameColumn(path, aside, step.rule)) continue;
    RememberName(aside, step.masks->Of(id, path), step.rule, &known->second);
    AddClasses(step.masks->Besides(id, aside), known->second.mutable_inherited());
  }
}

// The classes and names that `walked` has and `without` does not, on the column as it stands.
void Bring(const record::Column& walked, const record::Column* without, authz::ColumnCase rule,
           record::Column* column) {
  std::set<std::string> fresh(walked.inherited().begin(), walked.inherited().end());
  if (without != nullptr) {
    for (const std::string& one : without->inherited()) fresh.erase(one);
  }
  AddClasses(fresh, column->mutable_inherited());
  std::set<Path> known = {authz::ColumnKey(PathOf(column->path()), rule)};
  for (const record::FormerColumnName& name : column->former()) {
    known.insert(authz::ColumnKey(PathOf(name.path()), rule));
  }
  const auto remember = [&](const Path& path, const ColumnClasses& classes) {
    if (!path.empty() && known.insert(authz::ColumnKey(path, rule)).second) RememberName(path, classes, rule, column);
  };
  for (const record::FormerColumnName& name : walked.former()) {
    remember(PathOf(name.path()), {name.classifications().begin(), name.classifications().end()});
  }
  remember(PathOf(walked.path()), {});
}

}  // namespace

StatusOr<ColumnRows> CourseWalk::Walk(const SchemaCourse& course, ColumnRows walked) const {
  SchemaStep step;
  step.rule = rule_;
  step.new_id = [this](const FlatField& field, const ColumnRows& known) { return NewId(field, known); };
  for (const SchemaCourse::Event& event : course.events) {
    ColumnMasks masks = masks_;
    masks.AddCarried(walked);
    step.masks = &masks;
    step.schema = &event.schema;
    step.number = NumberAfter(step.number, event.at);
    ASSIGN_OR_RETURN(ColumnRows after, ColumnsAfter(walked, step));
    if (event.aside) {
      TakeAside(after, step, walked);
    } else {
      walked = std::move(after);
    }
  }
  return walked;
}

StatusOr<ColumnRows> CourseWalk::Retrace(const SchemaCourse& before, const SchemaCourse& after) const {
  const ColumnRows gone = GoneBefore(after);
  ASSIGN_OR_RETURN(const ColumnRows without, Walk(before, gone));
  ASSIGN_OR_RETURN(const ColumnRows walked, Walk(after, gone));
  const uint64_t first = after.events.empty() ? 0 : NumberAfter(0, after.events.front().at);
  ColumnRows retraced = columns_;
  for (const auto& [id, column] : walked) {
    if (gone.contains(id)) continue;
    const auto [standing, fresh] = retraced.try_emplace(id, column);
    if (fresh) continue;
    record::Column& wanted = standing->second;
    const auto known = without.find(id);
    Bring(column, known == without.end() ? nullptr : &known->second, rule_, &wanted);
    if (wanted.unstated()) {
      wanted.set_unstated(false);
      wanted.set_orphaned(column.orphaned());
      wanted.set_source_id(column.source_id());
    } else if (after.cut && column.came() == first) {
      // It may have come long before.
      continue;
    }
    wanted.set_came(column.came());
    wanted.set_went(column.went());
  }
  return retraced;
}

}  // namespace cadastre::catalog
