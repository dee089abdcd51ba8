// AuditLog: the append-only Merkle log of who did and saw what, in kAudit, kMerkle and kPersonal.
//
// Owned by the House. Append and Synced are the committer's, in commit order; everything else is safe from any thread.
// A leaf is hashed as stored (RFC 9162); each node of a perfect subtree is written with the leaf that completes it, so
// opening takes a look-up per level and a proof a few. Heads are signed over what is on the device alone.
// A store has one log after another: a restored backup lacks what its source logged since, so going on with the same
// log would sign two truths about it. It begins the next one instead, with an id and keys of its own, whose first leaf
// holds the head of the log before; the newest is the one written to. Errors of Open: those of storage::Reader and
// KeyFolder; DATA_LOSS where the tree on disk has a hole. Deliberately does not: decide who reads it (audit_records.h
// does, through a GovernedView), or run a thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/key_folder.h"
#include "authz/proof/head.h"
#include "authz/proof/merkle.h"
#include "authz/signing_key.h"
#include "authz/view.h"
#include "base/mutex.h"
#include "base/words.h"
#include "cadastre/record/audit.pb.h"
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
};

class AuditLog {
 public:
  // The newest log.
  static StatusOr<std::unique_ptr<AuditLog>> Open(const SystemView& view, const KeyFolder& keys);

  // The rows that begin the next log, to be written and synced before it is opened. Nothing may be appended here after.
  StatusOr<storage::Batch> BeginNext(const KeyFolder& keys, Timestamp now) const;

  // Adds the rows of these leaves to the group's batch; returns the index of the first.
  uint64_t Append(const std::vector<const storage::Work::Leaf*>& leaves, storage::Batch* batch);
  // What Append added last is on the device.
  void Synced();

  // Leaves on the device.
  uint64_t size() const;
  // Of what is on the device now.
  SignedHead SignHead(Timestamp now) const;
  // A work that stores a fresh head, or nothing where the stored one tells the same size.
  std::optional<storage::Work> TakeHeadWork(Timestamp now);
  const std::string& log_id() const { return log_id_; }
  std::string public_key() const { return key_.public_key(); }
  uint32_t number() const { return number_; }
  // The logs before this one, oldest first.
  const std::vector<LogExtent>& previous() const { return previous_; }
  // This one, where `log_id` is empty, or any by its id; nullopt where there is none.
  std::optional<LogExtent> Find(std::string_view log_id) const;

 private:
  AuditLog(uint32_t number, proof::Frontier frontier, uint64_t stored_head_size, SigningKey key, std::string log_id);

  const uint32_t number_;
  const SigningKey key_;
  const std::string log_id_;
  std::vector<LogExtent> previous_;
  // The committer's own: what was appended, synced or not.
  proof::Frontier appended_;
  mutable base::Mutex mutex_;
  proof::Frontier synced_ GUARDED_BY(mutex_);
  uint64_t stored_head_size_ GUARDED_BY(mutex_);
};

// Recomputes every hash of `log` from its leaves and checks nodes, personal parts and the stored head's signature
// against them. DATA_LOSS that says what does not fit. Reads the whole log.
Status VerifyAuditLog(const SystemView& view, const AuditLog& log);

// Keys of a log's rows, without the keyspace byte.
std::string AuditLeafKey(uint32_t log, uint64_t index);
std::string AuditNodeKey(uint32_t log, proof::NodeAt at);

}  // namespace cadastre::authz
