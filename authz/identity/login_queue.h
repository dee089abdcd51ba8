// LoginQueue: logins wait for an executor of their own, so that hashing passwords, slow on purpose, takes neither all
// memory nor the threads other calls need.
//
// Owned by the Front; the executor's threads bound how many are hashed at once, its queue how many wait. Thread rule:
// safe. Bounds: kSeatsPerAddress logins of one address under way or waiting; the addresses take turns.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/executor.h"
#include "base/mutex.h"
#include "base/sender.h"

namespace cadastre::authz {

class LoginQueue {
 public:
  static constexpr size_t kSeatsPerAddress = 4;

  explicit LoginQueue(base::Executor* executor) : executor_(executor) {}

  // False where the address has all its seats taken, or the queue is full; the task was then not taken.
  bool TrySubmit(const std::string& address, std::function<void()> task) EXCLUDES(mutex_) {
    {
      base::MutexLock lock(mutex_);
      size_t& taken = seats_[address];
      if (taken >= kSeatsPerAddress) return false;
      ++taken;
    }
    // By address, so that one from elsewhere waits for one of each other and not for all of theirs.
    const bool submitted =
        executor_->TrySubmit(base::Sender::OfAddress(address), [this, address, task = std::move(task)] {
          task();
          Leave(address);
        });
    if (!submitted) Leave(address);
    return submitted;
  }

 private:
  void Leave(const std::string& address) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = seats_.find(address);
    if (--found->second == 0) seats_.erase(found);
  }

  base::Executor* executor_;
  base::Mutex mutex_;
  std::map<std::string, size_t> seats_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::authz
