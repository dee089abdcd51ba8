// The one thread that numbers, writes and publishes: commit order is revision
// order, without gaps.
//
// It takes everything that waits (writes and the audit leaves of reads),
// checks preconditions against the store and against earlier works of the same
// group, gives each work that changes a versioned row, a held row or the log
// record its own revision, writes ONE synced batch (rows, log/, time/, leaves
// through the hooks), calls the hooks, then the callbacks. A work that puts only
// plain rows and leaves moves no revision and writes no log record.
// A work too large for one step is a group of its own and is taken in parts (docs/decisions/036): between two of them
// works that are audit leaves alone are committed, so that no read waits for the whole of it.
// A conflicting work is left out; the rest of its group goes on. A commit's time is max(clock, previous + 1 µs); held
// rows are cut to it, and rows put without one hold from it.
//
// Made and run by main; thread rule: safe. A failed sync has an unknown
// outcome, so all waiting callers get UNAVAILABLE and `on_fatal` is called
// (main ends the process there; tests record it). A group for which the device has no room is tried once more, without
// what is not admitted then.
// Errors of a submission: ABORTED (precondition, or policy changed since the work was allowed; run the handler again),
// RESOURCE_EXHAUSTED (queue full, device full), INVALID_ARGUMENT (key too long, an empty value where that is the
// tombstone, a precondition of another shape than its row, a row of storage's own tables), UNAVAILABLE (sync failed or
// stopping); those of Engine and of the hook where reading or the hook failed before the write.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/words.h"
#include "storage/engine.h"
#include "storage/recent_writes.h"
#include "storage/work.h"

namespace cadastre::storage {

class CommitGroup;

// The row an ABORTED work was based on, by which its next attempt may take turns with others; empty for any other
// status.
std::string ConflictKeyOf(const Status& status);

struct CommitResult {
  Revision revision;    // of this work; the current one if it moved none
  Timestamp time;       // of the commit
  uint64_t first_leaf;  // index of its first audit leaf, if it had any
};

// One work of a group, as the hooks see it. Puts carry keys without their suffix; revision 0 means none was given.
struct CommittedWork {
  Revision revision;
  Timestamp time;
  const Work* work;
  // Its puts went to PublishPart.
  bool published_in_parts = false;
};

// A leaf, and the revision that the work it tells of was given; 0 where it moved none.
struct CommittedLeaf {
  const Work::Leaf* leaf;
  Revision change;
};

// Implemented above storage (authz): the audit log and the published state.
// All calls come from the committer thread, in commit order.
class CommitHooks {
 public:
  virtual ~CommitHooks() = default;
  // Adds the rows of these leaves (and Merkle nodes) to the group's batch;
  // returns the index of the first leaf. After an error nothing of the group is
  // written and its callers get the error, so the hook's own state must not have moved.
  virtual StatusOr<uint64_t> AppendLeaves(const std::vector<CommittedLeaf>& leaves, Timestamp now, Batch* batch) = 0;
  // What AppendLeaves added since the last Publish was not written, and never will be.
  virtual void Discard() = 0;
  // The group is on the device: update label columns, policy and bitmaps and
  // swap what is published. Runs before any caller of the group wakes; `revision` is
  // that of the newest work, the one before the group if none was given.
  virtual void Publish(const std::vector<CommittedWork>& group, Revision revision) = 0;
  // Some puts of a work that was too large for one step and is on the device: what Publish does with each put. Publish
  // for no work at all comes before the first, because its leaves are on the device too; Publish for the whole follows.
  // Between them Publish may be called for groups of leaves alone.
  virtual void PublishPart(const CommittedWork& work, size_t first, size_t count) = 0;
};

class Committer {
 public:
  using Done = std::function<void(StatusOr<CommitResult>)>;
  struct Options {
    size_t queue_max = 16384;       // works waiting
    size_t group_works_max = 1024;  // works in one batch
    // A work with more puts or preconditions, or bytes, than these is a group of its own, taken in parts.
    size_t group_rows_max = 4096;
    size_t group_bytes_max = 2 << 20;
    size_t part_rows_max = 512;
    size_t part_bytes_max = 512 << 10;
    bool sync = true;  // false only in the test that shows what it protects
    // Asked about each work before it is numbered; what it refuses is answered so and leaves no trace. `takes_room`:
    // as Work::takes_room. Called on the committer's thread; empty admits all.
    std::function<Status(bool takes_room)> admit;
    // The device had no room for a group, which `admit` is asked about again right after.
    std::function<void()> on_full;
    std::function<void(Status)> on_fatal;
    // After Publish and before the callers wake: wakes followers and readers that wait for a revision.
    std::function<void(Revision)> on_revision;
  };

