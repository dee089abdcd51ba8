// The ordered key-value seam: everything above it works on RocksDB, on the
// in-memory engine, and later on a PostgreSQL-wire engine.
//
// An Engine is made by main (or a test) and outlives all its users. Thread rule: safe.
// It knows nothing of revisions, tables or viewers; only storage/ may include
// this header.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/words.h"

namespace cadastre::storage {

// A key with its value.
using KeyValue = std::pair<std::string, std::string>;

// The keys in [lower, upper).
struct KeyRange {
  std::string lower;
  std::string upper;
  // Every key of the range is a version of the row that `lower`, a whole stored key, is one of: an engine may then skip
  // files by their filters.
  bool one_row = false;
};

// A list of puts and deletes applied as one. Thread rule: confined.
class Batch {
 public:
  struct Op {
    std::string key;
    std::optional<std::string> value;  // nullopt deletes
  };

  void Put(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    ops_.push_back({std::move(key), std::move(value)});
  }
  void Delete(std::string key) {
    bytes_ += key.size();
    ops_.push_back({std::move(key), std::nullopt});
  }

  const std::vector<Op>& ops() const { return ops_; }
  bool empty() const { return ops_.empty(); }
  size_t bytes() const { return bytes_; }

 private:
  std::vector<Op> ops_;
  size_t bytes_ = 0;
};

// A forward walk over [lower, upper), over the state at its making. Thread rule: confined.
class EngineCursor {
 public:
  virtual ~EngineCursor() = default;
  // False at the end and after an error: look at status() then.
  virtual bool Valid() const = 0;
  // Views hold until the next call of Next or Seek.
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  virtual void Next() = 0;
  // To the first key at or after `key`, which must not lie before the lower bound.
  virtual void Seek(std::string_view key) = 0;
  virtual Status status() const = 0;
};

// Errors of every method: UNAVAILABLE (the device), DATA_LOSS (a checksum),
// RESOURCE_EXHAUSTED (no space: nothing of the batch holds, later writes are tried again, and reads go on). After any
// other failed synced write the outcome is unknown: the caller ends the process.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual StatusOr<std::optional<std::string>> Get(std::string_view key) = 0;
  // One answer a key, in order; keys need not be sorted.
  virtual StatusOr<std::vector<std::optional<std::string>>> MultiGet(const std::vector<std::string>& keys) = 0;
  virtual std::unique_ptr<EngineCursor> NewCursor(std::string_view lower, std::string_view upper) = 0;
  // The last key in [lower, upper) with its value, or nullopt.
  virtual StatusOr<std::optional<KeyValue>> Last(std::string_view lower, std::string_view upper) = 0;
  // The first key of each range with its value, or nullopt; all over one state. One answer a range, in order; ranges
  // need not be sorted.
  virtual StatusOr<std::vector<std::optional<KeyValue>>> MultiFirst(const std::vector<KeyRange>& ranges) = 0;
  // Applies the batch as one. With `sync`, returns after it is on the device.
  virtual Status Write(const Batch& batch, bool sync) = 0;
  // A consistent copy into `dir`, which must not exist. UNIMPLEMENTED in memory.
  virtual Status Checkpoint(const std::string& dir) = 0;
  // Bytes on the device, roughly.
  virtual StatusOr<uint64_t> SizeBytes() = 0;
};

}  // namespace cadastre::storage
