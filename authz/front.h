// Front: the one template all doors pass through.
//
// A door parses and calls Read or Write; both return at once. On the executor:
// authenticate, check the operation's entry, wait (as a continuation) for
// min_revision and for the last governance revision, open the view or session,
// run the handler, queue the audit leaf, and answer from the completion of its
// sync. A handler may be run again after a conflict, so it must only depend on
// its arguments. If the leaf cannot be written the answer is UNAVAILABLE.
// Made once by main; thread rule: safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "authz/guard.h"
#include "authz/operation.h"
#include "authz/view.h"
#include "authz/write_session.h"
#include "base/executor.h"
#include "base/words.h"

namespace cadastre::authz {

// What a door knows of a call before anything is decided.
struct Call {
  const Operation* operation;  // never null
  std::string bearer;          // the token as sent; empty if none
  std::string peer;
  std::string request_id;
  // Query text and the like for the erasable part of the audit record; at most 4 KiB are kept.
  std::string detail;
  Timestamp deadline = kTimestampMax;
};

// As they came from the wire; resolved by the guard.
struct ReadOptions {
  std::string min_revision;        // token; empty = none
  std::optional<Timestamp> known_at;
  std::string known_at_revision;   // token; empty = none
  std::optional<Timestamp> held_at;
};

class Front {
 public:
  Front(Guard* guard, base::Executor* executor) : guard_(guard), executor_(executor) {}

  // `handler` fills the answer from the view; `done` is called exactly once, on any thread.
  template <typename Response>
  void Read(Call call, ReadOptions options, std::function<StatusOr<Response>(GovernedView&)> handler,
            std::function<void(StatusOr<Response>)> done);

  // `finish` adds to the answer what only the commit knows (the revision token).
  template <typename Response>
  void Write(Call call, std::function<StatusOr<Response>(WriteSession&)> handler,
             std::function<void(Response&, Revision)> finish, std::function<void(StatusOr<Response>)> done);

 private:
  Guard* guard_;
  base::Executor* executor_;
};

}  // namespace cadastre::authz
