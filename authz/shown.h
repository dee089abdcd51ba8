// What one request showed: assets, and columns of them. Becomes the audit leaf. Thread rule: confined.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "base/words.h"

namespace cadastre::authz {

// Segments joined with `.`: how a column stands in an audit record.
inline std::string ColumnPathText(const std::vector<std::string>& path) {
  std::string text;
  for (const std::string& segment : path) {
    if (!text.empty()) text += '.';
    text += segment;
  }
  return text;
}

class ShownAssets {
 public:
  using Columns = std::set<std::string>;

  void Note(AssetId asset) {
    if (notes()) assets_[asset];
  }
  // The path joined with `.`.
  void NoteColumn(AssetId asset, std::string path) {
    if (notes()) assets_[asset].insert(std::move(path));
  }
  // False while a Looking lives: then a note is not worth preparing.
  bool notes() const { return looking_ == 0; }
  const absl::btree_map<AssetId, Columns>& assets() const { return assets_; }

 private:
  friend class Looking;
  absl::btree_map<AssetId, Columns> assets_;
  int looking_ = 0;
};

// While one lives, what is revealed is looked at, to find out what to show: nothing is noted meanwhile, and whoever
// made it notes what of it is shown. Lives inside one call; thread rule: confined.
class Looking {
 public:
  explicit Looking(ShownAssets* shown) : shown_(*shown) { ++shown_.looking_; }
  ~Looking() { --shown_.looking_; }
  Looking(const Looking&) = delete;
  Looking& operator=(const Looking&) = delete;

 private:
  ShownAssets& shown_;
};

}  // namespace cadastre::authz
