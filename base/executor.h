// A fixed number of threads over bounded queues, one for each sender, taken in turn: where every call runs after a door
// has parsed and authenticated it.
//
// Owner: main() makes it and calls Stop() before what the tasks use is taken down. Thread rule: safe.
// Shares: a sender may hold no more threads, and no more places to wait in, than are left free. There are twice as many
// of both as one may have alone: so one sender's long tasks never take the last thread, a second one's short task finds
// one at once, and the machine shares its cores between them.
// Bounds: beyond its share of the places TrySubmit refuses at once and the door answers RESOURCE_EXHAUSTED or 503.
// Deliberately does not: give a task a result, a priority or a deadline; let a task throw (that ends the process).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "base/sender.h"

namespace cadastre::base {

class Executor {
 public:
  using Task = std::function<void()>;

  // `threads` may run, and `queue_max` may wait, of one sender that is alone.
  Executor(size_t threads, size_t queue_max);
  ~Executor();  // stops
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False when the sender's share of the queue is full or the executor is stopping; the task was then not taken.
  bool TrySubmit(Sender sender, Task task) EXCLUDES(mutex_);
  // In nobody's name: all of these are one sender.
  bool TrySubmit(Task task) EXCLUDES(mutex_) { return TrySubmit(Sender(), std::move(task)); }
  // Goes on with what was taken before, which bounds it: refused (false) only when stopping.
  bool Continue(Sender sender, Task task) EXCLUDES(mutex_);

  // Takes no more tasks, runs those already taken and joins the threads. Not from a task. Idempotent.
  void Stop() EXCLUDES(mutex_);

  size_t waiting() const EXCLUDES(mutex_);

 private:
  struct Lane {
    std::deque<Task> waiting;
    size_t running = 0;
  };
  struct Job {
    uint64_t sender = 0;
    Task task;
  };

  bool Take(Sender sender, Task task, bool continues) EXCLUDES(mutex_);
  void Work() EXCLUDES(mutex_);
  // Ends the last one and waits for the next; false when there will be none.
  bool Next(Job& job, bool had_one) EXCLUDES(mutex_);
  bool PickUp(Job& job) REQUIRES(mutex_);
  bool MayStart(const Lane& lane) const REQUIRES(mutex_);
  bool AnyMayStart() REQUIRES(mutex_);

  const size_t threads_max_;
  const size_t places_max_;
  mutable Mutex mutex_;
  CondVar wake_;
  absl::flat_hash_map<uint64_t, Lane> lanes_ GUARDED_BY(mutex_);  // of senders with tasks, by number
  std::deque<uint64_t> turns_ GUARDED_BY(mutex_);                 // those with waiting tasks, each once
  size_t waiting_ GUARDED_BY(mutex_) = 0;
  size_t running_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace cadastre::base
