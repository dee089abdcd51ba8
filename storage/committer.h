// The one thread that numbers, writes and publishes: commit order is revision
// order, without gaps.
//
// It takes everything that waits (writes and the audit leaves of reads),
// checks preconditions against the store and against earlier works of the same
// group, gives each work that changes a versioned row, a held row or the log
// record its own revision, writes ONE synced batch (rows, log/, time/, leaves
// through the hooks), calls the hooks, then the callbacks. A work that puts only
// plain rows and leaves moves no revision and writes no log record.
// A conflicting work is left out; the rest of its group goes on. A commit's time is max(clock, previous + 1 µs); held
// rows are cut to it, and rows put without one hold from it.
//
// Made and run by main; thread rule: safe. A failed sync has an unknown
// outcome, so all waiting callers get UNAVAILABLE and `on_fatal` is called
// (main ends the process there; tests record it).
// Errors of a submission: ABORTED (precondition; run the handler again),
// RESOURCE_EXHAUSTED (queue full), INVALID_ARGUMENT (key too long, an empty value where that is the tombstone, a
// precondition of another shape than its row, a row of storage's own tables),
// UNAVAILABLE (sync failed or stopping); those of Engine and of the hook where reading or the hook failed before the
// write.
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
};

// Implemented above storage (authz): the audit log and the published state.
// All calls come from the committer thread, in commit order.
class CommitHooks {
 public:
  virtual ~CommitHooks() = default;
  // Adds the rows of these leaves (and Merkle nodes) to the group's batch;
  // returns the index of the first leaf. After an error nothing of the group is
  // written and its callers get the error, so the hook's own state must not have moved.
  virtual StatusOr<uint64_t> AppendLeaves(const std::vector<const Work::Leaf*>& leaves, Timestamp now,
                                          Batch* batch) = 0;
  // The group is on the device: update label columns, policy and bitmaps and
  // swap what is published. Runs before any caller of the group wakes; `revision` is
  // that of the newest work, the one before the group if none was given.
  virtual void Publish(const std::vector<CommittedWork>& group, Revision revision) = 0;
};

class Committer {
 public:
  using Done = std::function<void(StatusOr<CommitResult>)>;
  struct Options {
    size_t queue_max = 16384;       // works waiting
    size_t group_works_max = 1024;  // works in one batch
    size_t group_bytes_max = 16 << 20;
    bool sync = true;  // false only in the test that shows what it protects
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
  struct Item {
    Work work;
    Done done;
  };
  using Items = std::deque<Item>;

  Committer(Engine* engine, Clock* clock, CommitHooks* hooks, Options options, Revision revision, Timestamp time);
  Status Enqueue(Item& item);
  // Blocks until something waits or the end; empty at the end.
  Items TakeGroup();
  void CommitItems(Items items);
  StatusOr<uint64_t> AppendLeaves(const std::vector<CommittedWork>& accepted, Timestamp time, Batch* batch);
  void Fail(Status cause, Items items);
  static void AnswerAll(const Items& items, const Status& status);

  Engine* const engine_;
  Clock* const clock_;
  CommitHooks* const hooks_;
  const Options options_;
  std::atomic<uint64_t> revision_;
  std::atomic<int64_t> time_micros_;
  std::atomic<uint64_t> groups_{0};
  // Of the committer's thread.
  RecentWrites recent_;

  mutable base::Mutex mutex_;
  base::CondVar arrived_;
  Items queue_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace cadastre::storage
