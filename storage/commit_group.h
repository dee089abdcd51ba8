// One group on its way into one batch: preconditions checked, works numbered, rows given their final keys.
//
// Made by the Committer for each group. Thread rule: confined. For this room alone.
// Deliberately does not: write, or know who waits.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "base/words.h"
#include "storage/committer.h"
#include "storage/engine.h"
#include "storage/recent_writes.h"
#include "storage/work.h"

namespace cadastre::storage {

// INVALID_ARGUMENT for a work that could never be committed; see Committer.
Status CheckWork(const Work& work);

class CommitGroup {
 public:
  // After the commit `last` at `last_time`; `now` is the clock's.
  CommitGroup(Engine* engine, const RecentWrites* recent, Revision last, Timestamp last_time, Timestamp now);

  // Reads, together, every row a precondition of these works names, save those untouched since they were read.
  Status Load(const std::vector<const Work*>& works);
  // Puts a work behind those added before. ABORTED, and nothing changed, when one of its expectations does not hold.
  // The work must outlive the group.
  StatusOr<CommittedWork> Add(Work& work);

  Batch& batch() { return batch_; }
  // Of the newest work that was given one, else those of the commit before.
  Revision revision() const { return revision_; }
  Timestamp time() const { return time_; }
  // The time of what moves no revision: now, but never before a commit.
  Timestamp now() const { return now_ > time_ ? now_ : time_; }

 private:
  // The newest state of a row that a precondition names: from the store, then as earlier works of the group leave it.
  struct Newest {
    // Of a held row, the version that holds then.
    Timestamp at = kTimestampMax;
    Revision revision;
    Timestamp held;
    std::optional<std::string> value;  // plain rows alone
  };
  // One for each time a precondition asks about; almost always one.
  using Asked = absl::InlinedVector<Newest, 1>;

  Status Check(const Work& work);
  void Apply(const Work::Put& put, Revision revision, Timestamp time);
  // A later work of the group sees the put through its preconditions.
  void Remember(const Work::Put& put, Revision revision, Timestamp held);
  Newest* FindAsked(const Work::Precondition& precondition);

  Engine* const engine_;
  const RecentWrites* const recent_;
  Revision revision_;
  Timestamp time_;
  const Timestamp now_;
  absl::flat_hash_map<std::string, Asked> newest_;
  Batch batch_;
};

}  // namespace cadastre::storage
