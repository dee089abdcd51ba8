#include "authz/write/write_session.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "authz/view/row_reads.h"
#include "authz/write/repeat_rows.h"
#include "authz/write/stand_in.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/status.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {
namespace {

constexpr size_t kIdempotencyKeyBytesMax = 128;
constexpr size_t kStreamIdBytesMax = 128;
// Headers held for one asset: of the names merged with it and of what each of them lies in.
constexpr size_t kHeadersHeldMax = 4'096;

RowRule NoAsset(std::string_view, const std::string&) { return {Subjects(), Privilege::kNone}; }
RowRule NoAssetName(std::string_view, const record::Name&) { return {Subjects(), Privilege::kNone}; }
RowRule OfHeader(std::string_view, const record::AssetHeader&) { return {Subjects::Global(), Privilege::kAdminister}; }

constexpr Table<record::Name> kNames{Keyspace::kName, NoAssetName};
constexpr Table<record::AssetHeader> kHeaders{Keyspace::kAsset, OfHeader};
constexpr Table<std::string> kInterned{Keyspace::kIntern, NoAsset};
constexpr Table<std::string> kCounters{Keyspace::kMeta, NoAsset};

std::string NameKey(const AssetName& name) {
  std::string key;
  base::AppendU8(key, static_cast<uint8_t>(name.kind));
  base::AppendString(key, name.ns);
  base::AppendString(key, name.name);
  return key;
}

std::string AssetKey(AssetId id) {
  std::string key;
  base::AppendU64(key, id.value());
  return key;
}

std::string OfPrincipal(std::string_view principal, std::string_view text) {
  std::string key;
  base::AppendString(key, principal);
  base::AppendString(key, text);
  return key;
}

StatusOr<uint64_t> DecodeNumber(std::string_view bytes) {
  base::ByteReader reader(bytes);
  ASSIGN_OR_RETURN(const uint64_t number, reader.ReadU64());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return number;
}

std::string EncodeNumber(uint64_t number) {
  std::string bytes;
  base::AppendU64(bytes, number);
  return bytes;
}

// Twice the window: see NotePushed.
constexpr uint64_t kPushSlots = 2 * WriteSession::kPushWindow;

Status Denied(Privilege privilege) {
  return base::PermissionDenied("the privilege `", PrivilegeName(privilege), "` is needed");
}

bool IsKeyText(std::string_view text, size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && text.find('\0') == std::string_view::npos;
}

}  // namespace

WriteSession::WriteSession(GovernedView view, ViewContext context, Timestamp now, std::optional<uint64_t> based_on)
    : SessionRows(context.reader, view.Sight::pass_, based_on),
      view_(std::move(view)),
      registry_(context.registry),
      now_(now) {}

// --- Rights -----------------------------------------------------------------

std::optional<AssetId> WriteSession::PushedAsOne(const CanonicalName& name) const {
  if (!Denies(view_.rules(), Privilege::kPush)) return std::nullopt;
  const std::optional<AssetId> id = FindName(name);
  if (!id || IsNew(*id)) return std::nullopt;
  // Whether it is deleted is no matter of what he may know of it.
  const bool browses = EvaluatorOver(published().labels).Allows(view_.rules(), Privilege::kBrowse, *id);
  return browses ? id : std::nullopt;
}

bool WriteSession::MayPush(const CanonicalName& name) const {
  if (!view_.MayPush(name)) return false;
  const std::optional<AssetId> asset = PushedAsOne(name);
  if (!asset) return true;
  const StatusOr<std::vector<AssetId>> set = SetOf(*asset);
  return set.ok() && std::none_of(set->begin(), set->end(), [&](AssetId id) {
           const std::optional<AssetName> other = NameOf(id);
           return other && DeniesByName(view_.rules(), Privilege::kPush, *other);
         });
}

StatusOr<Permit<Privilege::kPush>> WriteSession::PermitPush(const CanonicalName& name) {
  RETURN_IF_ERROR(base::CheckAssetName(*name));
  if (const std::optional<AssetId> asset = PushedAsOne(name)) RETURN_IF_ERROR(HoldLabels(*asset));
  if (!MayPush(name)) return Denied(Privilege::kPush);
  return Permit<Privilege::kPush>(name);
}

