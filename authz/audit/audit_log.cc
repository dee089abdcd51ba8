#include "authz/audit/audit_log.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "authz/audit/audit_leaf.h"
#include "authz/audit/audit_tables.h"
#include "authz/audit/audit_tree.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

// The operation of a log's first leaf, where it follows another.
constexpr std::string_view kBegun = "system/restore";
// That of the leaf that holds the head of what was trimmed.
constexpr std::string_view kTrimmed = "system/audit_trim";
// Trimmed at once, and the least that is kept.
constexpr uint64_t kTrimLeaves = 16'384;
constexpr uint64_t kRemovedAtATime = 4'096;
// Hashed again by each start.
constexpr uint64_t kLeavesAtStart = 1'000;

std::string KeyName(uint32_t log) { return log == 0 ? "audit-signing" : base::Cat("audit-signing-", log); }

Status KeyIsLost(uint32_t log) {
  return base::FailedPrecondition(
      "the audit log has records, but its signing key keys/", KeyName(log),
      ".<version> is gone: put the file back, or restore a backup; no other key can sign this log on");
}

StatusOr<SigningKey> FindKey(const KeyFolder& keys, uint32_t log, uint32_t version) {
  const StatusOr<std::string> seed = keys.Find(KeyName(log), version, SigningKey::kSeedBytes);
  if (absl::IsNotFound(seed.status())) return KeyIsLost(log);
  RETURN_IF_ERROR(seed.status());
  return SigningKey(version, *seed);
}

// A key is made for a log that has nothing yet; a log in use without its key would be signed on by a stranger's.
StatusOr<SigningKey> NewestKey(const KeyFolder& keys, uint32_t log, bool is_new) {
  const StatusOr<VersionedSecret> newest = is_new ? keys.Newest(KeyName(log), SigningKey::kSeedBytes)
                                                  : keys.FindNewest(KeyName(log), SigningKey::kSeedBytes);
  if (absl::IsNotFound(newest.status())) return KeyIsLost(log);
  RETURN_IF_ERROR(newest.status());
  return SigningKey(newest->version, newest->secret);
}

// A log is named by the first key it was signed with.
StatusOr<std::string> LogIdOf(const KeyFolder& keys, uint32_t log) {
  ASSIGN_OR_RETURN(const SigningKey first, FindKey(keys, log, 1));
  return proof::LogIdOf(first.public_key());
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

// That the tree on disk still is the one whose head was signed: a few nodes, the signature, and the newest leaves.
Status CheckTree(const SystemView& view, uint32_t log, uint64_t kept_from, uint64_t size,
                 const record::AuditHead* head) {
  const proof::NodeSource node = [&](proof::NodeAt at) -> StatusOr<proof::Hash> {
    ASSIGN_OR_RETURN(const std::optional<proof::Hash> found, FindNode(view, log, at));
    if (!found) return base::DataLoss("a node of the audit tree is missing");
    return *found;
  };
  if (head != nullptr) {
    if (head->tree_size() > size) return base::DataLoss("the audit log is shorter than its stored head says");
    ASSIGN_OR_RETURN(const proof::Hash root, proof::RootOf(head->tree_size(), node));
    if (HashBytes(root) != head->root_hash()) {
      return base::DataLoss("the audit tree is not the one its stored head was signed over");
    }
  }
  const uint64_t first = std::max(kept_from, size - std::min(size, kLeavesAtStart));
  for (uint64_t index = first; index <= size; ++index) {
    ASSIGN_OR_RETURN(const auto leaf, view.Find(kAuditBytesTable, AuditLeafKey(log, index)));
    if (index == size) {
      if (leaf) return base::DataLoss("audit leaf ", index, " stands outside its tree");
      break;
    }
    ASSIGN_OR_RETURN(const proof::Hash stored, node({0, index}));
    if (!leaf || proof::LeafHash(leaf->record) != stored) {
      return base::DataLoss("audit leaf ", index, " is not the one it was hashed as");
    }
  }
  return absl::OkStatus();
}

Status CheckSignature(const KeyFolder& keys, uint32_t log, const std::string& log_id, const record::AuditHead& head) {
  if (!keys.keeps()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const SigningKey key, FindKey(keys, log, head.key_version()));
  proof::Head stated{log_id, head.tree_size(), {}, head.time()};
  if (head.root_hash().size() == stated.root.size()) {
    std::copy(head.root_hash().begin(), head.root_hash().end(), stated.root.begin());
  }
  if (proof::VerifyHead(stated, head.signature(), key.public_key())) return absl::OkStatus();
  return base::DataLoss("the stored head of the audit log was not signed by the key in keys/", KeyName(log));
}

}  // namespace

StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(const SystemView& view, const KeyFolder& keys) {
  ASSIGN_OR_RETURN(const uint32_t number, NewestLog(view));
  ASSIGN_OR_RETURN(proof::Frontier frontier, LoadFrontier(view, number));
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::AuditHead>> head, view.Find(kAuditHeadTable, AuditLogKey(number)));
  ASSIGN_OR_RETURN(std::optional<TrimmedPart> trimmed, FindTrimmed(view, number));
  const uint64_t kept_from = trimmed ? trimmed->signed_head.head.tree_size : 0;
  RETURN_IF_ERROR(CheckTree(view, number, kept_from, frontier.size(), head ? &head->record : nullptr));
  ASSIGN_OR_RETURN(SigningKey key, NewestKey(keys, number, frontier.size() == 0));
  std::string log_id = proof::LogIdOf(key.public_key());
  if (key.version() != 1) {
    ASSIGN_OR_RETURN(log_id, LogIdOf(keys, number));
  }
  if (head) RETURN_IF_ERROR(CheckSignature(keys, number, log_id, head->record));
  std::unique_ptr<AuditLog> log(new AuditLog(number, std::move(frontier), head ? head->record.tree_size() : 0,
                                             std::move(key), std::move(log_id)));
  log->SetTrimmed(std::move(trimmed));
  for (uint32_t earlier = 0; earlier < number; ++earlier) {
    LogExtent& extent = log->previous_.emplace_back();
    extent.number = earlier;
    ASSIGN_OR_RETURN(const std::optional<TrimmedPart> before, FindTrimmed(view, earlier));
    if (before) extent.first = before->signed_head.head.tree_size;
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

StatusOr<storage::Batch> AuditLog::BeginNext(const KeyFolder& keys, Timestamp now, Revision revision) const {
  const SignedHead last = SignHead(now);
  record::AuditLeaf leaf;
  leaf.set_time(now.micros());
  leaf.set_operation(std::string(kBegun));
  leaf.set_revision(revision.value());
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
  next.Append({{&first, Revision()}}, &batch);
  next.Synced();
  batch.Put(StoredKey(Keyspace::kAuditHead, AuditLogKey(next.number_)), EncodeRecord(StoredHead(next.SignHead(now))));
  return batch;
}

uint64_t AuditLog::Append(const std::vector<storage::CommittedLeaf>& leaves, storage::Batch* batch) {
  const uint64_t first = appended_.size();
  for (const auto& [leaf, change] : leaves) {
    const std::string key = AuditLeafKey(number_, appended_.size());
    std::string bytes = change.valid() ? StampChange(leaf->leaf, change) : leaf->leaf;
    if (!leaf->personal.empty()) batch->Put(StoredKey(Keyspace::kPersonal, key), leaf->personal);
    appended_.Append(proof::LeafHash(bytes), [&](const proof::Frontier::Node& node) {
      batch->Put(StoredKey(Keyspace::kMerkle, AuditNodeKey(number_, node.at)), HashBytes(node.hash));
    });
    batch->Put(StoredKey(Keyspace::kAudit, key), std::move(bytes));
  }
  return first;
}

void AuditLog::Synced() {
  base::MutexLock lock(mutex_);
  if (synced_.size() != appended_.size()) synced_ = appended_;
}

void AuditLog::Discard() {
  base::MutexLock lock(mutex_);
  if (synced_.size() != appended_.size()) appended_ = synced_;
}

std::optional<LogExtent> AuditLog::Find(std::string_view log_id) const {
  if (log_id.empty() || log_id == log_id_) return LogExtent{number_, log_id_, size(), first()};
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
  work.set_essential();
  work.Set(StoredKey(Keyspace::kAuditHead, AuditLogKey(number_)), EncodeRecord(StoredHead(signed_head)));
  return work;
}

void AuditLog::SetTrimmed(std::optional<TrimmedPart> trimmed) {
  base::MutexLock lock(mutex_);
  trimmed_ = std::move(trimmed);
  if (!trimmed_) return;
  trimmed_->signed_head.head.log_id = log_id_;
  trimmed_->signed_head.public_key = key_.public_key();
}

std::optional<TrimmedPart> AuditLog::trimmed() const {
  base::MutexLock lock(mutex_);
  return trimmed_;
}

uint64_t AuditLog::first() const {
  base::MutexLock lock(mutex_);
  return trimmed_ ? trimmed_->signed_head.head.tree_size : 0;
}

StatusOr<bool> AuditLog::Trim(const SystemView& view, Timestamp before, Timestamp now, const Commit& commit,
                              const Write& write) {
  const uint64_t first_kept = first();
  if (removed_ < first_kept) {
    RETURN_IF_ERROR(RemoveTrimmed(view, first_kept, write));
    return false;
  }
  const uint64_t next = first_kept + kTrimLeaves;
  {
    base::MutexLock lock(mutex_);
    if (next > stored_head_size_ || next + kTrimLeaves > synced_.size()) return true;
  }
  // Leaves stand in the order of their times, but for minutes.
  ASSIGN_OR_RETURN(const auto newest, view.Find(kAuditBytesTable, AuditLeafKey(number_, next - 1)));
  record::AuditLeaf leaf;
  if (!newest) return base::DataLoss("audit leaf ", next - 1, " is missing");
  RETURN_IF_ERROR(DecodeRecord(newest->record, &leaf));
  if (Timestamp(leaf.time()) >= before) return true;
  RETURN_IF_ERROR(CutAt(view, next, now, commit, write));
  return false;
}

Status AuditLog::CutAt(const SystemView& view, uint64_t size, Timestamp now, const Commit& commit, const Write& write) {
  TrimmedPart part;
  for (const proof::NodeAt at : proof::Peaks(size)) {
    ASSIGN_OR_RETURN(const std::optional<proof::Hash> hash, FindNode(view, number_, at));
    if (!hash) return base::DataLoss("a node of the audit tree is missing");
    part.peaks.push_back(*hash);
  }
  SignedHead& head = part.signed_head;
  head.head = {log_id_, size, proof::RootOfPeaks(part.peaks), now.micros()};
  head.signature = key_.Sign(proof::CanonicalForm(head.head));
  head.public_key = key_.public_key();
  head.key_version = key_.version();

  record::AuditLeaf leaf;
  leaf.set_time(now.micros());
  leaf.set_operation(std::string(kTrimmed));
  *leaf.mutable_trimmed() = StoredHead(head);
  storage::Work work;
  work.AddLeaf(EncodeRecord(leaf), "");
  RETURN_IF_ERROR(commit(std::move(work)));

  record::AuditTrim stored;
  *stored.mutable_head() = StoredHead(head);
  for (const proof::Hash& peak : part.peaks) stored.add_peaks(HashBytes(peak));
  storage::Batch batch;
  batch.Put(StoredKey(Keyspace::kAuditTrim, AuditLogKey(number_)), EncodeRecord(stored));
  // A start holds the stored head against the tree, so it may never lie among what was trimmed.
  batch.Put(StoredKey(Keyspace::kAuditHead, AuditLogKey(number_)), EncodeRecord(StoredHead(SignHead(now))));
  // On the device before the first leaf goes.
  RETURN_IF_ERROR(write(batch, /*sync=*/true));
  SetTrimmed(std::move(part));
  return absl::OkStatus();
}

// Of the nodes over them stay the peaks, from which the tree goes on, and the leftmost of each level, by which a start
// finds how large the tree is.
Status AuditLog::RemoveTrimmed(const SystemView& view, uint64_t end, const Write& write) {
  const std::vector<proof::NodeAt> peaks = proof::Peaks(end);
  const auto stays = [&](proof::NodeAt at) {
    return at.index == 0 || std::find(peaks.begin(), peaks.end(), at) != peaks.end();
  };
  if (removed_ == 0) {
    // After a start: the first that is still there.
    RETURN_IF_ERROR(
        view.Scan<std::string>(kAuditBytesTable, AuditLogKey(number_), {}, [&](const RowOf<std::string>& row) {
          base::ByteReader key(row.key);
          if (key.ReadU32().ok()) removed_ = std::min(end, key.ReadU64().value_or(end));
          return false;
        }));
  }
  const uint64_t until = std::min(end, removed_ + kRemovedAtATime);
  storage::Batch batch;
  const auto remove = [&](proof::NodeAt at) {
    if (!stays(at)) batch.Delete(StoredKey(Keyspace::kMerkle, AuditNodeKey(number_, at)));
  };
  for (uint64_t index = removed_; index < until; ++index) {
    const std::string key = AuditLeafKey(number_, index);
    batch.Delete(StoredKey(Keyspace::kAudit, key));
    batch.Delete(StoredKey(Keyspace::kPersonal, key));
    // The leaf's own node and each it completes; peaks of an earlier cut that are none any more lie among them.
    remove({0, index});
    for (uint8_t level = 1; level < kLevelMax && (index + 1) % (uint64_t{1} << level) == 0; ++level) {
      remove({level, ((index + 1) >> level) - 1});
    }
  }
  for (const proof::NodeAt at : proof::Peaks(end - std::min(end, kTrimLeaves))) remove(at);
  RETURN_IF_ERROR(write(batch, /*sync=*/false));
  removed_ = until;
  return absl::OkStatus();
}

}  // namespace cadastre::authz
