// Reads of tables, bounded by the revision of a ReadPass.
//
// Made once over an Engine and shared; thread rule: safe (cursors: confined).
// Rows of versioned tables are seen as of pass.bound(): the newest version at
// or before it; rows of plain tables are read as they stand. Keys given here
// are whole keys *without* the shape's suffix, keyspace byte included.
// Errors of every method: those of Engine; INVALID_ARGUMENT for a key over kKeyBytesMax, of another shape than the
// method reads, or bounds in two tables; DATA_LOSS for a stored key that does not parse.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "storage/engine.h"
#include "storage/keyspaces.h"
#include "storage/read_pass.h"

namespace cadastre::storage {

// One version of a row.
struct Row {
  std::string key;    // without the suffix
  std::string value;  // empty: a tombstone or withdrawal (only history shows these)
  Revision revision;  // 0 for plain rows
  Timestamp held;     // 0 except for held rows
};

// Walks the rows of a key range. Thread rule: confined.
class RowCursor {
 public:
  virtual ~RowCursor() = default;
  virtual bool Valid() const = 0;
  virtual const Row& row() const = 0;
  virtual void Next() = 0;
  // Past every row whose key begins with `prefix`.
  virtual void SkipPrefix(std::string_view prefix) = 0;
  virtual Status status() const = 0;
};

class Reader {
 public:
  explicit Reader(Engine* engine) : engine_(engine) {}

  // Plain rows.
  StatusOr<std::optional<std::string>> Get(const ReadPass& pass, std::string_view key) const;
  StatusOr<std::vector<std::optional<std::string>>> MultiGet(const ReadPass& pass,
                                                             const std::vector<std::string>& keys) const;

  // The version of a versioned row that the pass sees; nullopt if none or a tombstone.
  StatusOr<std::optional<Row>> Find(const ReadPass& pass, std::string_view key) const;
  // The same with tombstones shown, for preconditions: {value empty, revision} says deleted at. Of a held row, the
  // version that holds at `held_at`, withdrawals shown.
  StatusOr<std::optional<Row>> FindWithTombstone(const ReadPass& pass, std::string_view key,
                                                 Timestamp held_at = kTimestampMax) const;
  StatusOr<std::vector<std::optional<Row>>> FindMany(const ReadPass& pass, const std::vector<std::string>& keys) const;

  // The version of a held row that held at `held_at` as the pass knows it.
  StatusOr<std::optional<Row>> FindHeld(const ReadPass& pass, std::string_view key, Timestamp held_at) const;
  StatusOr<std::vector<std::optional<Row>>> FindManyHeld(const ReadPass& pass, const std::vector<std::string>& keys,
                                                         Timestamp held_at) const;

  // The visible rows with keys in [lower, upper), one version each, tombstones
  // left out. For plain tables every row. `held_at` is used by held tables only.
  // Both bounds lie in one table. To go on after a row, or to end after one, take PrefixEnd(key) for the bound: a row's
  // stored key goes on after its last byte, so key + '\0' would not lie behind it.
  std::unique_ptr<RowCursor> Scan(const ReadPass& pass, std::string_view lower, std::string_view upper,
                                  Timestamp held_at = kTimestampMax) const;
  // Every version the pass may see of the rows in [lower, upper), tombstones included,
  // in key order (so per row the newest held, then the newest known, first).
  std::unique_ptr<RowCursor> ScanVersions(const ReadPass& pass, std::string_view lower, std::string_view upper) const;

 private:
  StatusOr<std::vector<std::optional<Row>>> FindNewest(Revision bound, const std::vector<std::string>& keys,
                                                       Timestamp held_at) const;
  StatusOr<std::optional<Row>> WalkToKnown(Revision bound, const KeyRange& range) const;

  Engine* engine_;
};

}  // namespace cadastre::storage