  // Reads the last revision and commit time from the store.
  // `hooks` may be null where no work carries leaves (tools, tests of this room).
  static StatusOr<std::unique_ptr<Committer>> Open(Engine* engine, Clock* clock, CommitHooks* hooks, Options options);

  // `done` runs once, on the committer thread, and must be short (hand on to an executor); a work refused at once (key,
  // full queue, stopping) is answered on the caller's thread before Submit returns.
  void Submit(Work work, Done done);
  // Submit and wait: for tests, start-up and the tools. Never from the committer thread.
  StatusOr<CommitResult> Commit(Work work);

  // What still waits is answered UNAVAILABLE; Run must have returned.
  ~Committer();

  // The loop; returns when stopped and the queue is drained, or after a failed write.
  void Run(const std::stop_token& stop);

  // The last revision on the device and published.
  Revision revision() const { return Revision(revision_.load(std::memory_order_acquire)); }
  // Groups published by this committer: what Work::set_based_on takes, asked for before anything is read.
  uint64_t groups() const { return groups_.load(std::memory_order_acquire); }
  // Time of the last commit.
  Timestamp last_time() const;
  size_t queued() const;

 private:
  friend class LargeCommit;
  struct Item {
    Work work;
    Done done;
    // Counted by who submits it: to go through a large work takes long.
    size_t bytes = 0;
    size_t rows = 0;
    bool leaves_alone = false;
    uint64_t arrived = 0;
  };
  using Items = std::deque<Item>;

  Committer(Engine* engine, Clock* clock, CommitHooks* hooks, Options options, Revision revision, Timestamp time);
  Status Enqueue(Item& item);
  // Blocks until something waits or the end; empty at the end.
  Items TakeGroup();
  bool IsLarge(const Item& item) const;
  void CommitLarge(Item item);
  // `again`: there was no room for these the first time.
  void CommitItems(Items items, bool again = false);
  void CommitAgain(Items items, bool again);
  // What was not brought to the device for want of room is gone from the hook too.
  void NoteFull();
  // RESOURCE_EXHAUSTED while there is no room even for that; until it is done nothing may be numbered.
  Status TakeBackStaged();
  // Those that wait and are leaves alone; false where the committer has failed.
  bool CommitLeaves();
  StatusOr<uint64_t> AppendLeaves(const std::vector<CommittedWork>& accepted, Timestamp time, Batch* batch);
  // What the group leaves behind for those after it, and the call that wakes followers.
  void Advance(const CommitGroup& group, uint64_t number);
  void Fail(Status cause, Items items);
  static Status DeviceFull();
  static Status OutcomeUnknown();
  static void AnswerAll(const Items& items, const Status& status);

  Engine* const engine_;
  Clock* const clock_;
  CommitHooks* const hooks_;
  const Options options_;
  std::atomic<uint64_t> revision_;
  std::atomic<int64_t> time_micros_;
  std::atomic<uint64_t> groups_{0};
  // Of the committer's thread. Which commit before its start changed policy it does not know: nothing is older.
  Revision policy_;
  RecentWrites recent_;
  bool failed_ = false;
  // Rows of a commit that never was may lie in the engine; until a start or the end of their work has looked, they do.
  bool staged_left_ = true;

  mutable base::Mutex mutex_;
  base::CondVar arrived_;
  // In order of arrival, works that are leaves alone apart.
  Items queue_ GUARDED_BY(mutex_);
  Items leaves_ GUARDED_BY(mutex_);
  uint64_t arrivals_ GUARDED_BY(mutex_) = 0;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace cadastre::storage
