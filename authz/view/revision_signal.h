// RevisionSignal: tells waiting follower threads that a newer revision was published.
//
// Owned by the House, raised by the committer's hook; thread rule: safe.
#pragma once

#include <algorithm>
#include <chrono>
#include <stop_token>

#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

class RevisionSignal {
 public:
  void Raise(Revision revision) {
    {
      base::MutexLock lock(mutex_);
      revision_ = std::max(revision_, revision);
    }
    raised_.NotifyAll();
  }

  // Blocks until a revision after `after` is published (true), the time is over or `stop` is asked for (false).
  bool Await(Revision after, std::chrono::microseconds timeout, const std::stop_token& stop) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const std::stop_callback on_stop(stop, [this] {
      base::MutexLock lock(mutex_);
      raised_.NotifyAll();
    });
    base::MutexLock lock(mutex_);
    while (revision_ <= after && !stop.stop_requested()) {
      if (!raised_.WaitUntil(mutex_, deadline)) break;
    }
    return revision_ > after && !stop.stop_requested();
  }

 private:
  base::Mutex mutex_;
  base::CondVar raised_;
  Revision revision_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::authz