bool WriteSession::May(Privilege privilege, AssetId asset) const {
  const auto own = labels_.find(asset);
  if (own == labels_.end()) return view_.Allows(privilege, asset);
  const std::optional<AssetName> name = NameOf(asset);
  return name &&
         PolicyEvaluator(published().labels, *registry_).Allows(view_.rules(), privilege, asset, own->second, *name);
}

StatusOr<std::vector<AssetId>> WriteSession::SetOf(AssetId asset) const {
  std::vector<AssetId> set = {asset};
  const auto take = [&set](const std::vector<MergedName>& names) {
    for (const MergedName& name : names) {
      if (std::find(set.begin(), set.end(), name.id) == set.end()) set.push_back(name.id);
    }
  };
  for (size_t next = 0; next < set.size(); ++next) {
    take(published().labels.Of(set[next]).merged);
    if (const auto own = labels_.find(set[next]); own != labels_.end()) take(own->second.merged);
    if (set.size() > kMergedWalkMax) return base::ResourceExhausted("more than 1,024 names are merged with the asset");
  }
  return set;
}

LabelColumns WriteSession::labels() const {
  LabelColumns now = published().labels;
  for (const auto& [id, labels] : labels_) now.Set(id, labels);
  return now;
}

Status WriteSession::HoldLabels(AssetId asset) {
  ASSIGN_OR_RETURN(std::vector<AssetId> open, SetOf(asset));
  for (size_t headers = 0; !open.empty();) {
    const AssetId at = open.back();
    open.pop_back();
    if (!at.valid() || IsNew(at) || held_.contains(at)) continue;
    if (++headers > kHeadersHeldMax) return base::ResourceExhausted("the asset lies under more than 4,096 others");
    RETURN_IF_ERROR(Find(kHeaders, AssetKey(at)).status());
    held_.insert(at);
    const AssetLabels& labels = published().labels.Of(at);
    open.push_back(labels.container);
    open.push_back(labels.domain);
  }
  return absl::OkStatus();
}

Status WriteSession::CheckEdit(Privilege privilege, const CanonicalName& name) {
  RETURN_IF_ERROR(base::CheckAssetName(*name));
  ASSIGN_OR_RETURN(const AssetId id, view_.ResolveExact(name));
  RETURN_IF_ERROR(HoldLabels(id));
  shown().Note(id);
  return view_.Allows(privilege, id) ? absl::OkStatus() : Denied(privilege);
}

Status WriteSession::CheckEverywhere(Privilege privilege) {
  return view_.AllowsEverywhere(privilege)
             ? absl::OkStatus()
             : base::PermissionDenied("the privilege `", PrivilegeName(privilege), "` is needed on everything");
}

StatusOr<UpkeepPermit> WriteSession::PermitUpkeep() const {
  if (!upkeep_) return base::PermissionDenied("upkeep is the house's own");
  return UpkeepPermit();
}

// --- Names ------------------------------------------------------------------

std::optional<AssetId> WriteSession::FindName(const CanonicalName& name) const {
  const auto own = names_.find(*name);
  return own == names_.end() ? registry_->Find(name) : own->second;
}

std::optional<AssetName> WriteSession::NameOf(AssetId id) const {
  const auto own = made_.find(id);
  return own == made_.end() ? registry_->NameOf(id) : own->second;
}

StatusOr<AssetId> WriteSession::Intern(const RowPermit& permit, const CanonicalName& canonical) {
  if (const std::optional<AssetId> id = FindName(canonical)) return *id;
  const AssetName& name = *canonical;
  RETURN_IF_ERROR(base::CheckAssetName(name));
  const std::string key = NameKey(name);
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::Name>> row, Find(kNames, key));
  // Committed since the registry was asked: the precondition would hold, the registry is behind by a moment.
  if (row) return AssetId(row->record.asset());
  const AssetId id = registry_->NextId();
  record::Name stands_for;
  stands_for.set_asset(id.value());
  Put(permit, kNames, key, stands_for);
  record::AssetHeader header;
  header.set_kind(static_cast<uint32_t>(name.kind));
  header.set_namespace_(name.ns);
  header.set_name(name.name);
  header.set_created(now_.micros());
  Put(permit, kHeaders, AssetKey(id), header);
  names_.emplace(name, id);
  made_.emplace(id, name);
  labels_.emplace(id, InternLabels(header, registry_->words(), *published().environments));
  record::AssetChange* change = Changed(id);
  change->set_existence(true);
  change->set_labels(true);
  change->set_text(true);
  return id;
}

