// ByteBudget: how many bytes of request bodies may be in memory at once.
//
// A door takes the size of a body before it reads it and gives it back with the
// answer; who does not fit waits in order, while TCP holds the sender back. Made
// by main; thread rule: safe.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace cadastre::server {

class ByteBudget {
 public:
  // `bytes` must be at least the largest single take.
  explicit ByteBudget(size_t bytes) : free_(bytes) {}

  // Calls `ready` at once or later, on any thread.
  void Take(size_t bytes, std::function<void()> ready) EXCLUDES(mutex_) {
    {
      base::MutexLock lock(mutex_);
      if (!waiting_.empty() || bytes > free_) {
        waiting_.push_back({bytes, std::move(ready)});
        return;
      }
      free_ -= bytes;
    }
    ready();
  }

  void Give(size_t bytes) EXCLUDES(mutex_) {
    std::vector<std::function<void()>> served;
    {
      base::MutexLock lock(mutex_);
      free_ += bytes;
      while (!waiting_.empty() && waiting_.front().first <= free_) {
        free_ -= waiting_.front().first;
        served.push_back(std::move(waiting_.front().second));
        waiting_.pop_front();
      }
    }
    for (const auto& ready : served) ready();
  }

 private:
  base::Mutex mutex_;
  size_t free_ GUARDED_BY(mutex_);
  std::deque<std::pair<size_t, std::function<void()>>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::server
