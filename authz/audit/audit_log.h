// AuditLog: the append-only Merkle log of who did and saw what, in kAudit, kMerkle and kPersonal.
//
// Owned by the House. Append, Synced and Discard are the committer's, in commit order; everything else is safe from any
// thread. A leaf is hashed as stored (RFC 9162); each node of a perfect subtree is written with the leaf that completes
// it, so opening takes a look-up per level and a proof a few. Heads are signed over what is on the device alone. A
// store has one log after another: a restored backup lacks what its source logged since, so going on with the same log
// would sign two truths about it. It begins the next one instead, with an id and keys of its own, whose first leaf
// holds the head of the log before; the newest is the one written to. Opening holds the stored head against the tree
// and the key, and the newest 1,000 leaves against their hashes. Errors of Open: those of storage::Reader and
// KeyFolder; DATA_LOSS where the tree on disk has a hole or is not the one that was signed; FAILED_PRECONDITION where
// the signing key of a log in use is gone. Deliberately does not: decide who reads it (audit_records.h does, through a
// GovernedView), or run a thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/identity/key_folder.h"
#include "authz/identity/signing_key.h"
#include "authz/proof/head.h"
#include "authz/proof/merkle.h"
#include "authz/view/view.h"
#include "base/mutex.h"
#include "base/words.h"
#include "cadastre/record/audit.pb.h"
#include "storage/committer.h"
#include "storage/engine.h"
#include "storage/work.h"

namespace cadastre::authz {

struct SignedHead {
  proof::Head head;
  std::string signature;
  std::string public_key;
  uint32_t key_version = 0;
};

// One of the logs of a store.
struct LogExtent {
  uint32_t number = 0;
  std::string log_id;
  // Leaves.
  uint64_t size = 0;
  // Those before this one were trimmed.
  uint64_t first = 0;
};

// What stands for the leaves that were trimmed: the head over them, signed when they went, and the peaks from which the
// leaves kept go on (proof::Frontier).
struct TrimmedPart {
  SignedHead signed_head;
  std::vector<proof::Hash> peaks;
};

class AuditLog {
 public:
  // The newest log.
  static StatusOr<std::unique_ptr<AuditLog>> Open(const SystemView& view, const KeyFolder& keys);

  // The rows that begin the next log, to be written and synced before it is opened. Nothing may be appended here after.
  // `revision`: of the store, so that the changes told of in the log before are not looked for in the next.
  StatusOr<storage::Batch> BeginNext(const KeyFolder& keys, Timestamp now, Revision revision) const;

  // Adds the rows of these leaves to the group's batch; returns the index of the first.
  uint64_t Append(const std::vector<storage::CommittedLeaf>& leaves, storage::Batch* batch);
  // What Append added last is on the device.
  void Synced();
  // What Append added since was not written.
  void Discard();

  // Leaves on the device.
  uint64_t size() const;
  // Of what is on the device now.
  SignedHead SignHead(Timestamp now) const;
  // A work that stores a fresh head, or nothing where the stored one tells the same size.
  std::optional<storage::Work> TakeHeadWork(Timestamp now);
  // Forgets leaves whose time is before `before`, a bounded step at a time, but for those after the stored head and the
  // newest 16,384: first the head they leave behind, with a leaf that holds it (`commit`), then the leaves with their
  // personal parts and nodes (`write`, synced or not). True when none is left that could go. One thread at a time.
  using Commit = std::function<Status(storage::Work)>;
  using Write = std::function<Status(const storage::Batch&, bool sync)>;
  StatusOr<bool> Trim(const SystemView& view, Timestamp before, Timestamp now, const Commit& commit,
                      const Write& write);
  // nullopt while none was trimmed.
  std::optional<TrimmedPart> trimmed() const;
  const std::string& log_id() const { return log_id_; }
  std::string public_key() const { return key_.public_key(); }
  uint32_t number() const { return number_; }
  // The logs before this one, oldest first.
  const std::vector<LogExtent>& previous() const { return previous_; }
  // This one, where `log_id` is empty, or any by its id; nullopt where there is none.
  std::optional<LogExtent> Find(std::string_view log_id) const;

 private:
  AuditLog(uint32_t number, proof::Frontier frontier, uint64_t stored_head_size, SigningKey key, std::string log_id);

  uint64_t first() const;
  void SetTrimmed(std::optional<TrimmedPart> trimmed);
  // Moves to `size` where the kept leaves begin.
  Status CutAt(const SystemView& view, uint64_t size, Timestamp now, const Commit& commit, const Write& write);
  // Takes some of the leaves before `end` off the disk.
  Status RemoveTrimmed(const SystemView& view, uint64_t end, const Write& write);

  const uint32_t number_;
  const SigningKey key_;
  const std::string log_id_;
  std::vector<LogExtent> previous_;
  // The committer's own: what was appended, synced or not.
  proof::Frontier appended_;
  mutable base::Mutex mutex_;
  proof::Frontier synced_ GUARDED_BY(mutex_);
  uint64_t stored_head_size_ GUARDED_BY(mutex_);
  std::optional<TrimmedPart> trimmed_ GUARDED_BY(mutex_);
  // Of the leaves trimmed, those before this one are off the disk. Trim's own.
  uint64_t removed_ = 0;
};

// Recomputes every hash of `log` from its leaves and checks against them: nodes, personal parts, the stored head's
// signature, the names the store gives the assets shown today, and that each change of the store has its leaf and each
// leaf of a write its change. DATA_LOSS that says what does not fit. Reads the whole log.
Status VerifyAuditLog(const SystemView& view, const AuditLog& log);

// Keys of a log's rows, without the keyspace byte.
std::string AuditLeafKey(uint32_t log, uint64_t index);
std::string AuditNodeKey(uint32_t log, proof::NodeAt at);

}  // namespace cadastre::authz