StatusOr<uint64_t> WriteSession::NextNumber(std::string_view counter) {
  if (!IsKeyText(counter, kStreamIdBytesMax)) return base::InvalidField("counter", "1 to 128 bytes without U+0000");
  std::string key("counter/");
  base::AppendString(key, counter);
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kCounters, key));
  uint64_t next = 1;
  if (row) {
    ASSIGN_OR_RETURN(const uint64_t last, DecodeNumber(row->record));
    next = last + 1;
  }
  Put(RowPermit(), kCounters, key, EncodeNumber(next));
  return next;
}

StatusOr<uint32_t> WriteSession::InternNumber(char space, std::string_view text) {
  if (!IsKeyText(text, base::kNameBytesMax)) return base::InvalidField("text", "1 to 1,024 bytes without U+0000");
  const std::string key = InternTextKey(space, text);
  // A number once given stays, so only a missing one needs a precondition.
  ASSIGN_OR_RETURN(std::optional<RowOf<std::string>> row, Peek(kInterned, key));
  if (!row) {
    ASSIGN_OR_RETURN(row, Find(kInterned, key));
  }
  if (row) return DecodeInternNumber(row->record);
  ASSIGN_OR_RETURN(const uint64_t next, NextNumber(base::Cat("intern/", std::string_view(&space, 1))));
  if (next > UINT32_MAX) return base::ResourceExhausted("no interned numbers are left");
  const auto number = static_cast<uint32_t>(next);
  std::string bytes;
  base::AppendU32(bytes, number);
  Put(RowPermit(), kInterned, key, bytes);
  Put(RowPermit(), kInterned, InternNumberKey(space, number), std::string(text));
  return number;
}

// --- Labels -----------------------------------------------------------------

StatusOr<record::AssetHeader> WriteSession::HeaderOf(AssetId id) {
  ASSIGN_OR_RETURN(std::optional<RowOf<record::AssetHeader>> row, Find(kHeaders, AssetKey(id)));
  if (row) return std::move(row->record);
  // The registry hears of a name a moment before a session can read its rows: a later session will.
  outdated_ = outdated_ || registry_->NameOf(id).has_value();
  return base::NotFound("there is no such asset");
}

Status WriteSession::SetHeader(const RowPermit& permit, AssetId id, record::AssetHeader header) {
  ASSIGN_OR_RETURN(const record::AssetHeader before, HeaderOf(id));
  header.set_kind(before.kind());
  header.set_namespace_(before.namespace_());
  header.set_name(before.name());
  header.set_created(before.created());
  const bool relabelled = EncodeRecord(before.labels()) != EncodeRecord(header.labels());
  const bool lifecycle = before.deleted() != header.deleted();
  if (EncodeRecord(before) == EncodeRecord(header)) return absl::OkStatus();
  Put(permit, kHeaders, AssetKey(id), header);
  labels_.insert_or_assign(id, InternLabels(header, registry_->words(), *published().environments));
  record::AssetChange* change = Changed(id);
  if (relabelled) change->set_labels(true);
  if (lifecycle) change->set_existence(true);
  return absl::OkStatus();
}

// --- Streams and repeats ----------------------------------------------------

std::string WriteSession::PushKey(std::string_view stream_id) const {
  return OfPrincipal(viewer().principal(), stream_id);
}

// A stream has a row of its own with all that is durable, and a ring of rows, one an event under way. A slot of the
// ring is taken again only by an event so much later that the one before in it is among those durable by then, so that
// nothing beyond `durable` is ever forgotten. What a row says is durable is older than the row: the events that follow
// on it without a gap are so too, and have been acknowledged.
StatusOr<uint64_t> WriteSession::PushedSequence(std::string_view stream_id) {
  if (!IsKeyText(stream_id, kStreamIdBytesMax)) return base::InvalidField("stream_id", "1 to 128 bytes without U+0000");
  uint64_t durable = 0;
  std::vector<uint64_t> committed;
  Status damaged;
  RETURN_IF_ERROR(Scan<std::string>(kPushTable, PushKey(stream_id), [&](const RowOf<std::string>& row) {
    const StatusOr<PushedRow> pushed = DecodePushed(row.record);
    if (!pushed.ok()) damaged = pushed.status();
    if (pushed.ok()) durable = std::max(durable, pushed->durable);
    if (pushed.ok() && pushed->sequence) committed.push_back(*pushed->sequence);
    return pushed.ok();
  }));
  RETURN_IF_ERROR(damaged);
  std::sort(committed.begin(), committed.end());
  for (const uint64_t sequence : committed) {
    if (sequence == durable + 1) durable = sequence;
  }
  return durable;
}

