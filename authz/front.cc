#include "authz/front.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "authz/revision_gate.h"
#include "base/check.h"
#include "base/status.h"
#include "storage/committer.h"

namespace cadastre::authz {

struct Front::ReadTask {
  Call call;
  ReadOptions options;
  ReadHandler handler;
  std::function<void(Status)> done;
  std::optional<Viewer> viewer;
};

struct Front::WriteTask {
  Call call;
  WriteHandler handler;
  std::function<void(StatusOr<Revision>)> done;
  std::optional<Viewer> viewer;
  int attempts = 0;
  std::optional<size_t> lane;
};

namespace {

constexpr std::string_view kConflict = "others write to the same; try again";

size_t LaneOf(const Status& conflict) {
  return std::hash<std::string>()(storage::ConflictKeyOf(conflict)) % ConflictLanes::kLanes;
}

Status Busy() { return base::ResourceExhausted("the server is busy; try again"); }

}  // namespace

void Front::HandOn(std::function<void()> task) {
  // A copy, because a refused task is gone.
  if (!executor_->TrySubmit(task)) task();
}

Status Front::CheckDeadline(const Call& call) const {
  if (guard_->clock().Now() < call.deadline) return absl::OkStatus();
  return base::DeadlineExceeded("the deadline passed before the answer was ready");
}

void Front::Refuse(const Call& call, const std::string& principal, const Status& outcome,
                   std::function<void(Status)> done) {
  guard_->Audit(call, principal, outcome, {}, Revision(),
                [this, outcome, done = std::move(done)](const Status& recorded) {
                  HandOn([done, answer = recorded.ok() ? outcome : recorded] { done(answer); });
                });
}

void Front::Enqueue(std::string_view peer, std::function<void()> task, const std::function<void(Status)>& refused) {
  if (executor_->TrySubmit(std::move(task))) return;
  guard_->CountTurnedAway(peer);
  refused(Busy());
}

Status Front::TurnAway(const Call& call) {
  if (!call.offered_again) guard_->CountTurnedAway(call.peer);
  return Busy();
}

Status Front::CheckCaller(const Call& call) {
  Status known = guard_->Authenticate(call.bearer).status();
  if (!known.ok()) guard_->CountRefusal(call);
  return known;
}

StatusOr<Viewer> Front::Admit(const Call& call, const std::function<void(Status)>& refused) {
  StatusOr<Viewer> viewer = guard_->Authenticate(call.bearer);
  if (!viewer.ok()) {
    guard_->CountRefusal(call);
    refused(viewer.status());
    return viewer;
  }
  if (call.trace) call.trace->NoteCaller(viewer->principal());
  if (Status status = guard_->CheckOperation(*viewer, *call.operation); !status.ok()) {
    Refuse(call, viewer->principal(), status, refused);
    return status;
  }
  if (!call.shape.ok()) {
    Refuse(call, viewer->principal(), call.shape, refused);
    return call.shape;
  }
  return viewer;
}

void Front::RunRead(Call call, ReadOptions options, ReadHandler handler, std::function<void(Status)> done) {
  CHECK(call.operation != nullptr && call.operation->effect == Effect::kRead) << "a read needs a read's entry";
  auto task = std::make_shared<ReadTask>(
      ReadTask{std::move(call), std::move(options), std::move(handler), std::move(done), std::nullopt});
  if (task->call.on_executor) return StartRead(task);
  if (!executor_->TrySubmit([this, task] { StartRead(task); })) task->done(TurnAway(task->call));
}

void Front::StartRead(const std::shared_ptr<ReadTask>& task) {
  StatusOr<Viewer> viewer = Admit(task->call, task->done);
  if (!viewer.ok()) return;
  task->viewer = *std::move(viewer);
  const StatusOr<Revision> awaited = guard_->RevisionToAwait(task->options);
  if (!awaited.ok()) return Refuse(task->call, task->viewer->principal(), awaited.status(), task->done);
  // Without a follower between, the tables are at every revision a client can know of.
  if (task->call.gate == nullptr || task->call.gate->reached() >= *awaited) return AnswerRead(task);
  task->call.gate->WhenReached(*awaited, task->call.deadline, [this, task](const Status& reached) {
    if (!reached.ok()) return Refuse(task->call, task->viewer->principal(), reached, task->done);
    if (!executor_->TrySubmit([this, task] { AnswerRead(task); })) {
      Refuse(task->call, task->viewer->principal(), Busy(), task->done);
    }
  });
}

void Front::AnswerRead(const std::shared_ptr<ReadTask>& task) {
  const std::string& principal = task->viewer->principal();
  if (Status late = CheckDeadline(task->call); !late.ok()) return Refuse(task->call, principal, late, task->done);
  StatusOr<GovernedView> view = guard_->OpenRead(*task->viewer, task->options);
  if (!view.ok()) return Refuse(task->call, principal, view.status(), task->done);
  Status outcome = task->handler(*view);
  // What the view could not read it hid; an answer without it would be a wrong one.
  outcome.Update(view->status());
  guard_->Audit(task->call, principal, outcome, view->shown(), view->revision(),
                [this, task, outcome](const Status& recorded) {
                  HandOn([task, answer = recorded.ok() ? outcome : recorded] { task->done(answer); });
                });
}

void Front::RunWrite(Call call, WriteHandler handler, std::function<void(StatusOr<Revision>)> done) {
  CHECK(call.operation != nullptr && call.operation->effect == Effect::kWrite) << "a write needs a write's entry";
  auto task = std::make_shared<WriteTask>(
      WriteTask{std::move(call), std::move(handler), std::move(done), std::nullopt, 0, std::nullopt});
  if (task->call.on_executor) return StartWrite(task);
  if (!executor_->TrySubmit([this, task] { StartWrite(task); })) task->done(TurnAway(task->call));
}

void Front::RunLogin(Call call, std::string user, std::string password, WriteHandler handler,
                     std::function<void(StatusOr<Revision>)> done) {
  auto task = std::make_shared<WriteTask>(
      WriteTask{std::move(call), std::move(handler), std::move(done), std::nullopt, 0, std::nullopt});
  const auto start = [this, task, user = std::move(user), password = std::move(password)] {
    // Nobody waits for it any more, so it is not worth the hashing.
    if (Status late = CheckDeadline(task->call); !late.ok()) return task->done(late);
    StatusOr<Viewer> viewer = guard_->LogIn(user, password, task->call.peer);
    if (!viewer.ok()) {
      guard_->CountFailedLogin(task->call);
      return task->done(viewer.status());
    }
    task->viewer = *std::move(viewer);
    if (task->call.trace) task->call.trace->NoteCaller(task->viewer->principal());
    TryWrite(task);
  };
  if (!logins_.TrySubmit(task->call.peer, start)) task->done(TurnAway(task->call));
}

void Front::StartWrite(const std::shared_ptr<WriteTask>& task) {
  StatusOr<Viewer> viewer = Admit(task->call, [task](const Status& refused) { task->done(refused); });
  if (!viewer.ok()) return;
  task->viewer = *std::move(viewer);
  TryWrite(task);
}

void Front::TryWrite(const std::shared_ptr<WriteTask>& task) {
  ++task->attempts;
  if (Status late = CheckDeadline(task->call); !late.ok()) return FinishWrite(task, late);
  StatusOr<WriteSession> session = guard_->BeginWrite(*task->viewer);
  if (!session.ok()) return FinishWrite(task, session.status());
  const StatusOr<std::optional<Revision>> first = guard_->FindRepeat(task->call, *session);
  if (!first.ok()) return FinishWrite(task, first.status());
  const Status handled = task->handler(*session);
  if (first->has_value()) {
    guard_->Audit(task->call, task->viewer->principal(), absl::OkStatus(), {}, **first,
                  [this, task, revision = **first](const Status& recorded) {
                    HandOn([this, task, result = recorded.ok() ? StatusOr<Revision>(revision) : recorded] {
                      FinishWrite(task, result);
                    });
                  });
    return;
  }
  if (!handled.ok() && session->outdated()) {
    // What the handler missed is there in a moment: to the writer this is a conflict, not a name that does not exist.
    if (task->attempts >= kWriteAttemptsMax) return FinishWrite(task, base::Aborted(kConflict));
    std::this_thread::yield();
    if (!executor_->TrySubmit([this, task] { TryWrite(task); })) FinishWrite(task, Busy());
    return;
  }
  if (!handled.ok()) return FinishWrite(task, handled);
  guard_->Commit(task->call, *std::move(session), [this, task](StatusOr<Revision> result) {
    const bool again = absl::IsAborted(result.status()) && task->attempts < kWriteAttemptsMax;
    if (!again) {
      if (absl::IsAborted(result.status())) result = base::Aborted(kConflict);
      return HandOn([this, task, result = std::move(result)] { FinishWrite(task, result); });
    }
    // Not handed on: a handler must never run on the committer's thread.
    const auto retry = [this, task] {
      if (!executor_->TrySubmit([this, task] { TryWrite(task); })) FinishWrite(task, Busy());
    };
    if (task->lane) return retry();
    task->lane = LaneOf(result.status());
    lanes_.Enter(*task->lane, retry);
  });
}

void Front::FinishWrite(const std::shared_ptr<WriteTask>& task, StatusOr<Revision> result) {
  if (task->lane) lanes_.Leave(*task->lane);
  if (result.ok()) return task->done(std::move(result));
  Refuse(task->call, task->viewer->principal(), result.status(), [task](const Status& answer) { task->done(answer); });
}

}  // namespace cadastre::authz
