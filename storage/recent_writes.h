// RecentWrites: which rows the last groups wrote, so that a precondition on a row nobody has written since it was read
// holds without reading it again.
//
// Owned by the committer; thread rule: confined to its thread. Bounds: kRowsMax rows twice; what came before them is
// forgotten, and works based on an older state are checked against the store.
// Deliberately does not: know values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "storage/work.h"

namespace cadastre::storage {

class RecentWrites {
 public:
  static constexpr size_t kRowsMax = 128 * 1024;

  explicit RecentWrites(size_t rows_max = kRowsMax) : rows_max_(rows_max) {}

  // True where no group after `sequence` wrote the row; false also where that is no longer known.
  bool Untouched(const std::string& key, uint64_t sequence) const;
  // Group `sequence`, not less than any before, wrote these rows: all of the work's, or `count` of its puts from
  // `first` on.
  void Add(const Work& work, uint64_t sequence);
  void Add(const Work& work, size_t first, size_t count, uint64_t sequence);

 private:
  using Rows = std::unordered_map<std::string, uint64_t>;

  const size_t rows_max_;
  // Of all groups after this one something is known.
  uint64_t known_since_ = 0;
  uint64_t newer_since_ = 0;
  Rows newer_;
  Rows older_;
};

}  // namespace cadastre::storage
