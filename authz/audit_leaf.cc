#include "authz/audit_leaf.h"

#include <utility>

#include "authz/key_folder.h"
#include "authz/proof/merkle.h"
#include "authz/row_codec.h"
#include "base/utf8.h"

namespace cadastre::authz {
namespace {

constexpr size_t kSaltBytes = 16;
constexpr size_t kTextBytesMax = 256;

// Records are UTF-8; what is not would make the leaf unreadable.
std::string Text(const std::string& text, size_t bytes_max = kTextBytesMax) {
  if (!base::IsValidUtf8(text)) return "(not UTF-8)";
  return std::string(base::Utf8Prefix(text, bytes_max));
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

std::vector<storage::Work::Leaf> MakeLeaves(const AuditedCall& call, const ShownAssets& shown) {
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
  std::string personal = MakePersonal(call, &leaf);
  size_t named = 0;
  const auto flush = [&] {
    leaves.push_back({EncodeRecord(leaf), std::exchange(personal, {})});
    leaf = empty;
    named = 0;
  };
  for (const auto& [asset, columns] : shown.assets()) {
    if (named >= kShownPerLeafMax) flush();
    record::Shown* entry = leaf.add_shown();
    entry->set_asset(asset.value());
    ++named;
    for (const std::string& column : columns) {
      if (named >= kShownPerLeafMax) {
        flush();
        entry = leaf.add_shown();
        entry->set_asset(asset.value());
      }
      entry->add_columns(column);
      ++named;
    }
  }
  flush();
  return leaves;
}

}  // namespace cadastre::authz
