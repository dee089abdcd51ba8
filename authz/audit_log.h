// AuditLog: the append-only Merkle log of who did and saw what, in kAudit, kMerkle and kPersonal.
//
// Owned by the House. Append and Synced are the committer's, in commit order; everything else is safe from any thread.
// A leaf is hashed as stored (RFC 9162); each node of a perfect subtree is written with the leaf that completes it, so
// opening takes a look-up per level and a proof a few. Heads are signed over what is on the device alone.
// Errors of Open: those of storage::Reader and KeyFolder; DATA_LOSS where the tree on disk has a hole.
// Deliberately does not: decide who reads it (audit_records.h does, through a GovernedView), or run a thread.
#pragma once

#include <memory>
#include <string>
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

class AuditLog {
 public:
  // Logs are per writer; one server writes log 0.
  static constexpr uint32_t kLog = 0;

  static StatusOr<std::unique_ptr<AuditLog>> Open(const SystemView& view, const KeyFolder& keys);

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

 private:
  AuditLog(proof::Frontier frontier, uint64_t stored_head_size, SigningKey key, std::string log_id);

  const SigningKey key_;
  const std::string log_id_;
  // The committer's own: what was appended, synced or not.
  proof::Frontier appended_;
  mutable base::Mutex mutex_;
  proof::Frontier synced_ GUARDED_BY(mutex_);
  uint64_t stored_head_size_ GUARDED_BY(mutex_);
};

// Recomputes every hash from the leaves and checks nodes, personal parts and the stored head's signature against them.
// DATA_LOSS that says what does not fit. Reads the whole log.
Status VerifyAuditLog(const SystemView& view, const std::string& public_key, const std::string& log_id);

// Keys of the log's rows, without the keyspace byte.
std::string AuditLeafKey(uint64_t index);
std::string AuditNodeKey(proof::NodeAt at);

}  // namespace cadastre::authz
