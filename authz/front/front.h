// Front: the one template all doors pass through.
//
// A door parses and calls Read or Write; both return at once. On the executor:
// authenticate, check the operation's entry, wait (as a continuation) for
// min_revision and for the last governance revision, open the view or session,
// run the handler, queue the audit leaf, and answer from the completion of its
// sync. A handler may be run again after a conflict, so it must only depend on
// its arguments. If the leaf cannot be written the answer is UNAVAILABLE.
// Made once by main; thread rule: safe.
// Errors beside the handler's and the guard's: RESOURCE_EXHAUSTED (the executor is full), DEADLINE_EXCEEDED,
// ABORTED (a write still conflicts after kWriteAttemptsMax attempts), UNAVAILABLE.
// Every answer but these two is recorded before it leaves: refused tokens, failed logins and calls the full executor
// turned away are counted, a leaf an address and minute.
// The executor is shared by sender: who calls much at once waits for himself.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "authz/front/call.h"
#include "authz/front/conflict_lanes.h"
#include "authz/front/guard.h"
#include "authz/identity/login_queue.h"
#include "authz/view/view.h"
#include "authz/write/write_session.h"
#include "base/executor.h"
#include "base/words.h"

namespace cadastre::authz {

class Front {
 public:
  static constexpr int kWriteAttemptsMax = 16;

  // `logins`: an executor of their own, because to hash a password is slow on purpose.
  Front(Guard* guard, base::Executor* executor, base::Executor* logins)
      : guard_(guard), executor_(executor), logins_(logins) {}

  // `handler` fills the answer from the view; `done` is called exactly once, on any thread.
  template <typename Response>
  void Read(Call call, ReadOptions options, std::function<StatusOr<Response>(GovernedView&)> handler,
            std::function<void(StatusOr<Response>)> done) {
    auto answer = std::make_shared<Response>();
    RunRead(
        std::move(call), std::move(options),
        [answer, handler = std::move(handler)](GovernedView& view) {
          StatusOr<Response> response = handler(view);
          if (response.ok()) *answer = *std::move(response);
          return response.status();
        },
        [answer, done = std::move(done)](Status status) {
          if (!status.ok()) return done(std::move(status));
          done(std::move(*answer));
        });
  }

  // `finish` adds to the answer what only the commit knows (the revision token); after a call with `validate_only` it
  // is not called. A repeated request (same idempotency key and content) commits nothing: its handler runs for the
  // answer alone, which is empty where the handler fails by now, and `finish` gets the first commit's revision.
  template <typename Response>
  void Write(Call call, std::function<StatusOr<Response>(WriteSession&)> handler,
             std::function<void(Response&, Revision)> finish, std::function<void(StatusOr<Response>)> done) {
    auto answer = std::make_shared<Response>();
    if (call.validate_only) finish = nullptr;
    RunWrite(std::move(call), Into(answer, std::move(handler)), Finished(answer, std::move(finish), std::move(done)));
  }

  // A write by a local user's name and password instead of a bearer: what it makes is the session's token. The call
  // is of Effect::kLogin, and its detail the name that is tried; wrong pairs are counted by name and address.
  template <typename Response>
  void Login(Call call, std::string user, std::string password,
             std::function<StatusOr<Response>(WriteSession&)> handler, std::function<void(StatusOr<Response>)> done) {
    auto answer = std::make_shared<Response>();
    RunLogin(std::move(call), std::move(user), std::move(password), Into(answer, std::move(handler)),
             Finished<Response>(answer, nullptr, std::move(done)));
  }

  // A write by a bearer who also has to say his password, under the limits that logins have: a stolen token alone must
  // not do it. A wrong one is INVALID_ARGUMENT for `old_password`.
  template <typename Response>
  void Confirm(Call call, std::string password, std::function<StatusOr<Response>(WriteSession&)> handler,
               std::function<void(Response&, Revision)> finish, std::function<void(StatusOr<Response>)> done) {
    auto answer = std::make_shared<Response>();
    if (call.validate_only) finish = nullptr;
    RunConfirmed(std::move(call), std::move(password), Into(answer, std::move(handler)),
                 Finished(answer, std::move(finish), std::move(done)));
  }

