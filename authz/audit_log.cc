#include "authz/audit_log.h"

#include <optional>
#include <utility>

#include "authz/audit_leaf.h"
#include "authz/audit_tables.h"
#include "authz/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr std::string_view kKeyName = "audit-signing";
constexpr int kLevelMax = 62;

std::string LogKey() {
  std::string key;
  base::AppendU32(key, AuditLog::kLog);
  return key;
}

std::string HashBytes(const proof::Hash& hash) { return std::string(hash.begin(), hash.end()); }

StatusOr<std::optional<proof::Hash>> FindNode(const SystemView& view, proof::NodeAt at) {
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> row, view.Find(kMerkleTable, AuditNodeKey(at)));
  if (!row) return std::optional<proof::Hash>();
  proof::Hash hash;
  if (row->record.size() != hash.size()) return base::DataLoss("a node of the audit tree is damaged");
  std::copy(row->record.begin(), row->record.end(), hash.begin());
  return std::optional<proof::Hash>(hash);
}

// The size is told by which perfect subtrees at its right edge exist.
StatusOr<proof::Frontier> LoadFrontier(const SystemView& view) {
  uint64_t size = 0;
  std::vector<proof::Hash> peaks;
  int level = 0;
  while (level < kLevelMax) {
    ASSIGN_OR_RETURN(const std::optional<proof::Hash> node, FindNode(view, {static_cast<uint8_t>(level), 0}));
    if (!node) break;
    ++level;
  }
  while (level-- > 0) {
    ASSIGN_OR_RETURN(const std::optional<proof::Hash> node,
                     FindNode(view, {static_cast<uint8_t>(level), size >> level}));
    if (!node) continue;
    peaks.push_back(*node);
    size += uint64_t{1} << level;
  }
  return proof::Frontier(size, std::move(peaks));
}

// An erased personal part fits any leaf; one that is there must be the one the leaf binds.
Status CheckPersonal(const SystemView& view, uint64_t index, const std::string& leaf_bytes) {
  record::AuditLeaf leaf;
  RETURN_IF_ERROR(DecodeRecord(leaf_bytes, &leaf));
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> stored, view.Find(kPersonalBytesTable, AuditLeafKey(index)));
  if (!stored) return absl::OkStatus();
  record::AuditPersonal personal;
  RETURN_IF_ERROR(DecodeRecord(stored->record, &personal));
  if (PersonalHash(personal, stored->record) == leaf.personal_hash()) return absl::OkStatus();
  return base::DataLoss("the personal part of audit leaf ", index, " is not the one it was written with");
}

}  // namespace

std::string AuditLeafKey(uint64_t index) {
  std::string key = LogKey();
  base::AppendU64(key, index);
  return key;
}

std::string AuditNodeKey(proof::NodeAt at) {
  std::string key = LogKey();
  base::AppendU8(key, at.level);
  base::AppendU64(key, at.index);
  return key;
}

StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(const SystemView& view, const KeyFolder& keys) {
  ASSIGN_OR_RETURN(proof::Frontier frontier, LoadFrontier(view));
  ASSIGN_OR_RETURN(const VersionedSecret newest, keys.Newest(kKeyName, SigningKey::kSeedBytes));
  SigningKey key(newest.version, newest.secret);
  std::string first_public_key = key.public_key();
  if (newest.version != 1) {
    ASSIGN_OR_RETURN(const std::string first, keys.Find(kKeyName, 1, SigningKey::kSeedBytes));
    first_public_key = SigningKey(1, first).public_key();
  }
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::AuditHead>> head, view.Find(kAuditHeadTable, LogKey()));
  if (head && head->record.tree_size() > frontier.size()) {
    return base::DataLoss("the audit log is shorter than its stored head says");
  }
  return std::unique_ptr<AuditLog>(new AuditLog(std::move(frontier), head ? head->record.tree_size() : 0,
                                                std::move(key), proof::LogIdOf(first_public_key)));
}

AuditLog::AuditLog(proof::Frontier frontier, uint64_t stored_head_size, SigningKey key, std::string log_id)
    : key_(std::move(key)),
      log_id_(std::move(log_id)),
      appended_(frontier),
      synced_(std::move(frontier)),
      stored_head_size_(stored_head_size) {}

