#include "catalog/upsert.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/assertions.h"
#include "catalog/merge.h"
#include "catalog/page.h"

namespace cadastre::catalog {
namespace {

constexpr int kRestatedMax = 64;

bool MayWrite(authz::Privilege held, const AspectKind& kind) {
  return held == kind.write || held == authz::Privilege::kPush;
}

using Times = google::protobuf::RepeatedField<int64_t>;

bool Contains(const Times& times, Timestamp at) {
  return std::find(times.begin(), times.end(), at.micros()) != times.end();
}

void AddTime(Times* times, Timestamp at) {
  times->Add(at.micros());
  std::sort(times->begin(), times->end());
  if (times->size() > kRestatedMax) times->erase(times->begin(), times->end() - kRestatedMax);
}

// What stands in an asset's labels: what policy reads, and whether it is gone at its source.
bool IsOfLabels(const AspectKind& kind) { return kind.label || kind.number == v1::Aspect::kLifecycleChange; }

// A column as one text: whole, and split at its dots.
std::vector<std::vector<std::string>> ReadingsOf(const std::string& text) {
  std::vector<std::vector<std::string>> readings = {{text}};
  if (text.find('.') == std::string::npos) return readings;
  std::vector<std::string>& split = readings.emplace_back();
  size_t begin = 0;
  for (size_t dot = text.find('.'); dot != std::string::npos; begin = dot + 1, dot = text.find('.', begin)) {
    split.push_back(text.substr(begin, dot - begin));
  }
  split.push_back(text.substr(begin));
  // Not a path: only the whole is one.
  if (std::find(split.begin(), split.end(), "") != split.end()) readings.pop_back();
  return readings;
}

bool SameMeaning(const record::AspectRow& a, const record::AspectRow& b) {
  return a.claim() == b.claim() && CanonicalBytes(a.aspect()) == CanonicalBytes(b.aspect());
}

}  // namespace

Upserter::Upserter(authz::WriteSession* session, Producer producer)
    : session_(session), producer_(std::move(producer)), columns_(session) {}

StatusOr<uint32_t> Upserter::NumberFor(const v1::Aspect& aspect) {
  if (!aspect.has_facet()) return NumberOf(aspect);
  ASSIGN_OR_RETURN(const uint32_t name, session_->InternNumber(kFacetSpace, aspect.facet().name()));
  return kFacetBase + name;
}

StatusOr<bool> Upserter::State(authz::Privilege privilege, AspectWrite write) {
  const AspectKind* kind = FindAspectKind(NumberOf(write.aspect));
  if (kind == nullptr || kind->run_only) return base::InvalidField("aspect", "an aspect of an asset or a column");
  if (!MayWrite(privilege, *kind)) return base::PermissionDenied("needs the privilege ", PrivilegeName(kind->write));
  if (!write.withdraw) RETURN_IF_ERROR(CheckAspect(write.aspect));
  ASSIGN_OR_RETURN(const uint32_t number, NumberFor(write.aspect));
  RETURN_IF_ERROR(CheckPrecondition(write, *kind, number));
  ASSIGN_OR_RETURN(const ColumnId column, ColumnFor(privilege, write));
  if (write.aspect.has_schema()) {
    for (FlatField& flat : Flatten(write.aspect.schema())) stated_[write.asset].push_back(std::move(flat.path));
  }
  const AspectKey key{write.asset, column, number, producer_.number};
  if (write.change != AspectWrite::Change::kSet) RETURN_IF_ERROR(ChangeEntries(*kind, key, write));

  record::AspectRow row;
  *row.mutable_aspect() = write.aspect;
  *row.mutable_producer() = producer_.record;
  row.set_written(session_->now().micros());
  bool changed = false;
  ASSIGN_OR_RETURN(const Verdict verdict, Judge(privilege, *kind, key, write, row));
  session_->shown().Note(write.asset);
  bool told = false;
  if (verdict.claim) {
    const bool hidden = privilege == authz::Privilege::kPush && !session_->May(authz::Privilege::kBrowse, write.asset);
    // Of a column the viewer may not see, only what would be answered of one that does not exist; of a name, too.
    ASSIGN_OR_RETURN(
        told, hidden ? IsClaimOfNew(*kind, key, write, row) : StatusOr<bool>(!HidesColumn(write) || !verdict.may));
  }
  row.set_claim(verdict.claim);
  if (verdict.left_out) {
    if (privilege == authz::Privilege::kPush || HidesColumn(write)) return told;
    return verdict.widens
               ? base::PermissionDenied("it would open to you what is closed to you: somebody else may set it")
               : base::PermissionDenied("needs the privilege ", PrivilegeName(kind->write),
                                        " on both containers or domains too");
  }
  ASSIGN_OR_RETURN(const bool releases, verdict.claim ? StatusOr<bool>(false) : Releases(*kind, key, write, row));
  const bool schema = write.aspect.has_schema() && !column.valid();
  const uint64_t hash = schema && !write.withdraw ? ContentHash(row.aspect()) : 0;
  if (kind->merge == Merge::kEach) {
    RETURN_IF_ERROR(StoreEach(key, write, std::move(row), &changed));
  } else {
    RETURN_IF_ERROR(Store(key, write, row, &changed));
  }
  if (kind->number == v1::Aspect::kTags && column.valid() && !write.withdraw && write.held) {
    RETURN_IF_ERROR(EndAtNextRound(key, *write.held));
  }
  if (changed) Touch(*kind, write.asset, column);
  if (changed && schema) {
    schemas_[write.asset][{EncodeAspectKey(key), write.held.value_or(kTimestampMax)}] = hash;
  }
  if (releases) RETURN_IF_ERROR(MoveMasks(key, write));
  return told;
}

StatusOr<bool> Upserter::Releases(const AspectKind& kind, const AspectKey& key, const AspectWrite& write,
                                  const record::AspectRow& row) {
  if (kind.number != v1::Aspect::kClassifications || !key.column.valid() || write.withdraw) return false;
  const std::string encoded = EncodeAspectKey(key);
  ASSIGN_OR_RETURN(const auto newest, session_->Peek(kAspects, encoded));
  if (newest && write.held && newest->held > *write.held) return false;
  if (producer_.record.rank() >= static_cast<uint32_t>(Rank::kPerson)) return true;
  return !newest || !SameMeaning(newest->record, row);
}

Status Upserter::MoveMasks(const AspectKey& key, const AspectWrite& write) {
  RETURN_IF_ERROR(columns_.Release(*permit_, key.asset, key.column));
  labels_changed_.insert(key.asset);
  std::set<std::string> classes;
  for (const auto& one : write.aspect.classifications().classifications()) {
    if (!one.denied()) classes.insert(one.name());
  }
  return columns_.Leave(*permit_, key.asset, key.column, classes);
}

// A hidden column is as unknown as one that is not there.
StatusOr<bool> Upserter::IsKnown(AssetId asset, const Path& path) {
  ASSIGN_OR_RETURN(const std::optional<ColumnId> known, columns_.Find(asset, path));
  return known.has_value() && session_->SeesColumn(asset, path);
}

Status Upserter::CheckKnown(const AspectWrite& write, std::vector<Path> readings, std::string_view field) {
  for (const Path& path : readings) {
    ASSIGN_OR_RETURN(const bool known, IsKnown(write.asset, path));
    if (known) return absl::OkStatus();
  }
  const Status error =
      base::InvalidField(field, base::Cat("a column of the asset's schema, which has no `", JoinPath(readings.front()),
                                          "` that you see (allow_unknown_columns takes it)"));
  unknown_.push_back(
      {write.asset, std::move(readings), write.field.empty() ? error : base::WithinField(write.field, error)});
  return absl::OkStatus();
}

StatusOr<ColumnId> Upserter::ColumnFor(authz::Privilege privilege, const AspectWrite& write) {
  const bool strict = privilege != authz::Privilege::kPush && !write.allow_unknown_column;
  if (strict && !write.withdraw) {
    for (int i = 0; i < write.aspect.tags().tags_size(); ++i) {
      const std::string& field = write.aspect.tags().tags(i).field();
      if (field.empty()) continue;
      // A nested column is one text here.
      RETURN_IF_ERROR(CheckKnown(write, ReadingsOf(field), base::Cat("aspect.tags.tags[", i, "].field")));
    }
  }
  if (write.column_path.empty()) return ColumnId();
  if (strict) RETURN_IF_ERROR(CheckKnown(write, {write.column_path}, "column.path"));
  if (write.change != AspectWrite::Change::kRemove) {
    ASSIGN_OR_RETURN(const bool inherits, columns_.WouldInherit(write.asset, write.column_path));
    if (inherits) {
      // What was said of vanished columns in this session is left to it too.
      if (labels_changed_.contains(write.asset)) RETURN_IF_ERROR(RefreshLabels(write.asset));
      labels_changed_.insert(write.asset);
    }
    return columns_.Ensure(*permit_, write.asset, write.column_path);
  }
  // To take something from a column makes none.
  ASSIGN_OR_RETURN(const std::optional<ColumnId> known, columns_.Find(write.asset, write.column_path));
  return known && !HidesColumn(write)
             ? StatusOr<ColumnId>(*known)
             : base::FieldStatus(absl::StatusCode::kNotFound, "column.path", "none of these entries is stated");
}

// A schema of the same session may have come after what speaks of its columns.
Status Upserter::CheckColumns() const {
  for (const UnknownColumn& unknown : unknown_) {
    const auto stated = stated_.find(unknown.asset);
    const auto stands = [&](const Path& path) {
      return std::find(stated->second.begin(), stated->second.end(), path) != stated->second.end();
    };
    if (stated != stated_.end() && std::any_of(unknown.readings.begin(), unknown.readings.end(), stands)) continue;
    return unknown.error;
  }
  return absl::OkStatus();
}

Status Upserter::CountEdit(AssetId asset, ColumnId column, uint32_t number) {
  const std::string key = EditCountKey(asset, column, number);
  ASSIGN_OR_RETURN(const auto row, session_->Find(kEditCounts, key));
  record::EditCount count = row ? row->record : record::EditCount();
  count.set_edits(count.edits() + 1);
  session_->Put(*permit_, kEditCounts, key, count);
  return absl::OkStatus();
}

// Every statement that was read must stand at the commit as it did, and none may have come beside them.
Status Upserter::CheckPrecondition(const AspectWrite& write, const AspectKind& kind, uint32_t number) {
  if (write.etag.empty() && !write.absent) return absl::OkStatus();
  ASSIGN_OR_RETURN(ValueParts value, FindValue(session_->view(), write.asset, write.column_path, number));
  std::vector<Statement> statements;
  for (ValuePart& part : value.parts) {
    RETURN_IF_ERROR(session_->Find(kAspects, part.key).status());
    statements.push_back(std::move(part.statement));
  }
  for (const ValueParts::Place& place : value.places) {
    RETURN_IF_ERROR(CountEdit(place.asset, place.column, number));
  }
  const std::optional<MergedAspect> merged = MergeStatements(kind, std::move(statements));
  const bool fits = write.absent ? !merged : merged && merged->etag == write.etag;
  if (fits) return absl::OkStatus();
  if (write.absent) return base::FieldStatus(absl::StatusCode::kAlreadyExists, "absent", "there is a value; read it");
  return base::FieldStatus(absl::StatusCode::kAborted, "etag",
                           "the value was changed since it was read; read it again");
}

// Makes of the entries to add or remove the whole that the producer states from now on, or its withdrawal.
Status Upserter::ChangeEntries(const AspectKind& kind, const AspectKey& key, AspectWrite& write) {
  if (!IsAssertions(write.aspect)) {
    return base::InvalidField("change", "SET for a kind that is no list of owners, tags, terms or classifications");
  }
  if (write.withdraw) return base::InvalidField("withdraw", "false where entries are added or removed");
  if (write.held) return base::InvalidField("held_at", "absent where entries are added or removed");
  ASSIGN_OR_RETURN(const auto standing, session_->Find(kAspects, EncodeAspectKey(key)));
  record::AspectRow row = standing ? standing->record : record::AspectRow();
  *row.mutable_producer() = producer_.record;
  v1::Aspect whole;
  if (write.change == AspectWrite::Change::kAdd) {
    whole = row.aspect();
    AddAssertions(write.aspect, whole);
  } else {
    ASSIGN_OR_RETURN(whole, RemoveEntries(kind, key, StatementOf(std::move(row), session_->now()), write));
  }
  RETURN_IF_ERROR(CheckAspect(whole));
  // An empty list is still a statement; with its last entry the statement goes.
  write.withdraw = AssertionCount(whole) == 0;
  if (!write.withdraw) write.aspect = std::move(whole);
  return absl::OkStatus();
}

// What `mine` leaves, and a denial of what others go on stating for all the viewer sees.
StatusOr<v1::Aspect> Upserter::RemoveEntries(const AspectKind& kind, const AspectKey& key, Statement mine,
                                             const AspectWrite& write) {
  ASSIGN_OR_RETURN(ValueParts value, FindValue(session_->view(), write.asset, write.column_path, kind.number));
  const std::string own = EncodeAspectKey(key);
  std::vector<Statement> others;
  for (ValuePart& part : value.parts) {
    if (part.key != own) others.push_back(std::move(part.statement));
  }
  // What of the entries is read where `stated` is this producer's part.
  const auto left_with = [&](const Statement& stated) {
    std::vector<Statement> all = others;
    if (AssertionCount(stated.aspect) > 0) all.push_back(stated);
    std::optional<MergedAspect> merged = MergeStatements(kind, std::move(all));
    v1::Aspect left;
    if (merged) RemoveAssertions(write.aspect, merged->aspect, left);
    return left;
  };
  if (AssertionCount(left_with(mine)) == 0)
    return base::FieldStatus(absl::StatusCode::kNotFound, "aspect", "none of these entries is stated");
  v1::Aspect taken;
  RemoveAssertions(write.aspect, mine.aspect, taken);
  v1::Aspect denied = left_with(mine);
  DenyAll(denied);
  AddAssertions(denied, mine.aspect);
  return std::move(mine.aspect);
}

Status Upserter::Store(const AspectKey& key, const AspectWrite& write, const record::AspectRow& row, bool* changed) {
  const std::string encoded = EncodeAspectKey(key);
  const Timestamp at = write.held.value_or(kTimestampMax);
  ASSIGN_OR_RETURN(const auto before, session_->Find(kAspects, encoded, at));
  const record::AspectRow* standing = before ? &before->record : nullptr;
  if (write.withdraw) {
    if (standing == nullptr && !write.held) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool fresh, RememberWithdrawal(encoded, write));
    if (standing == nullptr && !fresh) return absl::OkStatus();
    *changed = *changed || standing != nullptr;
    RETURN_IF_ERROR(KeepLaterStatement(encoded, write, standing));
    session_->WithdrawHeld(*permit_, kAspects, encoded, write.held);
    return absl::OkStatus();
  }
  if (standing == nullptr && write.held) {
    // Of equal times the withdrawal stands, whichever came first.
    ASSIGN_OR_RETURN(const auto restated, session_->Find(kRestated, RestatedKey(encoded)));
    if (restated && Contains(restated->record.withdrawn(), *write.held)) return absl::OkStatus();
  }
  if (standing != nullptr && SameMeaning(*standing, row)) {
    if (!write.held || before->held == *write.held) return absl::OkStatus();
    return Restate(encoded, *write.held);
  }
  if (standing != nullptr && write.held && before->held == *write.held &&
      !StandsBefore(row.aspect(), standing->aspect())) {
    return absl::OkStatus();
  }
  *changed = true;
  // To who edits the value under a precondition, a producer that had not spoken of it is a row that was not there.
  if (standing == nullptr && producer_.record.rank() >= static_cast<uint32_t>(Rank::kDeclared)) {
    RETURN_IF_ERROR(CountEdit(key.asset, key.column, ValueNumber(key.aspect)));
  }
  RETURN_IF_ERROR(KeepLaterStatement(encoded, write, standing));
  session_->PutHeld(*permit_, kAspects, encoded, write.held, row);
  return absl::OkStatus();
}

