#include "storage/large_commit.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace cadastre::storage {
namespace {

size_t PutBytes(const Work::Put& put) { return put.key.size() + (put.value ? put.value->size() : 0); }

}  // namespace

LargeCommit::LargeCommit(Committer* committer)
    : committer_(committer),
      group_(committer->engine_, &committer->recent_,
             {committer->revision(), committer->last_time(), committer->policy_}, committer->clock_->Now()),
      staging_(committer->engine_) {}

Status LargeCommit::InParts(size_t size, const std::function<size_t(size_t)>& bytes, const Part& part) {
  const Committer::Options& options = committer_->options_;
  for (size_t first = 0; first < size;) {
    size_t count = 0;
    for (size_t taken = 0; first + count < size && count < options.part_rows_max && taken < options.part_bytes_max;) {
      taken += bytes(first + count++);
    }
    RETURN_IF_ERROR(part(first, count));
    first += count;
    if (!committer_->CommitLeaves()) return Committer::OutcomeUnknown();
  }
  return absl::OkStatus();
}

StatusOr<CommitResult> LargeCommit::Commit(Work& work, bool* full) {
  StatusOr<CommitResult> result = Run(work);
  *full = full_;
  return result;
}

StatusOr<CommitResult> LargeCommit::Run(Work& work) {
  if (committer_->options_.admit) RETURN_IF_ERROR(committer_->options_.admit(work.takes_room()));
  if (Status status = committer_->TakeBackStaged(); !status.ok()) {
    return absl::IsResourceExhausted(status) ? status : Fatal(std::move(status));
  }
  const auto key_bytes = [&](size_t i) { return work.preconditions()[i].key.size(); };
  RETURN_IF_ERROR(InParts(work.preconditions().size(), key_bytes,
                          [&](size_t first, size_t count) { return group_.CheckPart(work, first, count); }));
  // Once more where there are no preconditions at all: policy counts by itself.
  RETURN_IF_ERROR(group_.CheckPart(work, 0, 0));
  CommittedWork committed = group_.Number(work);
  committed.published_in_parts = true;
  RETURN_IF_ERROR(Stage(committed));

  const StatusOr<uint64_t> first_leaf = committer_->AppendLeaves({committed}, group_.now(), &group_.batch());
  if (!first_leaf.ok()) return TakeBack(first_leaf.status());
  staging_.Settle(&group_.batch());
  if (Status status = committer_->engine_->Write(group_.batch(), committer_->options_.sync); !status.ok()) {
    return Fail(std::move(status));
  }
  RETURN_IF_ERROR(Publish(committed));
  return CommitResult{group_.revision(), committed.time, *first_leaf};
}

Status LargeCommit::Stage(const CommittedWork& committed) {
  const auto& puts = committed.work->puts();
  Status written;
  const Status staged = InParts(
      puts.size(), [&](size_t i) { return PutBytes(puts[i]); },
      [&](size_t first, size_t count) {
        Batch rows;
        group_.ApplyPart(committed, first, count, &rows);
        return written = staging_.Stage(std::move(rows));
      });
  return written.ok() ? staged : Fail(written);
}

Status LargeCommit::Fail(Status written) {
  if (!absl::IsResourceExhausted(written)) return Fatal(std::move(written));
  full_ = true;
  committer_->NoteFull();
  return TakeBack(Committer::DeviceFull());
}

Status LargeCommit::TakeBack(Status why) {
  committer_->staged_left_ = true;
  while (true) {
    const StatusOr<bool> none = Staging::TakeBackPart(committer_->engine_);
    if (absl::IsResourceExhausted(none.status())) return why;
    if (!none.ok()) return Fatal(none.status());
    committer_->staged_left_ = !*none;
    if (*none) return why;
    if (!committer_->CommitLeaves()) return Committer::OutcomeUnknown();
  }
}

Status LargeCommit::Publish(const CommittedWork& committed) {
  // Its leaves are on the device: those that come between the parts may find no room and be discarded.
  if (committer_->hooks_ != nullptr) committer_->hooks_->Publish({}, committer_->revision());
  const uint64_t number = committer_->groups() + 1;
  RETURN_IF_ERROR(InParts(
      committed.work->puts().size(), [](size_t) { return size_t{0}; },
      [&](size_t first, size_t count) {
        committer_->recent_.Add(*committed.work, first, count, number);
        if (committer_->hooks_ != nullptr) committer_->hooks_->PublishPart(committed, first, count);
        return absl::OkStatus();
      }));
  if (committer_->hooks_ != nullptr) committer_->hooks_->Publish({committed}, group_.revision());
  committer_->Advance(group_, number);
  return absl::OkStatus();
}

Status LargeCommit::Fatal(Status cause) {
  committer_->Fail(std::move(cause), {});
  return Committer::OutcomeUnknown();
}

}  // namespace cadastre::storage
