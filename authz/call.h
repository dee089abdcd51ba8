// Call and ReadOptions: what a door knows of a request before anything is decided. Values; thread rule: compatible.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "authz/operation.h"
#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

class RevisionGate;

// Whom a door's request turned out to come from, for the door's log. Thread rule: safe.
class CallTrace {
 public:
  void NoteCaller(std::string_view principal) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    caller_ = principal;
  }
  // Empty where nobody was authenticated.
  std::string caller() const EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return caller_;
  }

 private:
  mutable base::Mutex mutex_;
  std::string caller_ GUARDED_BY(mutex_);
};

struct Call {
  const Operation* operation;  // never null
  std::string bearer;          // the token as sent; empty if none
  std::string peer;            // the address, without its port
  std::string request_id;
  // Query text and the like for the erasable part of the audit record; at most 4 KiB are kept.
  std::string detail;
  Timestamp deadline = kTimestampMax;
  // What the door found wrong with the request. Who sends comes first, so it is answered, and recorded, only once that
  // is known, and in place of what the handler would answer.
  Status shape;
  // Made by a task of the executor, which needs no second turn in its queue. Only for a call made at once, never for
  // one kept for later.
  bool on_executor = false;
  // The door keeps the call and offers it again where the executor is full, so that this turns nobody away.
  bool offered_again = false;
  // Told the caller's name once it is known; may be null, may be shared by the calls of one request.
  std::shared_ptr<CallTrace> trace;
  // Reads only: the follower this read must wait for; null where it reads the tables alone.
  RevisionGate* gate = nullptr;
  // Writes only: 1 to 128 bytes, or empty for none; and RequestDigest of the request without the key.
  std::string idempotency_key;
  std::string request_digest;
};

// As they came from the wire; resolved by the guard.
struct ReadOptions {
  std::string min_revision;  // token; empty = none
  std::optional<Timestamp> known_at;
  std::string known_at_revision;  // token; empty = none
  std::optional<Timestamp> held_at;
};

}  // namespace cadastre::authz