// Entries known before are stored first, so that none of them gives way to one that came with it.
Status Upserter::StoreEach(const AspectKey& whole, const AspectWrite& write, record::AspectRow row, bool* changed) {
  ASSIGN_OR_RETURN(EntryIndex index, EntryIndex::Open(session_, whole));
  if (write.withdraw) {
    for (const AspectKey& key : index.Keys()) RETURN_IF_ERROR(Store(key, write, row, changed));
    index.RememberWithdrawal(write.held.value_or(session_->now()));
    index.Write(*permit_);
    return absl::OkStatus();
  }
  const std::map<uint64_t, v1::Aspect> entries = SplitEntries(write.aspect);
  bool fresh = false;
  for (const auto& [identity, entry] : entries) {
    const std::optional<AspectKey> key = index.Find(identity);
    fresh = fresh || !key;
    *row.mutable_aspect() = entry;
    if (key) RETURN_IF_ERROR(Store(*key, write, row, changed));
  }
  if (!fresh) return absl::OkStatus();
  for (const auto& [identity, entry] : entries) {
    if (index.Find(identity)) continue;
    ASSIGN_OR_RETURN(const std::optional<AspectKey> key, MakeEntry(index, identity, write));
    *row.mutable_aspect() = entry;
    if (key) RETURN_IF_ERROR(Store(*key, write, row, changed));
  }
  index.Write(*permit_);
  return absl::OkStatus();
}

