#include "catalog/upsert.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "catalog/merge.h"

namespace cadastre::catalog {
namespace {

constexpr char kFacetSpace = 'f';
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
  ColumnId column;
  if (!write.column_path.empty()) {
    ASSIGN_OR_RETURN(column, columns_.Ensure(write.asset, write.column_path));
  }
  ASSIGN_OR_RETURN(const uint32_t number, NumberFor(write.aspect));
  if (!write.etag.empty()) RETURN_IF_ERROR(CheckEtag(write, *kind, column, number));

  record::AspectRow row;
  *row.mutable_aspect() = write.aspect;
  *row.mutable_producer() = producer_.record;
  row.set_written(session_->now().micros());
  const bool claim = kind->label && privilege != kind->write && !session_->MayLabel(write.asset);
  row.set_claim(claim);
  bool changed = false;
  const AspectKey key{write.asset, column, number, producer_.number};
  if (kind->merge == Merge::kEach) {
    RETURN_IF_ERROR(StoreEach(key, write, std::move(row), &changed));
  } else {
    RETURN_IF_ERROR(Store(key, write, row, &changed));
  }
  if (changed) Touch(*kind, write.asset, column);
  session_->shown().Note(write.asset);
  return claim;
}

Status Upserter::CheckEtag(const AspectWrite& write, const AspectKind& kind, ColumnId column, uint32_t number) {
  std::vector<Statement> statements;
  // Entries have numbers of their own.
  const std::string prefix =
      kind.merge == Merge::kEach ? AspectPrefix(write.asset) : AspectPrefix(write.asset, column, number);
  RETURN_IF_ERROR(session_->Scan<record::AspectRow>(kAspects, prefix, [&](const authz::RowOf<record::AspectRow>& row) {
    const std::optional<AspectKey> key = DecodeAspectKey(row.key);
    if (key && key->column == column && ValueNumber(key->aspect) == number) {
      statements.push_back(StatementOf(row.record, row.held));
    }
    return true;
  }));
  const std::optional<MergedAspect> merged = MergeStatements(kind, std::move(statements));
  if (!merged || merged->etag != write.etag) {
    return base::Aborted("etag: the value was changed since it was read; read it again");
  }
  return absl::OkStatus();
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
    session_->WithdrawHeld(kAspects, encoded, write.held);
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
      ContentHash(standing->aspect()) >= ContentHash(row.aspect())) {
    return absl::OkStatus();
  }
  *changed = true;
  RETURN_IF_ERROR(KeepLaterStatement(encoded, write, standing));
  session_->PutHeld(kAspects, encoded, write.held, row);
  return absl::OkStatus();
}

// Entries known before are stored first, so that none of them gives way to one that came with it.
Status Upserter::StoreEach(const AspectKey& whole, const AspectWrite& write, record::AspectRow row, bool* changed) {
  ASSIGN_OR_RETURN(EntryIndex index, EntryIndex::Open(session_, whole));
  if (write.withdraw) {
    for (const AspectKey& key : index.Keys()) RETURN_IF_ERROR(Store(key, write, row, changed));
    index.RememberWithdrawal(write.held.value_or(session_->now()));
    index.Write();
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
  index.Write();
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
  session_->Put(kRestated, RestatedKey(key), restated);
  return absl::OkStatus();
}

// True where it was not known.
StatusOr<bool> Upserter::RememberWithdrawal(const std::string& key, const AspectWrite& write) {
  if (!write.held) return true;
  ASSIGN_OR_RETURN(const auto row, session_->Find(kRestated, RestatedKey(key)));
  record::Restated restated = row ? row->record : record::Restated();
  if (Contains(restated.withdrawn(), *write.held)) return false;
  AddTime(restated.mutable_withdrawn(), *write.held);
  session_->Put(kRestated, RestatedKey(key), restated);
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
      session_->PutHeld(kAspects, key, again, *before);
    }
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

void Upserter::Touch(const AspectKind& kind, AssetId asset, ColumnId column) {
  record::AssetChange* change = session_->Changed(asset);
  if (kind.text) change->set_text(true);
  if (kind.number == v1::Aspect::kSchema && !column.valid()) schema_changed_.insert(asset);
  if (kind.label) labels_changed_.insert(asset);
  if (kind.faceted) change->set_labels(true);
}

Status Upserter::Finish() {
  const AspectKind& schema_kind = *FindAspectKind(v1::Aspect::kSchema);
  for (const AssetId asset : schema_changed_) {
    std::vector<Statement> statements;
    RETURN_IF_ERROR(session_->Scan<record::AspectRow>(kAspects, AspectPrefix(asset, ColumnId(0), schema_kind.number),
                                                      [&](const auto& row) {
                                                        statements.push_back(StatementOf(row.record, row.held));
                                                        return true;
                                                      }));
    const std::optional<MergedAspect> merged = MergeStatements(schema_kind, std::move(statements));
    ASSIGN_OR_RETURN(const bool moved, columns_.Follow(asset, merged ? merged->aspect.schema() : v1::Schema()));
    // A vanished or new column may move masks.
    if (moved) labels_changed_.insert(asset);
  }
  for (const AssetId asset : labels_changed_) RETURN_IF_ERROR(RefreshLabels(asset));
  schema_changed_.clear();
  labels_changed_.clear();
  return absl::OkStatus();
}

void Upserter::MoveMember(AssetId asset, AssetId from, AssetId to) {
  if (from == to) return;
  if (from.valid()) session_->Remove(kMembers, EncodeMemberKey(from, asset));
  if (to.valid()) session_->Put(kMembers, EncodeMemberKey(to, asset), record::Member());
}

Status Upserter::RefreshLabels(AssetId asset) {
  LabelStatements statements;
  RETURN_IF_ERROR(session_->Scan<record::AspectRow>(kAspects, AspectPrefix(asset), [&](const auto& row) {
    const std::optional<AspectKey> key = DecodeAspectKey(row.key);
    const AspectKind* kind = key ? FindAspectKind(key->aspect) : nullptr;
    // A claim is shown, never a label.
    if (kind != nullptr && kind->label && !row.record.claim()) {
      statements[{key->column, kind->number}].push_back(StatementOf(row.record, row.held));
    }
    return true;
  }));
  ASSIGN_OR_RETURN(const auto* columns, columns_.ColumnsOf(asset));
  ASSIGN_OR_RETURN(record::AssetHeader header, session_->HeaderOf(asset));
  ASSIGN_OR_RETURN(record::Labels labels, DeriveLabels(*session_, statements, *columns));
  labels.set_environment(header.labels().environment());
  MoveMember(asset, AssetId(header.labels().container()), AssetId(labels.container()));
  MoveMember(asset, AssetId(header.labels().domain()), AssetId(labels.domain()));
  *header.mutable_labels() = std::move(labels);
  return session_->SetHeader(asset, std::move(header));
}

}  // namespace cadastre::catalog
