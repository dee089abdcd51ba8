#include "authz/front/front.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "authz/view/revision_gate.h"
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
  // Who writes is asked again before another attempt: he may have been shut out meanwhile.
  std::function<StatusOr<Viewer>()> admit;
};

namespace {

constexpr std::string_view kConflict = "others write to the same; try again";

size_t LaneOf(const Status& conflict) {
  return std::hash<std::string>()(storage::ConflictKeyOf(conflict)) % ConflictLanes::kLanes;
}

void Know(Call& call, const Viewer& viewer) {
  call.sender = base::Sender::OfPrincipal(viewer.principal());
  if (call.trace) call.trace->NoteCaller(viewer.principal());
}

Status Busy() { return base::ResourceExhausted("the server is busy; try again"); }

}  // namespace

void RefusalTally::Note(const Status& refusal, const std::vector<std::string>& names) {
  const std::optional<std::string> field = base::FieldOf(refusal);
  base::MutexLock lock(mutex_);
  Refusals& refusals = outcomes_[refusal.code()];
  ++refusals.count;
  for (const std::string& name : names) {
    const bool known = std::find(refusals.names.begin(), refusals.names.end(), name) != refusals.names.end();
    if (known || refusals.names_bytes + name.size() > kNamesBytesMax) continue;
    refusals.names_bytes += name.size();
    refusals.names.push_back(name);
  }
  if (!field) return;
  const bool room = refusals.fields.size() < kFieldsMax || refusals.fields.contains(*field);
  if (room) ++refusals.fields[*field];
}

void Front::HandOn(const Call& call, const std::function<void()>& task) {
  // A copy, because a refused task is gone.
  if (!executor_->Continue(call.sender, task)) task();
}

Status Front::FindSender(Call& call) { return call.sender.known() ? absl::OkStatus() : CheckCaller(call); }

Status Front::CheckDeadline(const Call& call) const {
  if (guard_->clock().Now() < call.deadline) return absl::OkStatus();
  return base::DeadlineExceeded("the deadline passed before the answer was ready");
}

void Front::Refuse(const Call& call, const std::string& principal, const Status& outcome,
                   std::function<void(Status)> done) {
  if (call.tally) {
    call.tally->Note(outcome, call.names ? call.names() : std::vector<std::string>());
    return done(outcome);
  }
  guard_->Audit(call, principal, outcome, {}, Revision(),
                [this, call, outcome, done = std::move(done)](const Status& recorded) {
                  HandOn(call, [done, answer = recorded.ok() ? outcome : recorded] { done(answer); });
                });
}

void Front::RecordRefusals(const Call& call, std::function<void(Status)> done) {
  const RefusalTally::Outcomes outcomes = call.tally ? call.tally->Take() : RefusalTally::Outcomes();
  if (outcomes.empty()) return done(absl::OkStatus());
  const StatusOr<Viewer> viewer = guard_->Authenticate(call.bearer);
  guard_->AuditCounted(call, viewer.ok() ? viewer->principal() : "", outcomes,
                       [this, call, done = std::move(done)](const Status& recorded) {
                         HandOn(call, [done, recorded] { done(recorded); });
                       });
}

void Front::Enqueue(const Call& call, std::function<void()> task, const std::function<void(Status)>& refused) {
  const base::Sender sender = call.sender.known() ? call.sender : base::Sender::OfAddress(call.peer);
  if (executor_->TrySubmit(sender, std::move(task))) return;
  refused(TurnAway(call));
}

Status Front::TurnAway(const Call& call) {
  if (!call.offered_again) guard_->CountTurnedAway(call.peer);
  return Busy();
}

Status Front::CheckCaller(Call& call) {
  const StatusOr<Viewer> viewer = guard_->Authenticate(call.bearer);
  if (!viewer.ok()) {
    guard_->CountRefusal(call);
    return viewer.status();
  }
  Know(call, *viewer);
  return absl::OkStatus();
}

