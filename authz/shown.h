// What one request showed: assets, and columns of them. Becomes the audit leaf. Thread rule: confined.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
  void Note(AssetId asset) { assets_[asset]; }
  // The path joined with `.`.
  void NoteColumn(AssetId asset, std::string path) { assets_[asset].insert(std::move(path)); }
  const std::map<AssetId, std::set<std::string>>& assets() const { return assets_; }

 private:
  friend class Looking;
  std::map<AssetId, std::set<std::string>> assets_;
};

// While one lives, what is revealed is looked at, to find out what to show: the notes made meanwhile are given up at
// its end, and whoever made it notes what of it is shown. Lives inside one call; thread rule: confined.
class Looking {
 public:
  explicit Looking(ShownAssets* shown) : shown_(*shown), before_(std::move(shown->assets_)) { shown->assets_.clear(); }
  ~Looking() { shown_.assets_ = std::move(before_); }
  Looking(const Looking&) = delete;
  Looking& operator=(const Looking&) = delete;

 private:
  ShownAssets& shown_;
  std::map<AssetId, std::set<std::string>> before_;
};

}  // namespace cadastre::authz
