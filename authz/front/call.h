// Call and ReadOptions: what a door knows of a request before anything is decided. Values; thread rule: compatible.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/front/operation.h"
#include "base/mutex.h"
#include "base/sender.h"
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

// The refusals among the calls one request makes (a batch of events, a stream of them), so that they are recorded as
// one leaf for each outcome, and not as one each: Front::RecordRefusals. Thread rule: safe. Bounds: of an outcome the
// first kFieldsMax fields are told by name, and the first kNamesBytesMax of what the calls named.
class RefusalTally {
 public:
  static constexpr size_t kFieldsMax = 64;
  static constexpr size_t kNamesBytesMax = 1024;

  struct Refusals {
    uint64_t count = 0;
    // Of those that named a field: how many, by field.
    std::map<std::string, uint64_t> fields;
    // What they asked for, each once, in the order it came.
    std::vector<std::string> names;
    size_t names_bytes = 0;
  };
  using Outcomes = std::map<absl::StatusCode, Refusals>;

  void Note(const Status& refusal, const std::vector<std::string>& names) EXCLUDES(mutex_);
  bool empty() const EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return outcomes_.empty();
  }
  // All there were since the last time.
  Outcomes Take() EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return std::exchange(outcomes_, {});
  }

 private:
  mutable base::Mutex mutex_;
  Outcomes outcomes_ GUARDED_BY(mutex_);
};

struct Call {
  const Operation* operation;  // never null
  std::string bearer;          // the token as sent; empty if none
  std::string peer;            // the address, without its port
  std::string request_id;
  // Whose share of the executor the call takes. Front finds it where the door did not (CheckCaller, AdmitCaller).
  base::Sender sender;
  // Query text and the like for the erasable part of the audit record; at most 4 KiB are kept.
  std::string detail;
  // Reads only: where set, asked before an answer that takes about so many bytes waits for its record and its reader.
  // RESOURCE_EXHAUSTED: the read is refused, and recorded as that.
  std::function<Status(size_t bytes)> hold;
  // Writes only: what the request names, which the record of a refusal tells beside `detail`; what is written names
  // itself.
  std::string asked;
  Timestamp deadline = kTimestampMax;
  // What the door found wrong with the request. Who sends comes first, so it is answered, and recorded, only once that
  // is known, and in place of what the handler would answer.
  Status shape;
  // Made by a task of the executor, which needs no second turn in its queue. Only for a call made at once, never for
  // one kept for later.
  bool on_executor = false;
  // The door keeps the call and offers it again where the executor is full, so that this turns nobody away.
  bool offered_again = false;
  // Where set, a refusal once the caller is known is noted there and answered at once, without a leaf of its own.
  std::shared_ptr<RefusalTally> tally;
  // What such a call names, which is known only once its handler has read it; asked when it is refused. May be null.
  std::function<std::vector<std::string>()> names;
  // Told the caller's name once it is known; may be null, may be shared by the calls of one request.
  std::shared_ptr<CallTrace> trace;
  // Reads only: the follower this read must wait for; null where it reads the tables alone.
  RevisionGate* gate = nullptr;
  // Writes only: everything is checked, nothing is committed, and what the commit alone knows (the revision, what
  // others write meanwhile) is not told.
  bool validate_only = false;
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
