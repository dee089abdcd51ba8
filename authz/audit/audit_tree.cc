#include "authz/audit/audit_tree.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "authz/audit/audit_tables.h"
#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

StatusOr<proof::Hash> HashOf(const std::string& bytes) {
  proof::Hash hash;
  if (bytes.size() != hash.size()) return base::DataLoss("a hash of the audit log has another length");
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

}  // namespace

std::string AuditLogKey(uint32_t log) {
  std::string key;
  base::AppendU32(key, log);
  return key;
}

std::string AuditLeafKey(uint32_t log, uint64_t index) {
  std::string key = AuditLogKey(log);
  base::AppendU64(key, index);
  return key;
}

std::string AuditNodeKey(uint32_t log, proof::NodeAt at) {
  std::string key = AuditLogKey(log);
  base::AppendU8(key, at.level);
  base::AppendU64(key, at.index);
  return key;
}

std::string HashBytes(const proof::Hash& hash) { return std::string(hash.begin(), hash.end()); }

StatusOr<std::optional<proof::Hash>> FindNode(const SystemView& view, uint32_t log, proof::NodeAt at) {
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, view.Find(kMerkleTable, AuditNodeKey(log, at)));
  if (!row) return std::optional<proof::Hash>();
  proof::Hash hash;
  if (row->record.size() != hash.size()) return base::DataLoss("a node of the audit tree is damaged");
  std::copy(row->record.begin(), row->record.end(), hash.begin());
  return std::optional<proof::Hash>(hash);
}

StatusOr<proof::Frontier> LoadFrontier(const SystemView& view, uint32_t log) {
  uint64_t size = 0;
  std::vector<proof::Hash> peaks;
  int level = 0;
  while (level < kLevelMax) {
    ASSIGN_OR_RETURN(const std::optional<proof::Hash> node, FindNode(view, log, {static_cast<uint8_t>(level), 0}));
    if (!node) break;
    ++level;
  }
  while (level-- > 0) {
    ASSIGN_OR_RETURN(const std::optional<proof::Hash> node,
                     FindNode(view, log, {static_cast<uint8_t>(level), size >> level}));
    if (!node) continue;
    peaks.push_back(*node);
    size += uint64_t{1} << level;
  }
  return proof::Frontier(size, std::move(peaks));
}

record::AuditHead StoredHead(const SignedHead& signed_head) {
  record::AuditHead stored;
  stored.set_tree_size(signed_head.head.tree_size);
  stored.set_root_hash(HashBytes(signed_head.head.root));
  stored.set_time(signed_head.head.time_micros);
  stored.set_signature(signed_head.signature);
  stored.set_key_version(signed_head.key_version);
  return stored;
}

StatusOr<std::optional<TrimmedPart>> FindTrimmed(const SystemView& view, uint32_t log) {
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::AuditTrim>> row, view.Find(kAuditTrimTable, AuditLogKey(log)));
  if (!row) return std::optional<TrimmedPart>();
  const record::AuditHead& head = row->record.head();
  TrimmedPart part;
  part.signed_head.head.tree_size = head.tree_size();
  ASSIGN_OR_RETURN(part.signed_head.head.root, HashOf(head.root_hash()));
  part.signed_head.head.time_micros = head.time();
  part.signed_head.signature = head.signature();
  part.signed_head.key_version = head.key_version();
  for (const std::string& peak : row->record.peaks()) {
    ASSIGN_OR_RETURN(part.peaks.emplace_back(), HashOf(peak));
  }
  if (proof::RootOfPeaks(part.peaks) != part.signed_head.head.root) {
    return base::DataLoss("what stands for the trimmed audit leaves does not fit its head");
  }
  return std::optional<TrimmedPart>(std::move(part));
}

}  // namespace cadastre::authz
