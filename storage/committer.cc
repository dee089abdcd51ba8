#include "storage/committer.h"

#include <algorithm>
#include <future>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "storage/commit_group.h"
#include "storage/horizon.h"
#include "storage/large_commit.h"
#include "storage/staging.h"

namespace cadastre::storage {

StatusOr<std::unique_ptr<Committer>> Committer::Open(Engine* engine, Clock* clock, CommitHooks* hooks,
                                                     Options options) {
  CHECK(options.queue_max > 0 && options.group_works_max > 0) << "a committer needs room for one work";
  ASSIGN_OR_RETURN(const LastCommit last, ReadLastCommit(engine));
  std::unique_ptr<Committer> committer(
      new Committer(engine, clock, hooks, std::move(options), last.revision, last.time));
  // A full device is no reason not to start: what is left there waits for room as writes do.
  if (Status status = committer->TakeBackStaged(); !status.ok() && !absl::IsResourceExhausted(status)) return status;
  return committer;
}

Committer::Committer(Engine* engine, Clock* clock, CommitHooks* hooks, Options options, Revision revision,
                     Timestamp time)
    : engine_(engine),
      clock_(clock),
      hooks_(hooks),
      options_(std::move(options)),
      revision_(revision.value()),
      time_micros_(time.micros()),
      policy_(revision) {}

Committer::~Committer() {
  Items left;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    left.swap(queue_);
    for (Item& leaf : leaves_) left.push_back(std::move(leaf));
    leaves_.clear();
  }
  AnswerAll(left, base::Unavailable("the server is stopping"));
}

Timestamp Committer::last_time() const { return Timestamp(time_micros_.load(std::memory_order_acquire)); }

size_t Committer::queued() const {
  base::MutexLock lock(mutex_);
  return queue_.size() + leaves_.size();
}

Status Committer::Enqueue(Item& item) {
  RETURN_IF_ERROR(CheckWork(item.work));
  if (hooks_ == nullptr && !item.work.leaves().empty()) {
    return base::FailedPrecondition("no audit log is attached to take a leaf");
  }
  item.bytes = item.work.bytes();
  item.rows = item.work.rows();
  item.leaves_alone = item.work.leaves_alone();
  base::MutexLock lock(mutex_);
  if (closed_) return base::Unavailable("the server is stopping");
  const size_t waiting = queue_.size() + leaves_.size();
  if (waiting >= options_.queue_max) return base::ResourceExhausted("too many writes wait to be committed");
  item.arrived = ++arrivals_;
  (item.leaves_alone ? leaves_ : queue_).push_back(std::move(item));
  if (waiting == 0) arrived_.NotifyOne();
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
    if (items.size() == 1 && IsLarge(items.front())) {
      CommitLarge(std::move(items.front()));
    } else {
      CommitItems(std::move(items));
    }
  }
}

Committer::Items Committer::TakeGroup() {
  base::MutexLock lock(mutex_);
  while (queue_.empty() && leaves_.empty() && !closed_) arrived_.Wait(mutex_);
  Items items;
  size_t bytes = 0;
  size_t rows = 0;
  while (items.size() < options_.group_works_max && !(queue_.empty() && leaves_.empty())) {
    const bool leaf = queue_.empty() || (!leaves_.empty() && leaves_.front().arrived < queue_.front().arrived);
    Items& from = leaf ? leaves_ : queue_;
    bytes += from.front().bytes;
    rows += from.front().rows;
    if (!items.empty() && (bytes > options_.group_bytes_max || rows > options_.group_rows_max)) break;
    items.push_back(std::move(from.front()));
    from.pop_front();
    if (IsLarge(items.back())) break;
  }
  return items;
}

// A change of policy stays whole: what is known of tokens and principals must not be half of it. What is forgotten was
// readable until now and cannot go ahead of the commit.
bool Committer::IsLarge(const Item& item) const {
  if (item.work.log().policy() || item.leaves_alone || !item.work.forgotten().empty()) return false;
  return item.rows > options_.group_rows_max || item.bytes > options_.group_bytes_max;
}

bool Committer::CommitLeaves() {
  Items items;
  {
    base::MutexLock lock(mutex_);
    while (!leaves_.empty() && items.size() < options_.group_works_max) {
      items.push_back(std::move(leaves_.front()));
      leaves_.pop_front();
    }
  }
  if (!items.empty()) CommitItems(std::move(items));
  return !failed_;
}

