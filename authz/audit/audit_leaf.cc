#include "authz/audit/audit_leaf.h"

#include <utility>

#include "authz/identity/key_folder.h"
#include "authz/proof/leaf_names.h"
#include "authz/proof/merkle.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"
#include "base/utf8.h"
#include "storage/keyspaces.h"

namespace cadastre::authz {
namespace {

constexpr size_t kSaltBytes = 16;
constexpr size_t kTextBytesMax = 256;

// Records are UTF-8; what is not would make the leaf unreadable.
std::string Text(const std::string& text, size_t bytes_max = kTextBytesMax) {
  if (!base::IsValidUtf8(text)) return "(not UTF-8)";
  return std::string(base::Utf8Prefix(text, bytes_max));
}

// A token stands by the row that lists it with its principal; the one by its digest names nobody.
const char* TargetKind(storage::Keyspace keyspace) {
  switch (keyspace) {
    case storage::Keyspace::kPrincipal:
    case storage::Keyspace::kPerson: return "principal";
    case storage::Keyspace::kRole: return "role";
    case storage::Keyspace::kGrant: return "grant";
    case storage::Keyspace::kTokenOf: return "token";
    case storage::Keyspace::kEnvironment: return "environment";
    default: return nullptr;
  }
}

std::string MakePersonal(const AuditedCall& call, record::AuditLeaf* leaf) {
  if (call.detail.empty() && call.peer.empty()) return {};
  record::AuditPersonal personal;
  personal.set_salt(RandomBytes(kSaltBytes));
  personal.set_detail(Text(call.detail, kDetailBytesMax));
  personal.set_peer(Text(call.peer));
  std::string stored = EncodeRecord(personal);
  leaf->set_personal_hash(PersonalHash(personal, stored));
  return stored;
}

}  // namespace

std::string PersonalHash(const record::AuditPersonal& personal, std::string_view stored) {
  std::string salted = personal.salt();
  salted.append(stored);
  const proof::Hash hash = proof::Sha256(salted);
  return std::string(hash.begin(), hash.end());
}

std::vector<storage::Work::Leaf> MakeLeaves(const AuditedCall& call) {
  return MakeLeaves(call, {}, [](AssetId) { return std::optional<AssetName>(); });
}

std::vector<storage::Work::Leaf> MakeLeaves(const AuditedCall& call, const ShownAssets& shown,
                                            const NameSource& name_of) {
  record::AuditLeaf empty;
  empty.set_time(call.time.micros());
  empty.set_principal(Text(call.principal));
  empty.set_operation(Text(call.operation));
  empty.set_outcome(static_cast<uint32_t>(call.outcome));
  empty.set_request_id(Text(call.request_id));
  empty.set_write(call.write);
  empty.set_revision(call.revision.value());
  empty.set_count(call.count);

  std::vector<storage::Work::Leaf> leaves;
  record::AuditLeaf leaf = empty;
  for (const auto& [kind, id] : shown.targets()) {
    record::Target* target = leaf.add_targets();
    target->set_kind(kind);
    target->set_id(Text(id));
  }
  std::string personal = MakePersonal(call, &leaf);
  std::vector<std::optional<AssetName>> names;
  size_t named = 0;
  size_t bytes = 0;
  const auto full = [&] { return named >= kShownPerLeafMax || bytes >= kShownBytesPerLeafMax; };
  const auto add = [&](AssetId asset) {
    record::Shown* entry = leaf.add_shown();
    entry->set_asset(asset.value());
    names.push_back(name_of(asset));
    constexpr size_t kEntryBytes = 32;
    bytes += kEntryBytes + (names.back() ? names.back()->ns.size() + names.back()->name.size() : 0);
    return entry;
  };
  const auto flush = [&] {
    leaf.set_names_hash(proof::NamesHash(names));
    leaves.push_back({EncodeRecord(leaf), std::exchange(personal, {})});
    leaf = empty;
    names.clear();
    named = 0;
    bytes = 0;
  };
  for (const auto& [asset, columns] : shown.assets()) {
    if (full()) flush();
    record::Shown* entry = add(asset);
    ++named;
    for (const std::vector<std::string>& column : columns) {
      if (full()) {
        flush();
        entry = add(asset);
      }
      entry->add_paths()->mutable_path()->Assign(column.begin(), column.end());
      constexpr size_t kSegmentBytes = 3;
      for (const std::string& segment : column) bytes += kSegmentBytes + segment.size();
      ++named;
    }
  }
  flush();
  return leaves;
}

google::protobuf::RepeatedPtrField<catalog::v1::ColumnRef> ColumnsOf(const record::Shown& shown) {
  google::protobuf::RepeatedPtrField<catalog::v1::ColumnRef> columns;
  for (const std::string& joined : shown.columns()) columns.Add()->add_path(joined);
  columns.MergeFrom(shown.paths());
  return columns;
}

void NoteTarget(std::string_view stored_key, ShownAssets* shown) {
  const char* const kind = TargetKind(static_cast<storage::Keyspace>(static_cast<uint8_t>(stored_key.front())));
  if (kind == nullptr) return;
  base::ByteReader key(stored_key.substr(1));
  std::string id;
  while (!key.empty()) {
    const absl::StatusOr<std::string_view> part = key.ReadString();
    if (!part.ok()) break;
    id += base::Cat(id.empty() ? "" : "/", *part);
  }
  shown->NoteTarget(kind, std::move(id));
}

void NoteTargets(const storage::Work& work, ShownAssets* shown) {
  for (const storage::Work::Put& put : work.puts()) NoteTarget(put.key, shown);
}

std::string StampChange(std::string leaf, Revision change) {
  // Fields of one message may follow each other in parts.
  record::AuditLeaf stamp;
  stamp.set_change(change.value());
  return std::move(leaf) + EncodeRecord(stamp);
}

}  // namespace cadastre::authz
