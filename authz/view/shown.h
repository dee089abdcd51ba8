// What one request showed or wrote: assets, and columns of them; and principals, roles, grants and tokens it wrote.
// Becomes the audit leaf. Thread rule: confined.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "base/words.h"

namespace cadastre::authz {

class ShownAssets {
 public:
  using Columns = std::set<std::vector<std::string>>;

  void Note(AssetId asset) {
    if (notes()) assets_[asset];
  }
  void NoteColumn(AssetId asset, std::vector<std::string> path) {
    if (notes()) assets_[asset].insert(std::move(path));
  }
  // A principal, role, grant or token by its id.
  void NoteTarget(std::string kind, std::string id) { targets_.emplace(std::move(kind), std::move(id)); }
  // False while a NotesPaused lives: then a note is not worth preparing.
  bool notes() const { return paused_ == 0; }
  const absl::btree_map<AssetId, Columns>& assets() const { return assets_; }
  const std::set<std::pair<std::string, std::string>>& targets() const { return targets_; }

 private:
  friend class NotesPaused;
  friend class NotesHeld;
  absl::btree_map<AssetId, Columns> assets_;
  std::set<std::pair<std::string, std::string>> targets_;
  int paused_ = 0;
};

// While one lives, what is revealed is looked at, to find out what to show: nothing is noted meanwhile, and whoever
// made it notes what of it is shown. Lives inside one call; thread rule: confined.
class NotesPaused {
 public:
  explicit NotesPaused(ShownAssets* shown) : shown_(*shown) { ++shown_.paused_; }
  ~NotesPaused() { --shown_.paused_; }
  NotesPaused(const NotesPaused&) = delete;
  NotesPaused& operator=(const NotesPaused&) = delete;

 private:
  ShownAssets& shown_;
};

// While one lives, assets that are noted stand apart: they count once they are kept, and go with it otherwise. For what
// is made to see whether it fits into an answer. Lives inside one call; thread rule: confined.
class NotesHeld {
 public:
  explicit NotesHeld(ShownAssets* shown) : shown_(*shown) { before_.swap(shown_.assets_); }
  ~NotesHeld() {
    before_.swap(shown_.assets_);
    if (!kept_) return;
    for (auto& [asset, columns] : before_) shown_.assets_[asset].merge(columns);
  }
  NotesHeld(const NotesHeld&) = delete;
  NotesHeld& operator=(const NotesHeld&) = delete;

  void Keep() { kept_ = true; }

 private:
  ShownAssets& shown_;
  absl::btree_map<AssetId, ShownAssets::Columns> before_;
  bool kept_ = false;
};

}  // namespace cadastre::authz
