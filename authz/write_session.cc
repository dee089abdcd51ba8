#include "authz/write_session.h"

#include <chrono>
#include <utility>

#include "authz/row_reads.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/status.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {
namespace {

// How long a repeated idempotency key is known again.
constexpr std::chrono::microseconds kOnceKept = std::chrono::hours(24);
constexpr size_t kIdempotencyKeyBytesMax = 128;
constexpr size_t kStreamIdBytesMax = 128;

RowRule NoAsset(std::string_view, const std::string&) { return {Subjects(), Privilege::kNone}; }
RowRule NoAssetName(std::string_view, const record::Name&) { return {Subjects(), Privilege::kNone}; }
RowRule OfHeader(std::string_view, const record::AssetHeader&) { return {Subjects::Global(), Privilege::kAdminister}; }

constexpr Table<record::Name> kNames{Keyspace::kName, NoAssetName};
constexpr Table<record::AssetHeader> kHeaders{Keyspace::kAsset, OfHeader};
constexpr Table<std::string> kInterned{Keyspace::kIntern, NoAsset};
constexpr Table<std::string> kCounters{Keyspace::kMeta, NoAsset};
// record.Once and behind it the revision, which the committer puts there.
constexpr Table<std::string> kOnce{Keyspace::kOnce, NoAsset};
constexpr Table<std::string> kPushed{Keyspace::kPush, NoAsset};

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

// A stream's own row tells what is durable; one of its ring also which event it stands for.
struct PushedRow {
  uint64_t durable = 0;
  std::optional<uint64_t> sequence;
};

StatusOr<PushedRow> DecodePushed(std::string_view bytes) {
  base::ByteReader reader(bytes);
  PushedRow row;
  ASSIGN_OR_RETURN(row.durable, reader.ReadU64());
  if (reader.empty()) return row;
  ASSIGN_OR_RETURN(row.sequence, reader.ReadU64());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return row;
}

std::string EncodePushed(const PushedRow& row) {
  std::string bytes;
  base::AppendU64(bytes, row.durable);
  if (row.sequence) base::AppendU64(bytes, *row.sequence);
  return bytes;
}

StatusOr<record::Once> DecodeOnce(std::string_view bytes) {
  constexpr size_t kStampBytes = 8;
  if (bytes.size() < kStampBytes) return base::DataLoss("a stored record does not parse");
  record::Once once;
  RETURN_IF_ERROR(DecodeRecord(bytes.substr(0, bytes.size() - kStampBytes), &once));
  ASSIGN_OR_RETURN(const uint64_t revision, DecodeNumber(bytes.substr(bytes.size() - kStampBytes)));
  once.set_revision(revision);
  return once;
}

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

bool WriteSession::MayPush(const AssetName& name) const {
  return PolicyEvaluator(published().labels, *registry_).AllowsPush(view_.rules(), name);
}

StatusOr<Permit<Privilege::kPush>> WriteSession::PermitPush(const AssetName& name) {
  RETURN_IF_ERROR(base::CheckAssetName(name));
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

bool WriteSession::MayLabel(AssetId asset) const {
  return May(Privilege::kEditTags, asset) || May(Privilege::kManageGrants, asset);
}

Status WriteSession::CheckEdit(Privilege privilege, const AssetName& name) {
  RETURN_IF_ERROR(base::CheckAssetName(name));
  ASSIGN_OR_RETURN(const AssetId id, view_.Resolve(name));
  return view_.Allows(privilege, id) ? absl::OkStatus() : Denied(privilege);
}

Status WriteSession::CheckEverywhere(Privilege privilege) {
  return view_.AllowsEverywhere(privilege)
             ? absl::OkStatus()
             : base::PermissionDenied("the privilege `", PrivilegeName(privilege), "` is needed on everything");
}

// --- Names ------------------------------------------------------------------

std::optional<AssetId> WriteSession::FindName(const AssetName& name) const {
  const auto own = names_.find(name);
  return own == names_.end() ? registry_->Find(name) : own->second;
}

std::optional<AssetName> WriteSession::NameOf(AssetId id) const {
  const auto own = made_.find(id);
  return own == made_.end() ? registry_->NameOf(id) : own->second;
}

StatusOr<AssetId> WriteSession::Intern(const AssetName& name) {
  if (const std::optional<AssetId> id = FindName(name)) return *id;
  RETURN_IF_ERROR(base::CheckAssetName(name));
  const std::string key = NameKey(name);
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::Name>> row, Find(kNames, key));
  // Committed since the registry was asked: the precondition would hold, the registry is behind by a moment.
  if (row) return AssetId(row->record.asset());
  const AssetId id = registry_->NextId();
  record::Name stands_for;
  stands_for.set_asset(id.value());
  Put(kNames, key, stands_for);
  record::AssetHeader header;
  header.set_kind(static_cast<uint32_t>(name.kind));
  header.set_namespace_(name.ns);
  header.set_name(name.name);
  header.set_created(now_.micros());
  Put(kHeaders, AssetKey(id), header);
  names_.emplace(name, id);
  made_.emplace(id, name);
  labels_.emplace(id, InternLabels(header, registry_->words()));
  record::AssetChange* change = Changed(id);
  change->set_existence(true);
  change->set_labels(true);
  change->set_text(true);
  return id;
}

Status WriteSession::Fold(const AssetName& spelling, AssetId parent) {
  if (FindName(spelling)) return absl::OkStatus();
  RETURN_IF_ERROR(base::CheckAssetName(spelling));
  const std::string key = NameKey(spelling);
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::Name>> row, Find(kNames, key));
  if (row) return absl::OkStatus();
  record::Name folded;
  folded.set_asset(parent.value());
  folded.set_folded(true);
  Put(kNames, key, folded);
  names_.emplace(spelling, parent);
  return absl::OkStatus();
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
  Put(kCounters, key, EncodeNumber(next));
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
  Put(kInterned, key, bytes);
  Put(kInterned, InternNumberKey(space, number), std::string(text));
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

Status WriteSession::SetHeader(AssetId id, record::AssetHeader header) {
  ASSIGN_OR_RETURN(const record::AssetHeader before, HeaderOf(id));
  header.set_kind(before.kind());
  header.set_namespace_(before.namespace_());
  header.set_name(before.name());
  header.set_created(before.created());
  const bool relabelled = EncodeRecord(before.labels()) != EncodeRecord(header.labels());
  const bool lifecycle = before.deleted() != header.deleted();
  if (!relabelled && !lifecycle) return absl::OkStatus();
  Put(kHeaders, AssetKey(id), header);
  labels_.insert_or_assign(id, InternLabels(header, registry_->words()));
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
// nothing beyond `durable` is ever forgotten.
StatusOr<uint64_t> WriteSession::PushedSequence(std::string_view stream_id) {
  if (!IsKeyText(stream_id, kStreamIdBytesMax)) return base::InvalidField("stream_id", "1 to 128 bytes without U+0000");
  uint64_t durable = 0;
  Status damaged;
  RETURN_IF_ERROR(Scan<std::string>(kPushed, PushKey(stream_id), [&](const RowOf<std::string>& row) {
    const StatusOr<PushedRow> pushed = DecodePushed(row.record);
    if (!pushed.ok()) damaged = pushed.status();
    if (pushed.ok()) durable = std::max(durable, pushed->durable);
    return pushed.ok();
  }));
  RETURN_IF_ERROR(damaged);
  return durable;
}

StatusOr<bool> WriteSession::NotePushed(std::string_view stream_id, uint64_t sequence, uint64_t durable) {
  if (!IsKeyText(stream_id, kStreamIdBytesMax)) return base::InvalidField("stream_id", "1 to 128 bytes without U+0000");
  std::string key = PushKey(stream_id);
  base::AppendU16(key, static_cast<uint16_t>(sequence % kPushSlots));
  // Under a precondition: of two that push the same event at once, one is run again and finds it here.
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kPushed, key));
  if (row) {
    ASSIGN_OR_RETURN(const PushedRow pushed, DecodePushed(row->record));
    if (pushed.sequence >= sequence) return false;
  }
  // Looked at after the slot: what has settled in between has left the one for the other.
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> own, Peek(kPushed, PushKey(stream_id)));
  if (own) {
    ASSIGN_OR_RETURN(const PushedRow settled, DecodePushed(own->record));
    if (settled.durable >= sequence) return false;
  }
  Put(kPushed, key, EncodePushed({durable, sequence}));
  return true;
}

Status WriteSession::SettlePushed(std::string_view stream_id, uint64_t durable) {
  if (!IsKeyText(stream_id, kStreamIdBytesMax)) return base::InvalidField("stream_id", "1 to 128 bytes without U+0000");
  const std::string own = PushKey(stream_id);
  std::vector<std::string> slots;
  RETURN_IF_ERROR(Scan<std::string>(kPushed, own, [&](const RowOf<std::string>& row) {
    if (row.key != own) slots.push_back(row.key);
    return true;
  }));
  for (const std::string& slot : slots) {
    ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kPushed, slot));
    if (!row) continue;
    ASSIGN_OR_RETURN(const PushedRow pushed, DecodePushed(row->record));
    if (pushed.sequence <= durable) Remove(kPushed, slot);
  }
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kPushed, own));
  if (row) {
    ASSIGN_OR_RETURN(const PushedRow pushed, DecodePushed(row->record));
    if (pushed.durable >= durable) return absl::OkStatus();
  }
  Put(kPushed, own, EncodePushed({durable, std::nullopt}));
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
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, Find(kOnce, key));
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

}  // namespace cadastre::authz
