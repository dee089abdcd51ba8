// std::mutex with the annotations clang's -Wthread-safety reads. absl::Mutex is not used anywhere: ThreadSanitizer does
// not understand it in this tool chain.
//
// Owner: the class whose members it guards (`int n_ GUARDED_BY(mutex_)`). Thread rule: safe.
// Deliberately does not: recurse, time out on locking, upgrade from shared.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

// abseil's headers define GUARDED_BY, PT_GUARDED_BY and NO_THREAD_SAFETY_ANALYSIS of the same meaning; they come first,
// so that there is one definition whatever is included after.
#include "absl/base/thread_annotations.h"

#if defined(__clang__)
#define CADASTRE_THREAD_ANNOTATION(x) __attribute__((x))
#else
#define CADASTRE_THREAD_ANNOTATION(x)
#endif

#ifndef GUARDED_BY
#define GUARDED_BY(x) CADASTRE_THREAD_ANNOTATION(guarded_by(x))
#endif
#ifndef PT_GUARDED_BY
#define PT_GUARDED_BY(x) CADASTRE_THREAD_ANNOTATION(pt_guarded_by(x))
#endif
#define REQUIRES(...) CADASTRE_THREAD_ANNOTATION(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) CADASTRE_THREAD_ANNOTATION(locks_excluded(__VA_ARGS__))
#ifndef NO_THREAD_SAFETY_ANALYSIS
#define NO_THREAD_SAFETY_ANALYSIS CADASTRE_THREAD_ANNOTATION(no_thread_safety_analysis)
#endif

namespace cadastre::base {

class CADASTRE_THREAD_ANNOTATION(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void Lock() CADASTRE_THREAD_ANNOTATION(acquire_capability()) { mutex_.lock(); }
  void Unlock() CADASTRE_THREAD_ANNOTATION(release_capability()) { mutex_.unlock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class CADASTRE_THREAD_ANNOTATION(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) CADASTRE_THREAD_ANNOTATION(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() CADASTRE_THREAD_ANNOTATION(release_capability()) { mutex_.Unlock(); }

 private:
  Mutex& mutex_;
};

// Waits spuriously end: wait in a loop over the condition. A thread that also obeys a std::stop_token makes a
// std::stop_callback that locks the mutex and calls NotifyAll.
class CondVar {
 public:
  void Wait(Mutex& mutex) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }

  // False when the deadline passed.
  bool WaitUntil(Mutex& mutex, std::chrono::steady_clock::time_point deadline) REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool woken = condition_.wait_until(lock, deadline) == std::cv_status::no_timeout;
    lock.release();
    return woken;
  }

  void NotifyOne() { condition_.notify_one(); }
  void NotifyAll() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace cadastre::base
