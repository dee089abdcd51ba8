// RevisionGate: how far a follower has come, and the calls that wait until it is far enough.
//
// Owned by the follower, which calls Advance after it has applied a revision, and Expire now and then (its loop wakes
// for that at least ten times a second). Doors name it in their Call; the Front waits there without blocking a thread.
// Thread rule: safe. Continuations run on the thread that calls Advance, Expire or Close, outside the lock, and must be
// short. Errors given to continuations: DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED (over kWaitingMax), UNAVAILABLE (closed,
// or failed).
#pragma once

#include <functional>
#include <map>

#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

class RevisionGate {
 public:
  static constexpr size_t kWaitingMax = 16'384;
  using Continuation = std::function<void(Status)>;

  RevisionGate() = default;
  ~RevisionGate() { Close(); }
  RevisionGate(const RevisionGate&) = delete;
  RevisionGate& operator=(const RevisionGate&) = delete;

  Revision reached() const;
  // Also back, when a follower is rebuilt: who waits then waits on.
  void Advance(Revision revision);
  // Calls once: at once where the revision is reached.
  void WhenReached(Revision revision, Timestamp deadline, Continuation done);
  // Ends the waits whose deadline has passed.
  void Expire(Timestamp now);
  // Ends all waits with this, and those to come until the next Advance: what was reached stays readable.
  void Fail(const Status& cause);
  // OK unless failed.
  Status health() const;
  // Ends all waits, now and later.
  void Close();
  size_t waiting() const;

 private:
  void EndAll(const Status& cause);

  struct Waiter {
    Timestamp deadline;
    Continuation done;
  };

  mutable base::Mutex mutex_;
  Revision reached_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
  Status failed_ GUARDED_BY(mutex_);
  std::multimap<Revision, Waiter> waiters_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::authz
