// The one thread that numbers, writes and publishes: commit order is revision
// order, without gaps.
//
// It takes everything that waits (writes and the audit leaves of reads),
// checks preconditions against the store and against earlier works of the same
// group, gives each work that changes a versioned row, a held row or the log
// record its own revision, writes ONE synced batch (rows, log/, time/, leaves
// through the hooks), calls the hooks, then the callbacks. A work that puts only
// plain rows and leaves moves no revision and writes no log record.
//
// Made and run by main; thread rule: safe. A failed sync has an unknown
// outcome, so all waiting callers get UNAVAILABLE and `on_fatal` is called
// (main ends the process there; tests record it).
// Errors of a submission: ABORTED (precondition; run the handler again),
// RESOURCE_EXHAUSTED (queue full), INVALID_ARGUMENT (key too long),
// UNAVAILABLE (sync failed or stopping).
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "base/mutex.h"
#include "base/words.h"
#include "storage/engine.h"
#include "storage/work.h"

namespace cadastre::storage {

struct CommitResult {
  Revision revision;      // of this work; the current one if it moved none
  Timestamp time;         // of the commit
  uint64_t first_leaf;    // index of its first audit leaf, if it had any
};

// One work of a group, as the hooks see it. Puts carry final keys' prefixes; revision 0 means none was given.
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
  // returns the index of the first leaf.
  virtual StatusOr<uint64_t> AppendLeaves(const std::vector<const Work::Leaf*>& leaves, Timestamp now, Batch* batch) = 0;
  // The group is on the device: update label columns, policy and bitmaps and
  // swap what is published. Runs before any caller of the group wakes.
  virtual void Publish(const std::vector<CommittedWork>& group, Revision revision) = 0;
};

class Committer {
 public:
  using Done = std::function<void(StatusOr<CommitResult>)>;
  struct Options {
    size_t queue_max = 16384;       // works waiting
    size_t group_works_max = 1024;  // works in one batch
    size_t group_bytes_max = 16 << 20;
    bool sync = true;               // false only in the test that shows what it protects
    std::function<void(Status)> on_fatal;
  };

  // Reads the last revision and commit time from the store.
  static StatusOr<std::unique_ptr<Committer>> Open(Engine* engine, Clock* clock, CommitHooks* hooks, Options options);

  // `done` runs on the committer thread and must be short (hand on to an executor).
  void Submit(Work work, Done done);
  // Submit and wait: for tests, start-up and the tools.
  StatusOr<CommitResult> Commit(Work work);

  // The loop; returns when stopped and the queue is drained.
  void Run(std::stop_token stop);

  // The last revision on the device and published.
  Revision revision() const { return Revision(revision_.load(std::memory_order_acquire)); }
  // Time of the last commit.
  Timestamp last_time() const;
  size_t queued() const;

 private:
  Committer(Engine* engine, Clock* clock, CommitHooks* hooks, Options options);
  struct Item {
    Work work;
    Done done;
  };

  Engine* engine_;
  Clock* clock_;
  CommitHooks* hooks_;
  Options options_;
  std::atomic<uint64_t> revision_{0};
  // The implementer completes the private part.
};

}  // namespace cadastre::storage
