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

// The operation of a log's first leaf, where it follows another.
constexpr std::string_view kBegun = "system/restore";
constexpr int kLevelMax = 62;

std::string LogKey(uint32_t log) {
  std::string key;
  base::AppendU32(key, log);
  return key;
}

std::string KeyName(uint32_t log) { return log == 0 ? "audit-signing" : base::Cat("audit-signing-", log); }

// A log is named by the first key it was signed with.
StatusOr<std::string> LogIdOf(const KeyFolder& keys, uint32_t log) {
  ASSIGN_OR_RETURN(const std::string first, keys.Find(KeyName(log), 1, SigningKey::kSeedBytes));
  return proof::LogIdOf(SigningKey(1, first).public_key());
}

// Of the heads stored, since each log but the first begins with one.
StatusOr<uint32_t> NewestLog(const SystemView& view) {
  uint32_t newest = 0;
  RETURN_IF_ERROR(view.Scan<record::AuditHead>(kAuditHeadTable, "", "", [&](const RowOf<record::AuditHead>& row) {
    const StatusOr<uint32_t> number = base::ByteReader(row.key).ReadU32();
    if (number.ok()) newest = std::max(newest, *number);
    return true;
  }));
  return newest;
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

// The size is told by which perfect subtrees at its right edge exist.
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

// An erased personal part fits any leaf; one that is there must be the one the leaf binds.
Status CheckPersonal(const SystemView& view, uint32_t log, uint64_t index, const std::string& leaf_bytes) {
  record::AuditLeaf leaf;
  RETURN_IF_ERROR(DecodeRecord(leaf_bytes, &leaf));
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> stored,
                   view.Find(kPersonalBytesTable, AuditLeafKey(log, index)));
  if (!stored) return absl::OkStatus();
  record::AuditPersonal personal;
  RETURN_IF_ERROR(DecodeRecord(stored->record, &personal));
  if (PersonalHash(personal, stored->record) == leaf.personal_hash()) return absl::OkStatus();
  return base::DataLoss("the personal part of audit leaf ", index, " is not the one it was written with");
}

}  // namespace

std::string AuditLeafKey(uint32_t log, uint64_t index) {
  std::string key = LogKey(log);
  base::AppendU64(key, index);
  return key;
}

std::string AuditNodeKey(uint32_t log, proof::NodeAt at) {
  std::string key = LogKey(log);
  base::AppendU8(key, at.level);
  base::AppendU64(key, at.index);
  return key;
}

StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(const SystemView& view, const KeyFolder& keys) {
  ASSIGN_OR_RETURN(const uint32_t number, NewestLog(view));
  ASSIGN_OR_RETURN(proof::Frontier frontier, LoadFrontier(view, number));
  ASSIGN_OR_RETURN(const VersionedSecret newest, keys.Newest(KeyName(number), SigningKey::kSeedBytes));
  SigningKey key(newest.version, newest.secret);
  std::string log_id = proof::LogIdOf(key.public_key());
  if (newest.version != 1) {
    ASSIGN_OR_RETURN(log_id, LogIdOf(keys, number));
  }
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::AuditHead>> head, view.Find(kAuditHeadTable, LogKey(number)));
  if (head && head->record.tree_size() > frontier.size()) {
    return base::DataLoss("the audit log is shorter than its stored head says");
  }
  std::unique_ptr<AuditLog> log(new AuditLog(number, std::move(frontier), head ? head->record.tree_size() : 0,
                                             std::move(key), std::move(log_id)));
  for (uint32_t earlier = 0; earlier < number; ++earlier) {
    LogExtent& extent = log->previous_.emplace_back();
    extent.number = earlier;
    ASSIGN_OR_RETURN(extent.log_id, LogIdOf(keys, earlier));
    ASSIGN_OR_RETURN(const proof::Frontier whole, LoadFrontier(view, earlier));
    extent.size = whole.size();
  }
  return log;
}

AuditLog::AuditLog(uint32_t number, proof::Frontier frontier, uint64_t stored_head_size, SigningKey key,
                   std::string log_id)
    : number_(number),
      key_(std::move(key)),
      log_id_(std::move(log_id)),
      appended_(frontier),
      synced_(std::move(frontier)),
      stored_head_size_(stored_head_size) {}

