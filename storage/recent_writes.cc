#include "storage/recent_writes.h"

#include <utility>

namespace cadastre::storage {

bool RecentWrites::Untouched(const std::string& key, uint64_t sequence) const {
  if (sequence < known_since_) return false;
  for (const Rows* rows : {&newer_, &older_}) {
    const auto row = rows->find(key);
    if (row != rows->end() && row->second > sequence) return false;
  }
  return true;
}

void RecentWrites::Add(const Work& work, uint64_t sequence) {
  Add(work, 0, work.puts().size(), sequence);
  for (const std::string& key : work.forgotten()) newer_[key] = sequence;
}

void RecentWrites::Add(const Work& work, size_t first, size_t count, uint64_t sequence) {
  if (newer_.size() >= rows_max_) {
    older_ = std::exchange(newer_, {});
    // Some rows of this group may stand in the older half, so the newer knows all only of the groups after it.
    known_since_ = std::exchange(newer_since_, sequence);
  }
  for (size_t i = first; i < first + count; ++i) newer_[work.puts()[i].key] = sequence;
}

}  // namespace cadastre::storage