  // For a door that has more to do than its own threads may, such as parsing a large body: runs `task` on the executor,
  // as the call's sender's, or calls `refused` at once where that sender has its share of the queue.
  void Enqueue(const Call& call, std::function<void()> task, const std::function<void(Status)>& refused);

  // Counts a call there is no room for; what it is answered.
  Status TurnAway(const Call& call);

  // What a door asks once it has a request's headers, before it reads, holds or unpacks more of it; both are quick, and
  // Read and Write look again by themselves.
  // UNAUTHENTICATED, and counted, where nobody is known by the call's bearer; else the call's sender is that principal.
  Status CheckCaller(Call& call);
  // Whom a bearer is of; unknown where nobody is known by it. Quick, and leaves no record: what is refused for it is
  // counted by who refuses it.
  base::Sender SenderOf(std::string_view bearer);
  // The same, and whether the caller may use the operation at all. Where not, `refused` is called once, now or when the
  // refusal is recorded, and the answer is false.
  bool AdmitCaller(Call& call, std::function<void(Status)> refused);

  // One leaf for each outcome that the call's tally noted since the last time; `done` with OK once they are on disk, at
  // once where there are none.
  void RecordRefusals(const Call& call, std::function<void(Status)> done);

 private:
  struct ReadTask;
  struct WriteTask;
  using ReadHandler = std::function<Status(GovernedView&)>;
  using WriteHandler = std::function<Status(WriteSession&)>;

  // The handler as the task runs it, which puts its response into `answer`.
  template <typename Response>
  static WriteHandler Into(std::shared_ptr<Response> answer, std::function<StatusOr<Response>(WriteSession&)> handler) {
    return [answer = std::move(answer), handler = std::move(handler)](WriteSession& session) {
      *answer = Response();
      StatusOr<Response> response = handler(session);
      if (response.ok()) *answer = *std::move(response);
      return response.status();
    };
  }
  template <typename Response>
  static std::function<void(StatusOr<Revision>)> Finished(std::shared_ptr<Response> answer,
                                                          std::function<void(Response&, Revision)> finish,
                                                          std::function<void(StatusOr<Response>)> done) {
    return [answer = std::move(answer), finish = std::move(finish),
            done = std::move(done)](const StatusOr<Revision>& revision) {
      if (!revision.ok()) return done(revision.status());
      if (finish) finish(*answer, *revision);
      done(std::move(*answer));
    };
  }

  void RunRead(Call call, ReadOptions options, ReadHandler handler, std::function<void(Status)> done);
  void StartRead(const std::shared_ptr<ReadTask>& task);
  void AnswerRead(const std::shared_ptr<ReadTask>& task);
  void RunWrite(Call call, WriteHandler handler, std::function<void(StatusOr<Revision>)> done);
  void RunLogin(Call call, std::string user, std::string password, WriteHandler handler,
                std::function<void(StatusOr<Revision>)> done);
  void RunConfirmed(Call call, std::string password, WriteHandler handler,
                    std::function<void(StatusOr<Revision>)> done);
  // Answers where he is refused, and says so.
  bool AdmitWriter(const std::shared_ptr<WriteTask>& task);
  void StartWrite(const std::shared_ptr<WriteTask>& task);
  void TryWrite(const std::shared_ptr<WriteTask>& task);
  void TryAgain(const std::shared_ptr<WriteTask>& task);
  void FinishUnwritten(const std::shared_ptr<WriteTask>& task, WriteSession& session);
  void FinishWrite(const std::shared_ptr<WriteTask>& task, StatusOr<Revision> result);
  // The leaf of a call that ends without a view or commit, then its answer.
  void Refuse(const Call& call, const std::string& principal, const Status& outcome, std::function<void(Status)> done);
  StatusOr<Viewer> Admit(const Call& call, const std::function<void(Status)>& refused);
  Status CheckDeadline(const Call& call) const;
  // On the executor, or at once on this thread where that is stopping: an answer is never lost.
  void HandOn(const Call& call, const std::function<void()>& task);
  // The call's sender, where the door did not say: the caller, or UNAUTHENTICATED.
  Status FindSender(Call& call);

  Guard* guard_;
  base::Executor* executor_;
  LoginQueue logins_;
  ConflictLanes lanes_;
};

}  // namespace cadastre::authz