StatusOr<storage::Batch> AuditLog::BeginNext(const KeyFolder& keys, Timestamp now) const {
  const SignedHead last = SignHead(now);
  record::AuditLeaf leaf;
  leaf.set_time(now.micros());
  leaf.set_operation(std::string(kBegun));
  record::PreviousLog& previous = *leaf.mutable_previous();
  previous.set_log_id(log_id_);
  *previous.mutable_head() = StoredHead(last);
  previous.set_public_key(last.public_key);

  ASSIGN_OR_RETURN(const VersionedSecret secret, keys.Newest(KeyName(number_ + 1), SigningKey::kSeedBytes));
  SigningKey key(secret.version, secret.secret);
  std::string log_id = proof::LogIdOf(key.public_key());
  AuditLog next(number_ + 1, proof::Frontier(), 0, std::move(key), std::move(log_id));
  storage::Batch batch;
  const storage::Work::Leaf first{EncodeRecord(leaf), ""};
  next.Append({&first}, &batch);
  next.Synced();
  batch.Put(StoredKey(Keyspace::kAuditHead, LogKey(next.number_)), EncodeRecord(StoredHead(next.SignHead(now))));
  return batch;
}

uint64_t AuditLog::Append(const std::vector<const storage::Work::Leaf*>& leaves, storage::Batch* batch) {
  const uint64_t first = appended_.size();
  for (const storage::Work::Leaf* leaf : leaves) {
    const std::string key = AuditLeafKey(number_, appended_.size());
    batch->Put(StoredKey(Keyspace::kAudit, key), leaf->leaf);
    if (!leaf->personal.empty()) batch->Put(StoredKey(Keyspace::kPersonal, key), leaf->personal);
    appended_.Append(proof::LeafHash(leaf->leaf), [&](const proof::Frontier::Node& node) {
      batch->Put(StoredKey(Keyspace::kMerkle, AuditNodeKey(number_, node.at)), HashBytes(node.hash));
    });
  }
  return first;
}

void AuditLog::Synced() {
  base::MutexLock lock(mutex_);
  if (synced_.size() != appended_.size()) synced_ = appended_;
}

std::optional<LogExtent> AuditLog::Find(std::string_view log_id) const {
  if (log_id.empty() || log_id == log_id_) return LogExtent{number_, log_id_, size()};
  for (const LogExtent& extent : previous_) {
    if (extent.log_id == log_id) return extent;
  }
  return std::nullopt;
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
  storage::Work work;
  work.Set(StoredKey(Keyspace::kAuditHead, LogKey(number_)), EncodeRecord(StoredHead(signed_head)));
  return work;
}

Status VerifyAuditLog(const SystemView& view, const AuditLog& log) {
  const uint32_t number = log.number();
  const std::string public_key = log.public_key();
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::AuditHead>> head, view.Find(kAuditHeadTable, LogKey(number)));
  // Before the leaves: a log in use grows meanwhile, and then holds at least these.
  ASSIGN_OR_RETURN(const proof::Frontier stored, LoadFrontier(view, number));
  proof::Frontier frontier;
  Status damage;
  const auto check_head = [&] {
    if (frontier.size() == stored.size() && frontier.root() != stored.root()) {
      damage.Update(base::DataLoss("the audit tree does not fit its leaves"));
    }
    if (!head || head->record.tree_size() != frontier.size()) return;
    const proof::Head stated{log.log_id(), frontier.size(), frontier.root(), head->record.time()};
    if (HashBytes(stated.root) != head->record.root_hash() ||
        !proof::VerifyHead(stated, head->record.signature(), public_key)) {
      damage.Update(base::DataLoss("the stored head of the audit log does not fit its leaves"));
    }
  };
  const auto check_node = [&](const proof::Frontier::Node& node) {
    const StatusOr<std::optional<proof::Hash>> stored = FindNode(view, number, node.at);
    damage.Update(stored.status());
    if (stored.ok() && (!stored->has_value() || **stored != node.hash)) {
      damage.Update(base::DataLoss("a node of the audit tree does not fit its leaves"));
    }
  };
  check_head();
  RETURN_IF_ERROR(view.Scan<std::string>(kAuditBytesTable, LogKey(number), {}, [&](const RowOf<std::string>& row) {
    if (row.key != AuditLeafKey(number, frontier.size())) {
      damage.Update(base::DataLoss("audit leaf ", frontier.size(), " is missing"));
      return false;
    }
    damage.Update(CheckPersonal(view, number, frontier.size(), row.record));
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