StatusOr<bool> WriteSession::NotePushed(std::string_view stream_id, uint64_t sequence, uint64_t durable) {
  if (!IsKeyText(stream_id, kStreamIdBytesMax)) return base::InvalidField("stream_id", "1 to 128 bytes without U+0000");
  std::string key = PushKey(stream_id);
  base::AppendU16(key, static_cast<uint16_t>(sequence % kPushSlots));
  // Under a precondition: of two that push the same event at once, one is run again and finds it here.
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kPushTable, key));
  if (row) {
    ASSIGN_OR_RETURN(const PushedRow pushed, DecodePushed(row->record));
    if (pushed.sequence >= sequence) return false;
  }
  // Looked at after the slot: what has settled in between has left the one for the other.
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> own, Peek(kPushTable, PushKey(stream_id)));
  if (own) {
    ASSIGN_OR_RETURN(const PushedRow settled, DecodePushed(own->record));
    if (settled.durable >= sequence) return false;
  }
  Put(RowPermit(), kPushTable, key, EncodePushed({durable, now_, sequence}));
  return true;
}

Status WriteSession::SettlePushed(std::string_view stream_id, uint64_t durable, bool over) {
  if (!IsKeyText(stream_id, kStreamIdBytesMax)) return base::InvalidField("stream_id", "1 to 128 bytes without U+0000");
  const std::string own = PushKey(stream_id);
  std::vector<std::string> slots;
  if (over) {
    RETURN_IF_ERROR(Scan<std::string>(kPushTable, own, [&](const RowOf<std::string>& row) {
      if (row.key != own) slots.push_back(row.key);
      return true;
    }));
  }
  for (const std::string& slot : slots) {
    ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kPushTable, slot));
    if (!row) continue;
    ASSIGN_OR_RETURN(const PushedRow pushed, DecodePushed(row->record));
    if (pushed.sequence <= durable) Remove(RowPermit(), kPushTable, slot);
  }
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kPushTable, own));
  if (row) {
    ASSIGN_OR_RETURN(const PushedRow pushed, DecodePushed(row->record));
    if (pushed.durable >= durable) return absl::OkStatus();
  }
  Put(RowPermit(), kPushTable, own, EncodePushed({durable, now_, std::nullopt}));
  return absl::OkStatus();
}

storage::Work WriteSession::TakeWork() {
  storage::Work work = SessionRows::TakeWork();
  if (once_) work.SetStamped(std::move(once_->stored_key), std::move(once_->value));
  once_.reset();
  return work;
}

StatusOr<std::optional<Revision>> WriteSession::FindOnce(std::string_view idempotency_key,
                                                         std::string_view request_digest) {
  if (!IsKeyText(idempotency_key, kIdempotencyKeyBytesMax)) {
    return base::InvalidField("idempotency_key", "1 to 128 bytes without U+0000");
  }
  const std::string key = OfPrincipal(viewer().principal(), idempotency_key);
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kOnceTable, key));
  if (row) {
    ASSIGN_OR_RETURN(const record::Once once, DecodeOnce(row->record));
    if (Timestamp(once.expires()) > now_) {
      if (once.request_digest() == request_digest) return std::optional<Revision>(Revision(once.revision()));
      return base::InvalidField("idempotency_key", "a key not used before for another request");
    }
  }
  record::Once once;
  once.set_request_digest(std::string(request_digest));
  once.set_expires((now_ + kOnceKept).micros());
  once_ = OnceRow{StoredKey(Keyspace::kOnce, key), EncodeRecord(once)};
  return std::optional<Revision>();
}

Status SetHasStatements(WriteSession& session, const Permit<Privilege::kPush>& permit) {
  ASSIGN_OR_RETURN(const AssetId id, session.AssetOf(permit));
  // Once set it stays, so that most statements need no precondition for it.
  if (session.published().labels.Of(id).has_statements) return absl::OkStatus();
  ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
  header.set_has_statements(true);
  return session.SetHeader(RowPermit(permit), id, std::move(header));
}

}  // namespace cadastre::authz