uint64_t AuditLog::Append(const std::vector<const storage::Work::Leaf*>& leaves, storage::Batch* batch) {
  const uint64_t first = appended_.size();
  for (const storage::Work::Leaf* leaf : leaves) {
    const std::string key = AuditLeafKey(appended_.size());
    batch->Put(StoredKey(Keyspace::kAudit, key), leaf->leaf);
    if (!leaf->personal.empty()) batch->Put(StoredKey(Keyspace::kPersonal, key), leaf->personal);
    appended_.Append(proof::LeafHash(leaf->leaf), [&](const proof::Frontier::Node& node) {
      batch->Put(StoredKey(Keyspace::kMerkle, AuditNodeKey(node.at)), HashBytes(node.hash));
    });
  }
  return first;
}

void AuditLog::Synced() {
  base::MutexLock lock(mutex_);
  if (synced_.size() != appended_.size()) synced_ = appended_;
}

uint64_t AuditLog::size() const {
  base::MutexLock lock(mutex_);
  return synced_.size();
}

SignedHead AuditLog::SignHead(Timestamp now) const {
  SignedHead signed_head;
  {
    base::MutexLock lock(mutex_);
    signed_head.head = {log_id_, synced_.size(), synced_.root(), now.micros()};
  }
  signed_head.signature = key_.Sign(proof::CanonicalForm(signed_head.head));
  signed_head.public_key = key_.public_key();
  signed_head.key_version = key_.version();
  return signed_head;
}

std::optional<storage::Work> AuditLog::TakeHeadWork(Timestamp now) {
  const SignedHead signed_head = SignHead(now);
  {
    base::MutexLock lock(mutex_);
    if (signed_head.head.tree_size <= stored_head_size_) return std::nullopt;
    stored_head_size_ = signed_head.head.tree_size;
  }
  record::AuditHead stored;
  stored.set_tree_size(signed_head.head.tree_size);
  stored.set_root_hash(HashBytes(signed_head.head.root));
  stored.set_time(signed_head.head.time_micros);
  stored.set_signature(signed_head.signature);
  stored.set_key_version(signed_head.key_version);
  storage::Work work;
  work.Set(StoredKey(Keyspace::kAuditHead, LogKey()), EncodeRecord(stored));
  return work;
}

Status VerifyAuditLog(const SystemView& view, const std::string& public_key, const std::string& log_id) {
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::AuditHead>> head, view.Find(kAuditHeadTable, LogKey()));
  // Before the leaves: a log in use grows meanwhile, and then holds at least these.
  ASSIGN_OR_RETURN(const proof::Frontier stored, LoadFrontier(view));
  proof::Frontier frontier;
  Status damage;
  const auto check_head = [&] {
    if (frontier.size() == stored.size() && frontier.root() != stored.root()) {
      damage.Update(base::DataLoss("the audit tree does not fit its leaves"));
    }
    if (!head || head->record.tree_size() != frontier.size()) return;
    const proof::Head stated{log_id, frontier.size(), frontier.root(), head->record.time()};
    if (HashBytes(stated.root) != head->record.root_hash() ||
        !proof::VerifyHead(stated, head->record.signature(), public_key)) {
      damage.Update(base::DataLoss("the stored head of the audit log does not fit its leaves"));
    }
  };
  const auto check_node = [&](const proof::Frontier::Node& node) {
    const StatusOr<std::optional<proof::Hash>> stored = FindNode(view, node.at);
    damage.Update(stored.status());
    if (stored.ok() && (!stored->has_value() || **stored != node.hash)) {
      damage.Update(base::DataLoss("a node of the audit tree does not fit its leaves"));
    }
  };
  check_head();
  RETURN_IF_ERROR(view.Scan<std::string>(kAuditBytesTable, LogKey(), {}, [&](const RowOf<std::string>& row) {
    if (row.key != AuditLeafKey(frontier.size())) {
      damage.Update(base::DataLoss("audit leaf ", frontier.size(), " is missing"));
      return false;
    }
    damage.Update(CheckPersonal(view, frontier.size(), row.record));
    frontier.Append(proof::LeafHash(row.record), check_node);
    check_head();
    return damage.ok();
  }));
  RETURN_IF_ERROR(damage);
  if (head && head->record.tree_size() > frontier.size()) {
    return base::DataLoss("the audit log is shorter than its stored head says");
  }
  if (stored.size() > frontier.size()) return base::DataLoss("the audit log is shorter than its tree");
  return absl::OkStatus();
}

}  // namespace cadastre::authz
