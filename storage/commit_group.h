// One group on its way into one batch: preconditions checked, works numbered, rows given their final keys.
//
// Made by the Committer for each group. Thread rule: confined. For this room alone.
// Deliberately does not: write, or know who waits.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
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
  // The newest commits before this group.
  struct Before {
    Revision revision;
    Timestamp time;
    Revision policy;  // the newest whose log record says `policy`
  };
  // `now` is the clock's.
  CommitGroup(Engine* engine, const RecentWrites* recent, const Before& before, Timestamp now);

  // Reads, together, every row a precondition of these works names, save those untouched since they were read.
  Status Load(const std::vector<const Work*>& works);
  // Puts a work behind those added before. ABORTED, and nothing changed, when one of its expectations does not hold.
  // The work must outlive the group.
  StatusOr<CommittedWork> Add(Work& work);

  // The same in parts, for a work that is alone in its group and forgets nothing: all of CheckPart, then Number, then
  // all of ApplyPart. Meanwhile nothing but leaves may be committed. Reads and checks `count` preconditions from
  // `first` on; ABORTED where one does not hold.
  Status CheckPart(const Work& work, size_t first, size_t count);
  // Gives the work its revision and its rows in log/ and time/.
  CommittedWork Number(Work& work);
  // Adds `count` puts from `first` on: those of versioned and held rows, and of plain ones that may go ahead, to
  // `staged`, the others to the group's batch.
  void ApplyPart(const CommittedWork& committed, size_t first, size_t count, Batch* staged);

  Batch& batch() { return batch_; }
  // Of the newest work that was given one, else those of the commit before.
  Revision revision() const { return revision_; }
  // Of the newest work that changed policy, else of the commits before.
  Revision policy() const { return policy_; }
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

  using Preconditions = absl::Span<const Work::Precondition>;
  Status LoadAsked(const std::vector<std::pair<Preconditions, std::optional<uint64_t>>>& asked);
  Status CheckPolicy(const Work& work) const;
  Status CheckAsked(Preconditions preconditions);
  // The stored keys of the rows this work forgets.
  StatusOr<std::vector<std::string>> FindForgotten(const Work& work) const;
  void Apply(const Work::Put& put, Revision revision, Timestamp time, Batch* batch);
  // A later work of the group sees the put through its preconditions.
  void Remember(const Work::Put& put, Revision revision, Timestamp held);
  void RememberForgotten(const std::string& key);
  Newest* FindAsked(const Work::Precondition& precondition);

  Engine* const engine_;
  const RecentWrites* const recent_;
  Revision revision_;
  Timestamp time_;
  Revision policy_;
  const Timestamp now_;
  absl::flat_hash_map<std::string, Asked> newest_;
  Batch batch_;
};

}  // namespace cadastre::storage
