// What one write wants committed: rows, preconditions, a log record, an audit leaf.
//
// Filled by one request (thread rule: confined), then moved to the Committer.
// It does no I/O. Keys are whole keys without the shape's suffix; the committer
// appends ~held and ~r, because only it knows the revision and the time.
// Of two puts of one key (and one held) in a work the later stands.
// Deliberately does not: notice that a put changes nothing. A put always makes a version; the room that fills the work
// compares first, and leaves out what stands already.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/words.h"
#include "cadastre/record/log.pb.h"

namespace cadastre::storage {

class Work {
 public:
  struct Put {
    std::string key;
    // Versioned and held rows: never empty, because an empty value on disk is the tombstone.
    std::optional<std::string> value;  // nullopt: tombstone (versioned), withdrawal (held), delete (plain)
    // Held rows: since when; nullopt means the time of the commit; a later time is cut to it.
    std::optional<Timestamp> held;
    // Plain rows: is shown only beside a row of this work that bears its revision, and this work expects that there is
    // none yet. So a large work may bring it to the device before all of it stands, and who takes it back deletes it.
    bool ahead = false;
  };
  struct Precondition {
    std::string key;
    // Versioned and held rows: the revision that Reader::FindWithTombstone told, tombstones included; 0 = none.
    Revision seen;
    std::optional<std::string> value;  // plain rows: the exact value; nullopt = absent
    // Held rows: of the version that holds then, so that a late value before the newest is a conflict too.
    Timestamp held = kTimestampMax;
    // Held rows: since when that version holds.
    Timestamp seen_held;
  };

  void AddPut(Put put) { puts_.push_back(std::move(put)); }
  void Set(std::string key, std::string value) { AddPut({std::move(key), std::move(value), {}, false}); }
  void SetAhead(std::string key, std::string value) { AddPut({std::move(key), std::move(value), {}, true}); }
  void SetHeld(std::string key, std::optional<Timestamp> held, std::string value) {
    AddPut({std::move(key), std::move(value), held, false});
  }
  void Remove(std::string key) { AddPut({std::move(key), std::nullopt, {}, false}); }
  void WithdrawHeld(std::string key, std::optional<Timestamp> held) {
    AddPut({std::move(key), std::nullopt, held, false});
  }
  // Takes away every version of a versioned or held row, whatever its held-at. The commit is ABORTED where one of them
  // came after the horizon that Gc keeps: a read may still ask for the state before it. Not for rows that this work
  // puts.
  void Forget(std::string key) { forgotten_.push_back(std::move(key)); }

  // A plain row whose value ends in the revision of this commit (8 bytes, big-endian), which only the committer knows:
  // its own, or the one that stands where this work moves none.
  void SetStamped(std::string key, std::string value) {
    stamped_.push_back({puts_.size(), value.size()});
    Set(std::move(key), std::move(value));
  }
  // By the committer; again where the group before was not written.
  void Stamp(Revision revision) {
    for (const auto& [put, bytes] : stamped_) {
      puts_[put].value->resize(bytes);
      base::AppendU64(*puts_[put].value, revision.value());
    }
  }

  // The commit fails with ABORTED unless every expectation holds when it is numbered.
  void Expect(std::string key, Revision seen, Timestamp held = kTimestampMax, Timestamp seen_held = Timestamp()) {
    preconditions_.push_back({std::move(key), seen, {}, held, seen_held});
  }
  void ExpectPlain(std::string key, std::optional<std::string> value) {
    preconditions_.push_back({std::move(key), Revision(0), std::move(value), kTimestampMax, Timestamp()});
  }
  // All that is expected was read after this group of the committer was published, so that only rows written since
  // need another look. Without it every row is looked at.
  void set_based_on(uint64_t group) { based_on_ = group; }
  std::optional<uint64_t> based_on() const { return based_on_; }

  // What this work may do was decided by the policy as of this revision: the commit fails with ABORTED where a commit
  // whose log record says `policy` came after it.
  void ExpectPolicy(Revision seen) { policy_seen_ = seen; }
  std::optional<Revision> policy_seen() const { return policy_seen_; }

  // What followers will read; its time is filled in by the committer.
  record::LogEntry& log() { return log_; }
  const record::LogEntry& log() const { return log_; }
  // Serialized audit leaves, appended in order by the hook that owns the audit log.
  void AddLeaf(std::string leaf, std::string personal) { leaves_.push_back({std::move(leaf), std::move(personal)}); }

  // For what must go on when the disk is almost full: logins, signed heads, the house's own forgetting.
  void set_essential() { essential_ = true; }
  // False for audit leaves alone, for what only removes, and for what is essential.
  bool takes_room() const {
    return !essential_ && std::any_of(puts_.begin(), puts_.end(), [](const Put& put) { return put.value.has_value(); });
  }

  struct Leaf {
    std::string leaf;
    std::string personal;  // the erasable part; may be empty
  };
  const std::vector<Put>& puts() const { return puts_; }
  const std::vector<std::string>& forgotten() const { return forgotten_; }
  const std::vector<Precondition>& preconditions() const { return preconditions_; }
  const std::vector<Leaf>& leaves() const { return leaves_; }
  std::vector<Leaf>& mutable_leaves() { return leaves_; }
  // Audit leaves and nothing else: it is numbered nothing and rests on nothing, so it may go before any other work.
  bool leaves_alone() const {
    return puts_.empty() && forgotten_.empty() && preconditions_.empty() && !policy_seen_ && log_.ByteSizeLong() == 0;
  }
  // Lets go of at most `count` puts and as many preconditions, from the end; false when none are left. By the
  // committer, of a work that is done: to free all of a large one at once takes long.
  bool Release(size_t count) {
    puts_.resize(puts_.size() - std::min(count, puts_.size()));
    preconditions_.erase(preconditions_.end() - static_cast<ptrdiff_t>(std::min(count, preconditions_.size())),
                         preconditions_.end());
    return !puts_.empty() || !preconditions_.empty();
  }
  // Puts and preconditions, by which the committer bounds a group.
  size_t rows() const { return puts_.size() + preconditions_.size(); }
  // Bytes of keys, values and leaves, by the same.
  size_t bytes() const {
    size_t bytes = 0;
    for (const Put& put : puts_) bytes += put.key.size() + (put.value ? put.value->size() : 0);
    for (const std::string& key : forgotten_) bytes += key.size();
    for (const Leaf& leaf : leaves_) bytes += leaf.leaf.size() + leaf.personal.size();
    return bytes;
  }

 private:
  std::vector<Put> puts_;
  std::vector<std::string> forgotten_;
  struct Stamped {
    size_t put;
    size_t bytes;  // of its value without the stamp
  };
  std::vector<Stamped> stamped_;
  std::vector<Precondition> preconditions_;
  std::optional<uint64_t> based_on_;
  std::optional<Revision> policy_seen_;
  bool essential_ = false;
  std::vector<Leaf> leaves_;
  record::LogEntry log_;
};

}  // namespace cadastre::storage
