// LineBudget: how many lines a second a kind of event may leave in the log, so that nobody fills the disk by causing
// it.
//
// Owner: who writes that kind of line, for the process. Thread rule: safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

#include "base/mutex.h"

namespace cadastre::server {

class LineBudget {
 public:
  explicit LineBudget(int lines_a_second) : lines_a_second_(lines_a_second) {}

  // Whether one more may be written; if so, `left_out` becomes the number that were not since the last one that was.
  bool Take(int64_t* left_out) EXCLUDES(mutex_) {
    const auto now = std::chrono::steady_clock::now();
    base::MutexLock lock(mutex_);
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      written_ = 0;
    }
    if (written_ >= lines_a_second_) {
      ++left_out_;
      return false;
    }
    ++written_;
    *left_out = std::exchange(left_out_, 0);
    return true;
  }

 private:
  const int lines_a_second_;
  base::Mutex mutex_;
  std::chrono::steady_clock::time_point second_ GUARDED_BY(mutex_);
  int written_ GUARDED_BY(mutex_) = 0;
  int64_t left_out_ GUARDED_BY(mutex_) = 0;
};

}  // namespace cadastre::server
