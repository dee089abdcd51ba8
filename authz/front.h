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
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "authz/call.h"
#include "authz/conflict_lanes.h"
#include "authz/guard.h"
#include "authz/login_queue.h"
#include "authz/view.h"
#include "authz/write_session.h"
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

  // `finish` adds to the answer what only the commit knows (the revision token).
  // A repeated request (same idempotency key and content) commits nothing: its handler runs for the answer alone, which
  // is empty where the handler fails by now, and `finish` gets the first commit's revision.
  template <typename Response>
  void Write(Call call, std::function<StatusOr<Response>(WriteSession&)> handler,
             std::function<void(Response&, Revision)> finish, std::function<void(StatusOr<Response>)> done) {
    auto answer = std::make_shared<Response>();
    RunWrite(
        std::move(call),
        [answer, handler = std::move(handler)](WriteSession& session) {
          *answer = Response();
          StatusOr<Response> response = handler(session);
          if (response.ok()) *answer = *std::move(response);
          return response.status();
        },
        [answer, finish = std::move(finish), done = std::move(done)](StatusOr<Revision> revision) {
          if (!revision.ok()) return done(revision.status());
          if (finish) finish(*answer, *revision);
          done(std::move(*answer));
        });
  }

  // A write by a local user's name and password instead of a bearer: what it makes is the session's token. The call
  // names LoginOperation(), and its detail the name that is tried; wrong pairs are counted by name and address.
  template <typename Response>
  void Login(Call call, std::string user, std::string password,
             std::function<StatusOr<Response>(WriteSession&)> handler, std::function<void(StatusOr<Response>)> done) {
    auto answer = std::make_shared<Response>();
    RunLogin(
        std::move(call), std::move(user), std::move(password),
        [answer, handler = std::move(handler)](WriteSession& session) {
          StatusOr<Response> response = handler(session);
          if (response.ok()) *answer = *std::move(response);
          return response.status();
        },
        [answer, done = std::move(done)](StatusOr<Revision> revision) {
          if (!revision.ok()) return done(revision.status());
          done(std::move(*answer));
        });
  }

  // For a door that has more to do than its own threads may, such as parsing a large body: runs `task` on the executor,
  // or calls `refused` at once where that is full. `peer` is the caller's address.
  void Enqueue(std::string_view peer, std::function<void()> task, const std::function<void(Status)>& refused);
  // UNAUTHENTICATED, and counted, where nobody is known by the call's bearer: before more work is done for it. Read and
  // Write look again by themselves.
  Status CheckCaller(const Call& call);

 private:
  struct ReadTask;
  struct WriteTask;
  using ReadHandler = std::function<Status(GovernedView&)>;
  using WriteHandler = std::function<Status(WriteSession&)>;

  void RunRead(Call call, ReadOptions options, ReadHandler handler, std::function<void(Status)> done);
  void StartRead(const std::shared_ptr<ReadTask>& task);
  void AnswerRead(const std::shared_ptr<ReadTask>& task);
  void RunWrite(Call call, WriteHandler handler, std::function<void(StatusOr<Revision>)> done);
  void RunLogin(Call call, std::string user, std::string password, WriteHandler handler,
                std::function<void(StatusOr<Revision>)> done);
  void StartWrite(const std::shared_ptr<WriteTask>& task);
  void TryWrite(const std::shared_ptr<WriteTask>& task);
  void FinishWrite(const std::shared_ptr<WriteTask>& task, StatusOr<Revision> result);
  // The leaf of a call that ends without a view or commit, then its answer.
  void Refuse(const Call& call, const std::string& principal, const Status& outcome, std::function<void(Status)> done);
  StatusOr<Viewer> Admit(const Call& call, const std::function<void(Status)>& refused);
  Status CheckDeadline(const Call& call) const;
  // On the executor, or at once on this thread where that is full or stopping: an answer is never lost.
  void HandOn(std::function<void()> task);
  // Counts a call the full executor did not take; what it is answered.
  Status TurnAway(const Call& call);

  Guard* guard_;
  base::Executor* executor_;
  LoginQueue logins_;
  ConflictLanes lanes_;
};

}  // namespace cadastre::authz