// Of more entries than are kept the most recently stated stand, whatever the order of arrival; nullopt where this one
// is not among them.
StatusOr<std::optional<AspectKey>> Upserter::MakeEntry(EntryIndex& index, uint64_t identity, const AspectWrite& write) {
  const Timestamp stated = write.held.value_or(session_->now());
  AspectWrite gone;
  gone.withdraw = true;
  bool changed = false;
  if (index.full()) {
    ASSIGN_OR_RETURN(const EntryIndex::Place oldest, index.Oldest());
    if (EntryIndex::Place(stated, identity) < oldest) return std::optional<AspectKey>();
    if (oldest.first != Timestamp::Min()) {
      gone.held = oldest.first + std::chrono::microseconds(1);
      RETURN_IF_ERROR(Store(*index.Find(oldest.second), gone, {}, &changed));
    }
    index.Remove(oldest.second);
  }
  const AspectKey key = index.Add(identity, stated);
  // What was taken back before this entry was first heard of stays so.
  for (const int64_t at : index.withdrawn()) {
    gone.held = Timestamp(at);
    RETURN_IF_ERROR(Store(key, gone, {}, &changed));
  }
  return std::optional<AspectKey>(key);
}

Status Upserter::Restate(const std::string& key, Timestamp at) {
  ASSIGN_OR_RETURN(const auto row, session_->Find(kRestated, RestatedKey(key)));
  record::Restated restated = row ? row->record : record::Restated();
  if (Contains(restated.times(), at)) return absl::OkStatus();
  AddTime(restated.mutable_times(), at);
  session_->Put(*permit_, kRestated, RestatedKey(key), restated);
  return absl::OkStatus();
}

