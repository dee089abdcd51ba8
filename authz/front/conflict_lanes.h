// ConflictLanes: writes that lost against another go on one behind the other, instead of all against all.
//
// Owned by the Front; thread rule: safe. A write that conflicted takes a place in the lane of the row it conflicted on
// and runs when those before it have ended, so that a row many write at once is taken in turns and nobody starves. No
// thread waits.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>

#include "base/mutex.h"

namespace cadastre::authz {

class ConflictLanes {
 public:
  static constexpr size_t kLanes = 64;
  using Task = std::function<void()>;

  // Runs `task` when its turn comes: at once, or from the Leave of the one before. Each task that ran must Leave its
  // lane once.
  void Enter(size_t lane, Task task) {
    {
      base::MutexLock lock(mutex_);
      if (busy_[lane]) {
        waiting_[lane].push_back(std::move(task));
        return;
      }
      busy_[lane] = true;
    }
    task();
  }

  void Leave(size_t lane) {
    Task next;
    {
      base::MutexLock lock(mutex_);
      if (waiting_[lane].empty()) {
        busy_[lane] = false;
        return;
      }
      next = std::move(waiting_[lane].front());
      waiting_[lane].pop_front();
    }
    next();
  }

 private:
  base::Mutex mutex_;
  std::array<bool, kLanes> busy_ GUARDED_BY(mutex_){};
  std::array<std::deque<Task>, kLanes> waiting_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::authz
