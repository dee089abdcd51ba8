// What one request showed: assets, and columns of them. Becomes the audit leaf. Thread rule: confined.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/words.h"

namespace cadastre::authz {

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
