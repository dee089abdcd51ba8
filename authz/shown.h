// What one request showed: assets, and columns of them. Becomes the audit leaf. Thread rule: confined.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
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
  std::map<AssetId, std::set<std::string>> assets_;
};

}  // namespace cadastre::authz
