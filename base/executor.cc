#include "base/executor.h"

#include <utility>

#include "base/check.h"

namespace cadastre::base {

Executor::Executor(size_t threads, size_t queue_max) : threads_max_(2 * threads), places_max_(2 * queue_max) {
  CHECK(threads > 0) << "threads";
  CHECK(queue_max > 0) << "queue";
  threads_.reserve(threads_max_);
  for (size_t i = 0; i < threads_max_; ++i) threads_.emplace_back([this] { Work(); });
}

Executor::~Executor() { Stop(); }

bool Executor::TrySubmit(Sender sender, Task task) { return Take(sender, std::move(task), /*continues=*/false); }

bool Executor::Continue(Sender sender, Task task) { return Take(sender, std::move(task), /*continues=*/true); }

bool Executor::Take(Sender sender, Task task, bool continues) {
  bool startable = false;
  {
    MutexLock lock(mutex_);
    if (stopping_) return false;
    const auto found = lanes_.find(sender.number());
    const size_t held = found == lanes_.end() ? 0 : found->second.waiting.size();
    if (!continues && held + 1 + waiting_ + 1 > places_max_) return false;
    Lane& lane = found == lanes_.end() ? lanes_[sender.number()] : found->second;
    if (lane.waiting.empty()) turns_.push_back(sender.number());
    lane.waiting.push_back(std::move(task));
    ++waiting_;
    startable = MayStart(lane);
  }
  // Nobody is woken to find that this sender has its share of the threads already.
  if (startable) wake_.NotifyOne();
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
  return waiting_;
}

bool Executor::MayStart(const Lane& lane) const {
  const size_t idle = threads_max_ - running_;
  return stopping_ ? idle > 0 : lane.running < idle;
}

bool Executor::AnyMayStart() {
  if (running_ == threads_max_) return false;
  // Those that have no thread yet may start where any is idle, so not more are passed over than there are threads.
  for (const uint64_t sender : turns_) {
    if (MayStart(lanes_.find(sender)->second)) return true;
  }
  return false;
}

bool Executor::PickUp(Job& job) {
  for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
    const uint64_t sender = *turn;
    Lane& lane = lanes_.find(sender)->second;
    if (!MayStart(lane)) continue;
    job = {sender, std::move(lane.waiting.front())};
    lane.waiting.pop_front();
    ++lane.running;
    ++running_;
    --waiting_;
    turns_.erase(turn);
    if (!lane.waiting.empty()) turns_.push_back(sender);
    return true;
  }
  return false;
}

bool Executor::Next(Job& job, bool had_one) {
  bool more = false;
  {
    MutexLock lock(mutex_);
    if (had_one) {
      const auto ended = lanes_.find(job.sender);
      --ended->second.running;
      --running_;
      if (ended->second.running == 0 && ended->second.waiting.empty()) lanes_.erase(ended);
    }
    while (!PickUp(job)) {
      if (stopping_ && waiting_ == 0) return false;
      wake_.Wait(mutex_);
    }
    more = AnyMayStart();
  }
  if (more) wake_.NotifyOne();
  return true;
}

void Executor::Work() {
  Job job;
  for (bool had_one = false; Next(job, had_one); had_one = true) {
    job.task();
    // What it holds goes with it, not with the next one.
    job.task = nullptr;
  }
}

}  // namespace cadastre::base
