// A fixed number of threads over one bounded queue: where every call runs after a door has parsed and authenticated it.
//
// Owner: main() makes it and calls Stop() before what the tasks use is taken down. Thread rule: safe.
// Bounds: `queue_max` waiting tasks; beyond it TrySubmit refuses at once and the door answers RESOURCE_EXHAUSTED or
// 503. Deliberately does not: give a task a result, a priority or a deadline; let a task throw (that ends the process).
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace cadastre::base {

class Executor {
 public:
  using Task = std::function<void()>;

  Executor(size_t threads, size_t queue_max);
  ~Executor();  // stops
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False when the queue is full or the executor is stopping; the task was then not taken.
  bool TrySubmit(Task task) EXCLUDES(mutex_);

  // Takes no more tasks, runs those already taken and joins the threads. Not from a task. Idempotent.
  void Stop() EXCLUDES(mutex_);

  size_t waiting() const EXCLUDES(mutex_);

 private:
  void Work() EXCLUDES(mutex_);

  const size_t queue_max_;
  mutable Mutex mutex_;
  CondVar wake_;
  std::deque<Task> queue_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace cadastre::base