// True where it was not known.
StatusOr<bool> Upserter::RememberWithdrawal(const std::string& key, const AspectWrite& write) {
  if (!write.held) return true;
  ASSIGN_OR_RETURN(const auto row, session_->Find(kRestated, RestatedKey(key)));
  record::Restated restated = row ? row->record : record::Restated();
  if (Contains(restated.withdrawn(), *write.held)) return false;
  AddTime(restated.mutable_withdrawn(), *write.held);
  session_->Put(*permit_, kRestated, RestatedKey(key), restated);
  return true;
}

// A value stated at 1 and again at 3 stands as one version held at 1. When another value
// arrives for 2, the statement of 3 must become a version, or 2 would stand past it.
Status Upserter::KeepLaterStatement(const std::string& key, const AspectWrite& write, const record::AspectRow* before) {
  if (before == nullptr || !write.held) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto row, session_->Find(kRestated, RestatedKey(key)));
  if (!row) return absl::OkStatus();
  for (const int64_t time : row->record.times()) {
    const Timestamp again(time);
    if (again <= *write.held) continue;
    ASSIGN_OR_RETURN(const auto then, session_->Find(kAspects, key, again));
    // Only where the restatement belongs to the value that is about to be interrupted.
    if (then && then->held <= *write.held && SameMeaning(then->record, *before)) {
      session_->PutHeld(*permit_, kAspects, key, again, *before);
    }
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

void Upserter::Touch(const AspectKind& kind, AssetId asset, ColumnId column) {
  record::AssetChange* change = session_->Changed(asset);
  if (kind.text) change->set_text(true);
  if (kind.number == v1::Aspect::kSchema && !column.valid()) schema_changed_.insert(asset);
  if (IsOfLabels(kind)) labels_changed_.insert(asset);
  if (kind.faceted) change->set_labels(true);
}

Status Upserter::FollowSchemas(AssetId asset) {
  const AspectKind& kind = *FindAspectKind(v1::Aspect::kSchema);
  std::vector<Statement> statements;
  RETURN_IF_ERROR(
      session_->Scan<record::AspectRow>(kAspects, AspectPrefix(asset, ColumnId(0), kind.number), [&](const auto& row) {
        statements.push_back(StatementOf(row.record, row.held));
        return true;
      }));
  const std::optional<MergedAspect> merged = MergeStatements(kind, std::move(statements));
  const bool dated = merged && merged->sources.front().held != kTimestampMax;
  const Timestamp since = dated ? merged->sources.front().held : session_->now();
  ASSIGN_OR_RETURN(bool moved,
                   columns_.Follow(*permit_, asset, merged ? merged->aspect.schema() : v1::Schema(), since));
  // A vanished or new column may move masks.
  if (moved) labels_changed_.insert(asset);
  const auto& schemas = schemas_[asset];
  if (schemas.size() == 1 && schemas.begin()->second == (merged ? merged->sources.front().hash : 0)) {
    return absl::OkStatus();
  }
  StatedSchemas stated;
  for (const auto& [place, hash] : schemas) stated.insert(place);
  // What the schema left behind just now masks on in the walk.
  if (moved) RETURN_IF_ERROR(RefreshLabels(asset));
  ASSIGN_OR_RETURN(const SchemaCourse before, SchemasInOrder(*session_, asset, stated, /*besides=*/stated));
  ASSIGN_OR_RETURN(const SchemaCourse after, SchemasInOrder(*session_, asset, stated, /*besides=*/{}));
  ASSIGN_OR_RETURN(moved, columns_.Retrace(*permit_, asset, before, after));
  if (moved) labels_changed_.insert(asset);
  return absl::OkStatus();
}

Status Upserter::Finish() {
  // What the schemas below leave behind is masked by all that was stated with them.
  if (!schema_changed_.empty()) {
    for (const AssetId asset : labels_changed_) RETURN_IF_ERROR(RefreshLabels(asset));
  }
  for (const AssetId asset : schema_changed_) RETURN_IF_ERROR(FollowSchemas(asset));
  RETURN_IF_ERROR(CheckColumns());
  for (const AssetId asset : labels_changed_) RETURN_IF_ERROR(RefreshLabels(asset));
  schema_changed_.clear();
  schemas_.clear();
  labels_changed_.clear();
  unknown_.clear();
  return absl::OkStatus();
}

void Upserter::MoveMember(AssetId asset, AssetId from, AssetId to) {
  if (from == to) return;
  if (from.valid()) session_->Remove(*permit_, kMembers, EncodeMemberKey(from, asset));
  if (to.valid()) session_->Put(*permit_, kMembers, EncodeMemberKey(to, asset), record::Member());
}

// `besides`: the key of a row to leave out; empty for none.
StatusOr<LabelStatements> Upserter::LabelsStated(AssetId asset, std::string_view besides) {
  LabelStatements statements;
  RETURN_IF_ERROR(session_->Scan<record::AspectRow>(kAspects, AspectPrefix(asset), [&](const auto& row) {
    const std::optional<AspectKey> key = DecodeAspectKey(row.key);
    const AspectKind* kind = key ? FindAspectKind(key->aspect) : nullptr;
    // A claim is shown, never a label.
    if (kind != nullptr && IsOfLabels(*kind) && !row.record.claim() && row.key != besides) {
      statements[{key->column, kind->number}].push_back(StatementOf(row.record, row.held));
    }
    return true;
  }));
  return statements;
}

Status Upserter::RefreshLabels(AssetId asset) {
  ASSIGN_OR_RETURN(const LabelStatements statements, LabelsStated(asset, ""));
  ASSIGN_OR_RETURN(const auto* columns, columns_.ColumnsOf(asset));
  ASSIGN_OR_RETURN(record::AssetHeader header, session_->HeaderOf(asset));
  ASSIGN_OR_RETURN(record::Labels labels, DeriveLabels(*session_, *permit_, statements, *columns));
  labels.set_environment(header.labels().environment());
  labels.set_dropped(IsDropped(statements, header.labels().dropped()));
  MoveMember(asset, AssetId(header.labels().container()), AssetId(labels.container()));
  MoveMember(asset, AssetId(header.labels().domain()), AssetId(labels.domain()));
  *header.mutable_labels() = std::move(labels);
  return session_->SetHeader(*permit_, asset, std::move(header));
}

}  // namespace cadastre::catalog
