// The engine of tests: an ordered map with the same promises as the durable one, and faults on demand.
//
// Made by a test; outlives all its users. Thread rule: safe.
// Errors: those of Engine, where a fault was asked for; Checkpoint is UNIMPLEMENTED.
// Deliberately does not: keep anything over its end, or bound its memory.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "storage/engine.h"

namespace cadastre::storage {

class MemoryEngine final : public Engine {
 public:
  MemoryEngine() = default;
  ~MemoryEngine() override;

  StatusOr<std::optional<std::string>> Get(std::string_view key) override;
  StatusOr<std::vector<std::optional<std::string>>> MultiGet(const std::vector<std::string>& keys) override;
  std::unique_ptr<EngineCursor> NewCursor(std::string_view lower, std::string_view upper) override;
  StatusOr<std::optional<KeyValue>> Last(std::string_view lower, std::string_view upper) override;
  StatusOr<std::vector<std::optional<KeyValue>>> MultiFirst(const std::vector<KeyRange>& ranges) override;
  Status Write(const Batch& batch, bool sync) override;
  Status Checkpoint(const std::string& dir) override;
  StatusOr<uint64_t> SizeBytes() override;

  // What a failed write leaves behind: the caller cannot know, so a test tries both.
  enum class Outcome { kLost, kApplied };
  // The nth synced write from now (1 is the next) fails with UNAVAILABLE; so do all writes after it, as on a broken
  // device. Unsynced ones go on until then.
  void FailSync(uint64_t nth, Outcome outcome);
  // Every read fails with UNAVAILABLE while set.
  void FailReads(bool fail);
  // A power cut: back to the state after the last synced write. Faults end. Open cursors keep what they see.
  void DropUnsynced();

 private:
  class Cursor;
  struct Version {
    uint64_t sequence;
    std::optional<std::string> value;
  };
  // Newest last; never empty.
  using Versions = std::vector<Version>;
  using Table = std::map<std::string, Versions, std::less<>>;
  struct Undo {
    std::string key;
    std::optional<std::string> value;
  };
  struct Fault {
    uint64_t writes_left;
    Outcome outcome;
  };

  static const std::string* ValueAt(const Versions& versions, uint64_t sequence);
  Status CheckReadable() const REQUIRES(mutex_);
  // The status of this write and whether it is to be applied all the same.
  std::pair<Status, bool> MeetFault(bool sync) REQUIRES(mutex_);
  void Apply(std::string_view key, std::optional<std::string> value) REQUIRES(mutex_);
  void Prune(Table::iterator row) REQUIRES(mutex_);
  std::optional<KeyValue> FirstIn(std::string_view lower, std::string_view upper) REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  Table table_ GUARDED_BY(mutex_);
  uint64_t sequence_ GUARDED_BY(mutex_) = 0;
  // The states open cursors look at.
  std::multiset<uint64_t> pinned_ GUARDED_BY(mutex_);
  // Rows deleted while a cursor might still see them.
  std::set<std::string, std::less<>> deleted_ GUARDED_BY(mutex_);
  // What the writes since the last sync replaced, in order.
  std::vector<Undo> unsynced_ GUARDED_BY(mutex_);
  std::optional<Fault> sync_fault_ GUARDED_BY(mutex_);
  bool reads_fail_ GUARDED_BY(mutex_) = false;
  bool broken_ GUARDED_BY(mutex_) = false;
};

}  // namespace cadastre::storage
