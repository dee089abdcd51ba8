// Wakes those who wait for a revision to be reached, or tells them that their time is up; no thread is blocked for it.
//
// Made by main, one for the committed revision and one for each follower; outlives its callers. Thread rule: safe.
// Callbacks run without a lock, on the thread that advances, expires, or asked too late to wait; they must be short.
// Errors told to a callback: DEADLINE_EXCEEDED; RESOURCE_EXHAUSTED when too many wait; UNAVAILABLE after Close.
// Deliberately does not: know whether a revision will ever come (a future `min_revision` is refused by who decodes it),
// or own a thread: somebody calls Expire, at the latest at NextDeadline.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::base {

class RevisionWaiter {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  using Done = std::function<void(absl::Status)>;

  explicit RevisionWaiter(Revision reached = Revision(), size_t waiting_max = 16'384)
      : reached_(reached), waiting_max_(waiting_max) {}
  RevisionWaiter(const RevisionWaiter&) = delete;
  RevisionWaiter& operator=(const RevisionWaiter&) = delete;
  ~RevisionWaiter() { Close(); }

  // Calls `done` once: at once when the revision is reached already.
  void Wait(Revision revision, Deadline deadline, Done done);
  // Reached now; an earlier revision than before changes nothing.
  void Advance(Revision revision);
  // Tells those whose deadline has passed.
  void Expire(Deadline now);
  // The earliest deadline of those who wait.
  std::optional<Deadline> NextDeadline() const;
  // All who wait, and all who will, get UNAVAILABLE.
  void Close();
  // Blocks a thread of its own, a follower's, until a revision beyond this one is reached; false when closed or the
  // time ran out.
  bool WaitBeyond(Revision revision, Deadline deadline);

  Revision reached() const;
  size_t waiting() const;

 private:
  struct Waiting {
    Revision revision;
    Deadline deadline;
    Done done;
  };
  using ById = std::map<uint64_t, Waiting>;

  // Takes one out of all three maps.
  Done Take(uint64_t id) REQUIRES(mutex_);

  mutable Mutex mutex_;
  CondVar advanced_;
  Revision reached_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
  const size_t waiting_max_;
  uint64_t next_id_ GUARDED_BY(mutex_) = 0;
  ById waiting_ GUARDED_BY(mutex_);
  // The same by what ends their wait, with their id.
  std::multimap<Revision, uint64_t> by_revision_ GUARDED_BY(mutex_);
  std::multimap<Deadline, uint64_t> by_deadline_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::base