void Committer::CommitLarge(Item item) {
  bool full = false;
  StatusOr<CommitResult> result = LargeCommit(this).Commit(item.work, &full);
  if (full) result = LargeCommit(this).Commit(item.work, &full);
  item.done(std::move(result));
  while (item.work.Release(options_.part_rows_max)) CommitLeaves();
}

void Committer::CommitItems(Items items, bool again) {
  std::vector<const Work*> works;
  for (const Item& item : items) works.push_back(&item.work);
  const bool leaves_alone = std::all_of(items.begin(), items.end(), [](const Item& item) { return item.leaves_alone; });
  const Status cleared = leaves_alone ? absl::OkStatus() : TakeBackStaged();
  if (!cleared.ok() && !absl::IsResourceExhausted(cleared)) return Fail(cleared, std::move(items));
  CommitGroup group(engine_, &recent_, {revision(), last_time(), policy_}, clock_->Now());
  if (Status status = group.Load(works); !status.ok()) return AnswerAll(items, status);

  std::vector<StatusOr<CommitResult>> answers;
  std::vector<CommittedWork> accepted;
  for (Item& item : items) {
    Status admitted = options_.admit ? options_.admit(item.work.takes_room()) : absl::OkStatus();
    if (admitted.ok() && !item.leaves_alone) admitted = cleared;
    const StatusOr<CommittedWork> committed = admitted.ok() ? group.Add(item.work) : admitted;
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
      if (absl::IsResourceExhausted(status)) return CommitAgain(std::move(items), again);
      return Fail(std::move(status), std::move(items));
    }
    // Leaves alone write no row a work can be based on, so they are no group of its count: while a large work is under
    // way the number its rows are known by must stay free.
    const uint64_t number = leaves_alone ? groups() : groups() + 1;
    if (!leaves_alone) {
      for (const CommittedWork& committed : accepted) recent_.Add(*committed.work, number);
    }
    if (hooks_ != nullptr) hooks_->Publish(accepted, group.revision());
    Advance(group, number);
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

// Records of reads, and what takes away, may still find room.
void Committer::CommitAgain(Items items, bool again) {
  NoteFull();
  if (!again) return CommitItems(std::move(items), /*again=*/true);
  AnswerAll(items, DeviceFull());
}

void Committer::NoteFull() {
  if (hooks_ != nullptr) hooks_->Discard();
  if (options_.on_full) options_.on_full();
}

Status Committer::TakeBackStaged() {
  while (staged_left_) {
    const StatusOr<bool> none = Staging::TakeBackPart(engine_);
    if (absl::IsResourceExhausted(none.status())) return DeviceFull();
    RETURN_IF_ERROR(none.status());
    staged_left_ = !*none;
  }
  return absl::OkStatus();
}

void Committer::Advance(const CommitGroup& group, uint64_t number) {
  const bool moved = group.revision() != revision();
  policy_ = group.policy();
  time_micros_.store(group.time().micros(), std::memory_order_release);
  revision_.store(group.revision().value(), std::memory_order_release);
  groups_.store(number, std::memory_order_release);
  if (moved && options_.on_revision) options_.on_revision(group.revision());
}

StatusOr<uint64_t> Committer::AppendLeaves(const std::vector<CommittedWork>& accepted, Timestamp time, Batch* batch) {
  std::vector<CommittedLeaf> leaves;
  for (const CommittedWork& committed : accepted) {
    for (const Work::Leaf& leaf : committed.work->leaves()) leaves.push_back({&leaf, committed.revision});
  }
  if (leaves.empty()) return 0;
  return hooks_->AppendLeaves(leaves, time, batch);
}

void Committer::Fail(Status cause, Items items) {
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    for (Items* waiting : {&queue_, &leaves_}) {
      for (Item& item : *waiting) items.push_back(std::move(item));
      waiting->clear();
    }
  }
  failed_ = true;
  AnswerAll(items, OutcomeUnknown());
  if (options_.on_fatal) options_.on_fatal(std::move(cause));
}

Status Committer::DeviceFull() {
  return base::ResourceExhausted("the disk is full: nothing is written until there is room again");
}

Status Committer::OutcomeUnknown() {
  return base::Unavailable("the write could not be brought to the device; its outcome is unknown");
}

void Committer::AnswerAll(const Items& items, const Status& status) {
  for (const Item& item : items) item.done(status);
}

}  // namespace cadastre::storage
