#include "base/executor.h"

#include <utility>

#include "base/check.h"

namespace cadastre::base {

Executor::Executor(size_t threads, size_t queue_max) : queue_max_(queue_max) {
  CHECK(threads > 0) << "threads";
  CHECK(queue_max > 0) << "queue";
  threads_.reserve(threads);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Executor::~Executor() { Stop(); }

bool Executor::TrySubmit(Task task) {
  {
    MutexLock lock(mutex_);
    if (stopping_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(task));
  }
  wake_.NotifyOne();
  return true;
}

void Executor::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  for (std::jthread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

size_t Executor::waiting() const {
  MutexLock lock(mutex_);
  return queue_.size();
}

void Executor::Work() {
  while (true) {
    Task task;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) wake_.Wait(mutex_);
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
    }
    task();
  }
}

}  // namespace cadastre::base
