#include "base/revision_waiter.h"

#include "base/status.h"

namespace cadastre::base {
namespace {

template <typename Key>
void EraseEntry(std::multimap<Key, uint64_t>& entries, const Key& key, uint64_t id) {
  for (auto [entry, end] = entries.equal_range(key); entry != end; ++entry) {
    if (entry->second != id) continue;
    entries.erase(entry);
    return;
  }
}

}  // namespace

RevisionWaiter::Done RevisionWaiter::Take(uint64_t id) {
  auto waiting = waiting_.extract(id);
  EraseEntry(by_revision_, waiting.mapped().revision, id);
  EraseEntry(by_deadline_, waiting.mapped().deadline, id);
  return std::move(waiting.mapped().done);
}

void RevisionWaiter::Wait(Revision revision, Deadline deadline, Done done) {
  absl::Status answer;
  {
    MutexLock lock(mutex_);
    if (closed_) {
      answer = Unavailable("the server is stopping");
    } else if (revision > reached_ && waiting_.size() >= waiting_max_) {
      answer = ResourceExhausted("too many requests wait for a revision");
    } else if (revision > reached_) {
      const uint64_t id = next_id_++;
      by_revision_.emplace(revision, id);
      by_deadline_.emplace(deadline, id);
      waiting_.emplace(id, Waiting{revision, deadline, std::move(done)});
      return;
    }
  }
  done(std::move(answer));
}

void RevisionWaiter::Advance(Revision revision) {
  std::vector<Done> reached;
  {
    MutexLock lock(mutex_);
    if (revision <= reached_) return;
    reached_ = revision;
    while (!by_revision_.empty() && by_revision_.begin()->first <= revision) {
      reached.push_back(Take(by_revision_.begin()->second));
    }
    advanced_.NotifyAll();
  }
  for (Done& done : reached) done(absl::OkStatus());
}

void RevisionWaiter::Expire(Deadline now) {
  std::vector<Done> expired;
  {
    MutexLock lock(mutex_);
    while (!by_deadline_.empty() && by_deadline_.begin()->first <= now) {
      expired.push_back(Take(by_deadline_.begin()->second));
    }
  }
  for (Done& done : expired) done(DeadlineExceeded("the revision asked for was not reached in time"));
}

std::optional<RevisionWaiter::Deadline> RevisionWaiter::NextDeadline() const {
  MutexLock lock(mutex_);
  if (by_deadline_.empty()) return std::nullopt;
  return by_deadline_.begin()->first;
}

void RevisionWaiter::Close() {
  ById left;
  {
    MutexLock lock(mutex_);
    closed_ = true;
    left.swap(waiting_);
    by_revision_.clear();
    by_deadline_.clear();
    advanced_.NotifyAll();
  }
  for (auto& [id, waiting] : left) waiting.done(Unavailable("the server is stopping"));
}

bool RevisionWaiter::WaitBeyond(Revision revision, Deadline deadline) {
  MutexLock lock(mutex_);
  while (!closed_ && reached_ <= revision) {
    if (!advanced_.WaitUntil(mutex_, deadline)) break;
  }
  return !closed_ && reached_ > revision;
}

Revision RevisionWaiter::reached() const {
  MutexLock lock(mutex_);
  return reached_;
}

size_t RevisionWaiter::waiting() const {
  MutexLock lock(mutex_);
  return waiting_.size();
}

}  // namespace cadastre::base