base::Sender Front::SenderOf(std::string_view bearer) {
  const StatusOr<Viewer> viewer = guard_->Authenticate(bearer);
  return viewer.ok() ? base::Sender::OfPrincipal(viewer->principal()) : base::Sender();
}

bool Front::AdmitCaller(Call& call, std::function<void(Status)> refused) {
  const StatusOr<Viewer> viewer = guard_->Authenticate(call.bearer);
  if (!viewer.ok()) {
    guard_->CountRefusal(call);
    refused(viewer.status());
    return false;
  }
  Know(call, *viewer);
  const Status may = guard_->CheckOperation(*viewer, *call.operation);
  if (may.ok()) return true;
  Refuse(call, viewer->principal(), may, std::move(refused));
  return false;
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
  if (const Status unknown = FindSender(task->call); !unknown.ok()) return task->done(unknown);
  if (task->call.on_executor) return StartRead(task);
  if (!executor_->TrySubmit(task->call.sender, [this, task] { StartRead(task); })) task->done(TurnAway(task->call));
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
    if (!executor_->Continue(task->call.sender, [this, task] { AnswerRead(task); })) {
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
                  HandOn(task->call, [task, answer = recorded.ok() ? outcome : recorded] { task->done(answer); });
                });
}

void Front::RunWrite(Call call, WriteHandler handler, std::function<void(StatusOr<Revision>)> done) {
  CHECK(call.operation != nullptr && call.operation->effect == Effect::kWrite) << "a write needs a write's entry";
  auto task = std::make_shared<WriteTask>(
      WriteTask{std::move(call), std::move(handler), std::move(done), std::nullopt, 0, std::nullopt, nullptr});
  if (const Status unknown = FindSender(task->call); !unknown.ok()) return task->done(unknown);
  if (task->call.on_executor) return StartWrite(task);
  if (!executor_->TrySubmit(task->call.sender, [this, task] { StartWrite(task); })) task->done(TurnAway(task->call));
}

void Front::RunLogin(Call call, std::string user, std::string password, WriteHandler handler,
                     std::function<void(StatusOr<Revision>)> done) {
  CHECK(call.operation != nullptr && call.operation->effect == Effect::kLogin) << "a login needs a login's entry";
  auto task = std::make_shared<WriteTask>(
      WriteTask{std::move(call), std::move(handler), std::move(done), std::nullopt, 0, std::nullopt, nullptr});
  const auto start = [this, task, user = std::move(user), password = std::move(password)] {
    // Nobody waits for it any more, so it is not worth the hashing.
    if (Status late = CheckDeadline(task->call); !late.ok()) {
      guard_->CountLateLogin(task->call);
      return task->done(late);
    }
    StatusOr<Viewer> viewer = guard_->LogIn(user, password, task->call.peer);
    if (!viewer.ok()) {
      guard_->CountFailedLogin(task->call);
      return task->done(viewer.status());
    }
    task->viewer = *std::move(viewer);
    task->admit = [this, task = task.get(), user, password] { return guard_->LogIn(user, password, task->call.peer); };
    Know(task->call, *task->viewer);
    TryWrite(task);
  };
  if (!logins_.TrySubmit(task->call.peer, start)) task->done(TurnAway(task->call));
}

void Front::RunConfirmed(Call call, std::string password, WriteHandler handler,
                         std::function<void(StatusOr<Revision>)> done) {
  auto task = std::make_shared<WriteTask>(
      WriteTask{std::move(call), std::move(handler), std::move(done), std::nullopt, 0, std::nullopt, nullptr});
  const auto confirm = [this, task, password = std::move(password)] {
    if (Status late = CheckDeadline(task->call); !late.ok()) return FinishWrite(task, late);
    const std::string& user = task->viewer->principal();
    const Status right = guard_->LogIn(user, password, task->call.peer).status();
    if (right.ok()) return TryWrite(task);
    task->call.detail = user;
    guard_->CountFailedLogin(task->call);
    if (!absl::IsUnauthenticated(right)) return FinishWrite(task, right);
    FinishWrite(task, base::InvalidField("old_password", "the password you have now"));
  };
  const auto start = [this, task, confirm] {
    if (!AdmitWriter(task)) return;
    if (!logins_.TrySubmit(task->call.peer, confirm)) FinishWrite(task, TurnAway(task->call));
  };
  if (const Status unknown = FindSender(task->call); !unknown.ok()) return task->done(unknown);
  if (task->call.on_executor) return start();
  if (!executor_->TrySubmit(task->call.sender, start)) task->done(TurnAway(task->call));
}

