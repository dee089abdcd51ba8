#include "storage/committer.h"

#include <future>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "storage/commit_group.h"
#include "storage/horizon.h"

namespace cadastre::storage {

StatusOr<std::unique_ptr<Committer>> Committer::Open(Engine* engine, Clock* clock, CommitHooks* hooks,
                                                     Options options) {
  CHECK(options.queue_max > 0 && options.group_works_max > 0) << "a committer needs room for one work";
  ASSIGN_OR_RETURN(const LastCommit last, ReadLastCommit(engine));
  return std::unique_ptr<Committer>(new Committer(engine, clock, hooks, std::move(options), last.revision, last.time));
}

Committer::Committer(Engine* engine, Clock* clock, CommitHooks* hooks, Options options, Revision revision,
                     Timestamp time)
    : engine_(engine),
      clock_(clock),
      hooks_(hooks),
      options_(std::move(options)),
      revision_(revision.value()),
      time_micros_(time.micros()) {}

Committer::~Committer() {
  Items left;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    left.swap(queue_);
  }
  AnswerAll(left, base::Unavailable("the server is stopping"));
}

Timestamp Committer::last_time() const { return Timestamp(time_micros_.load(std::memory_order_acquire)); }

size_t Committer::queued() const {
  base::MutexLock lock(mutex_);
  return queue_.size();
}

Status Committer::Enqueue(Item& item) {
  RETURN_IF_ERROR(CheckWork(item.work));
  if (hooks_ == nullptr && !item.work.leaves().empty()) {
    return base::FailedPrecondition("no audit log is attached to take a leaf");
  }
  base::MutexLock lock(mutex_);
  if (closed_) return base::Unavailable("the server is stopping");
  if (queue_.size() >= options_.queue_max) return base::ResourceExhausted("too many writes wait to be committed");
  queue_.push_back(std::move(item));
  if (queue_.size() == 1) arrived_.NotifyOne();
  return absl::OkStatus();
}

void Committer::Submit(Work work, Done done) {
  Item item{std::move(work), std::move(done)};
  if (Status status = Enqueue(item); !status.ok()) item.done(std::move(status));
}

StatusOr<CommitResult> Committer::Commit(Work work) {
  std::promise<StatusOr<CommitResult>> answer;
  Submit(std::move(work), [&answer](StatusOr<CommitResult> result) { answer.set_value(std::move(result)); });
  return answer.get_future().get();
}

void Committer::Run(const std::stop_token& stop) {
  std::stop_callback on_stop(stop, [this] {
    base::MutexLock lock(mutex_);
    closed_ = true;
    arrived_.NotifyAll();
  });
  while (true) {
    Items items = TakeGroup();
    if (items.empty()) return;
    CommitItems(std::move(items));
  }
}

Committer::Items Committer::TakeGroup() {
  base::MutexLock lock(mutex_);
  while (queue_.empty() && !closed_) arrived_.Wait(mutex_);
  Items items;
  size_t bytes = 0;
  while (!queue_.empty() && items.size() < options_.group_works_max) {
    bytes += queue_.front().work.bytes();
    if (!items.empty() && bytes > options_.group_bytes_max) break;
    items.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return items;
}

void Committer::CommitItems(Items items) {
  std::vector<const Work*> works;
  for (const Item& item : items) works.push_back(&item.work);
  CommitGroup group(engine_, &recent_, revision(), last_time(), clock_->Now());
  if (Status status = group.Load(works); !status.ok()) return AnswerAll(items, status);

  std::vector<StatusOr<CommitResult>> answers;
  std::vector<CommittedWork> accepted;
  for (Item& item : items) {
    const StatusOr<CommittedWork> committed = group.Add(item.work);
    if (!committed.ok()) {
      answers.emplace_back(committed.status());
      continue;
    }
    accepted.push_back(*committed);
    answers.emplace_back(CommitResult{group.revision(), committed->time, 0});
  }
  const StatusOr<uint64_t> first_leaf = AppendLeaves(accepted, group.now(), &group.batch());
  if (!first_leaf.ok()) return AnswerAll(items, first_leaf.status());

  if (!group.batch().empty()) {
    if (Status status = engine_->Write(group.batch(), options_.sync); !status.ok()) {
      return Fail(std::move(status), std::move(items));
    }
    const uint64_t number = groups() + 1;
    for (const CommittedWork& committed : accepted) recent_.Add(*committed.work, number);
    if (hooks_ != nullptr) hooks_->Publish(accepted, group.revision());
    const bool moved = group.revision() != revision();
    time_micros_.store(group.time().micros(), std::memory_order_release);
    revision_.store(group.revision().value(), std::memory_order_release);
    groups_.store(number, std::memory_order_release);
    if (moved && options_.on_revision) options_.on_revision(group.revision());
  }

  uint64_t next_leaf = *first_leaf;
  for (size_t i = 0; i < items.size(); ++i) {
    if (answers[i].ok()) {
      answers[i]->first_leaf = next_leaf;
      next_leaf += items[i].work.leaves().size();
    }
    items[i].done(std::move(answers[i]));
  }
}

StatusOr<uint64_t> Committer::AppendLeaves(const std::vector<CommittedWork>& accepted, Timestamp time, Batch* batch) {
  std::vector<const Work::Leaf*> leaves;
  for (const CommittedWork& committed : accepted) {
    for (const Work::Leaf& leaf : committed.work->leaves()) leaves.push_back(&leaf);
  }
  if (leaves.empty()) return 0;
  return hooks_->AppendLeaves(leaves, time, batch);
}

void Committer::Fail(Status cause, Items items) {
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    for (Item& waiting : queue_) items.push_back(std::move(waiting));
    queue_.clear();
  }
  AnswerAll(items, base::Unavailable("the write could not be brought to the device; its outcome is unknown"));
  if (options_.on_fatal) options_.on_fatal(std::move(cause));
}

void Committer::AnswerAll(const Items& items, const Status& status) {
  for (const Item& item : items) item.done(status);
}

}  // namespace cadastre::storage
