#include "authz/view/revision_gate.h"

#include <utility>
#include <vector>

#include "base/status.h"

namespace cadastre::authz {

Revision RevisionGate::reached() const {
  base::MutexLock lock(mutex_);
  return reached_;
}

size_t RevisionGate::waiting() const {
  base::MutexLock lock(mutex_);
  return waiters_.size();
}

void RevisionGate::Advance(Revision revision) {
  std::vector<Continuation> ready;
  {
    base::MutexLock lock(mutex_);
    reached_ = revision;
    failed_ = absl::OkStatus();
    const auto end = waiters_.upper_bound(revision);
    for (auto waiter = waiters_.begin(); waiter != end; ++waiter) ready.push_back(std::move(waiter->second.done));
    waiters_.erase(waiters_.begin(), end);
  }
  for (const Continuation& done : ready) done(absl::OkStatus());
}

void RevisionGate::WhenReached(Revision revision, Timestamp deadline, Continuation done) {
  Status status;
  {
    base::MutexLock lock(mutex_);
    if (closed_) {
      status = base::Unavailable("the server is stopping");
    } else if (reached_ < revision && !failed_.ok()) {
      status = failed_;
    } else if (reached_ < revision) {
      if (waiters_.size() < kWaitingMax) {
        waiters_.emplace(revision, Waiter{deadline, std::move(done)});
        return;
      }
      status = base::ResourceExhausted("too many reads wait for a revision");
    }
  }
  done(std::move(status));
}

void RevisionGate::Expire(Timestamp now) {
  std::vector<Continuation> late;
  {
    base::MutexLock lock(mutex_);
    for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
      if (waiter->second.deadline > now) {
        ++waiter;
        continue;
      }
      late.push_back(std::move(waiter->second.done));
      waiter = waiters_.erase(waiter);
    }
  }
  for (const Continuation& done : late) done(base::DeadlineExceeded("the revision was not reached in time"));
}

void RevisionGate::Fail(const Status& cause) {
  {
    base::MutexLock lock(mutex_);
    if (closed_) return;
    failed_ = cause;
  }
  EndAll(cause);
}

Status RevisionGate::health() const {
  base::MutexLock lock(mutex_);
  return failed_;
}

void RevisionGate::Close() {
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
  }
  EndAll(base::Unavailable("the server is stopping"));
}

void RevisionGate::EndAll(const Status& cause) {
  std::multimap<Revision, Waiter> waiters;
  {
    base::MutexLock lock(mutex_);
    waiters.swap(waiters_);
  }
  for (const auto& [revision, waiter] : waiters) waiter.done(cause);
}

}  // namespace cadastre::authz