void Front::StartWrite(const std::shared_ptr<WriteTask>& task) {
  if (AdmitWriter(task)) TryWrite(task);
}

bool Front::AdmitWriter(const std::shared_ptr<WriteTask>& task) {
  StatusOr<Viewer> viewer = Admit(task->call, [task](const Status& refused) { task->done(refused); });
  if (!viewer.ok()) return false;
  task->viewer = *std::move(viewer);
  task->admit = [this, task = task.get()]() -> StatusOr<Viewer> {
    ASSIGN_OR_RETURN(Viewer again, guard_->Authenticate(task->call.bearer));
    RETURN_IF_ERROR(guard_->CheckOperation(again, *task->call.operation));
    return again;
  };
  return true;
}

void Front::TryAgain(const std::shared_ptr<WriteTask>& task) {
  StatusOr<Viewer> viewer = task->admit();
  if (!viewer.ok()) return FinishWrite(task, viewer.status());
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
                    HandOn(task->call, [this, task, result = recorded.ok() ? StatusOr<Revision>(revision) : recorded] {
                      FinishWrite(task, result);
                    });
                  });
    return;
  }
  if (!handled.ok() && session->outdated()) {
    // What the handler missed is there in a moment: to the writer this is a conflict, not a name that does not exist.
    if (task->attempts >= kWriteAttemptsMax) return FinishWrite(task, base::Aborted(kConflict));
    std::this_thread::yield();
    if (!executor_->Continue(task->call.sender, [this, task] { TryAgain(task); })) FinishWrite(task, Busy());
    return;
  }
  if (!handled.ok()) return FinishWrite(task, handled);
  if (task->call.validate_only) return FinishUnwritten(task, *session);
  guard_->Commit(task->call, *std::move(session), [this, task](StatusOr<Revision> result) {
    const bool again = absl::IsAborted(result.status()) && task->attempts < kWriteAttemptsMax;
    if (!again) {
      if (absl::IsAborted(result.status())) result = base::Aborted(kConflict);
      return HandOn(task->call, [this, task, result = std::move(result)] { FinishWrite(task, result); });
    }
    // Not handed on: a handler must never run on the committer's thread.
    const auto retry = [this, task] {
      if (!executor_->Continue(task->call.sender, [this, task] { TryAgain(task); })) FinishWrite(task, Busy());
    };
    // A change of policy is no row to take turns on: by now it is published.
    if (task->lane || storage::ConflictKeyOf(result.status()).empty()) return retry();
    task->lane = LaneOf(result.status());
    lanes_.Enter(*task->lane, retry);
  });
}

// The leaf says that it was checked only, and of which assets.
void Front::FinishUnwritten(const std::shared_ptr<WriteTask>& task, WriteSession& session) {
  guard_->Audit(task->call, task->viewer->principal(), absl::OkStatus(), session.shown(), session.published().revision,
                [this, task](const Status& recorded) {
                  HandOn(task->call, [this, task, result = recorded.ok() ? StatusOr<Revision>(Revision()) : recorded] {
                    FinishWrite(task, result);
                  });
                });
}

void Front::FinishWrite(const std::shared_ptr<WriteTask>& task, StatusOr<Revision> result) {
  if (task->lane) lanes_.Leave(*task->lane);
  if (result.ok()) return task->done(std::move(result));
  Refuse(task->call, task->viewer->principal(), result.status(), [task](const Status& answer) { task->done(answer); });
}

}  // namespace cadastre::authz
