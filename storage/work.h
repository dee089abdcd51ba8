// What one write wants committed: rows, preconditions, a log record, an audit leaf.
//
// Filled by one request (thread rule: confined), then moved to the Committer.
// It does no I/O. Keys are whole keys without the shape's suffix; the committer
// appends ~held and ~r, because only it knows the revision and the time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/words.h"
#include "cadastre/record/log.pb.h"

namespace cadastre::storage {

class Work {
 public:
  struct Put {
    std::string key;
    std::optional<std::string> value;  // nullopt: tombstone (versioned), withdrawal (held), delete (plain)
    // Held rows: since when; nullopt means the time of the commit; a later time is cut to it.
    std::optional<Timestamp> held;
  };
  struct Precondition {
    std::string key;
    Revision seen;                     // versioned rows: revision of the newest version, tombstones included; 0 = none
    std::optional<std::string> value;  // plain rows: the exact value; nullopt = absent
  };

  void Put_(Put put) { puts_.push_back(std::move(put)); }
  void Set(std::string key, std::string value) { Put_({std::move(key), std::move(value), {}}); }
  void SetHeld(std::string key, std::optional<Timestamp> held, std::string value) {
    Put_({std::move(key), std::move(value), held});
  }
  void Remove(std::string key) { Put_({std::move(key), std::nullopt, {}}); }
  void WithdrawHeld(std::string key, std::optional<Timestamp> held) { Put_({std::move(key), std::nullopt, held}); }

  // The commit fails with ABORTED unless every expectation holds when it is numbered.
  void Expect(std::string key, Revision seen) { preconditions_.push_back({std::move(key), seen, {}}); }
  void ExpectPlain(std::string key, std::optional<std::string> value) {
    preconditions_.push_back({std::move(key), Revision(0), std::move(value)});
  }

  // What followers will read; its time is filled in by the committer.
  record::LogEntry& log() { return log_; }
  const record::LogEntry& log() const { return log_; }
  // Serialized audit leaves, appended in order by the hook that owns the audit log.
  void AddLeaf(std::string leaf, std::string personal) { leaves_.push_back({std::move(leaf), std::move(personal)}); }

  struct Leaf {
    std::string leaf;
    std::string personal;  // the erasable part; may be empty
  };
  const std::vector<Put>& puts() const { return puts_; }
  const std::vector<Precondition>& preconditions() const { return preconditions_; }
  const std::vector<Leaf>& leaves() const { return leaves_; }
  std::vector<Leaf>& mutable_leaves() { return leaves_; }

 private:
  std::vector<Put> puts_;
  std::vector<Precondition> preconditions_;
  std::vector<Leaf> leaves_;
  record::LogEntry log_;
};

}  // namespace cadastre::storage
