// AssetColumns: small values of every indexed asset in memory, which facets count and orders sort by.
//
// What labels say (namespace, tags, owners, …) is not here: the view's own labels are of one revision with its bitmaps.
// Copies share all chunks but those changed since. Thread rule: compatible; Set: one thread.
// Bounds: 56 bytes an asset.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "authz/policy/registry.h"
#include "base/words.h"
#include "cadastre/record/search.pb.h"
#include "search/terms.h"

namespace cadastre::search {

struct AssetValues {
  bool indexed = false;
  bool deprecated = false;
  // Words of AssetColumns::words(); 0 is none.
  uint32_t platform = 0;
  uint32_t type = 0;
  uint32_t certification = 0;
  uint64_t usage = 0;
  int64_t updated = 0;  // microseconds
  uint64_t digest = 0;
  uint64_t name_key = 0;
};

class AssetColumns {
 public:
  static constexpr size_t kChunkAssets = 512;

  // All zero for ids that are not indexed.
  const AssetValues& Of(AssetId id) const;
  void Set(AssetId id, const record::SearchValues& values);
  void Remove(AssetId id);

  size_t indexed() const { return indexed_; }
  // Shared by all copies.
  const authz::WordTable& words() const { return words_; }
  // Every set of classes some column carries or carried, by number.
  const std::map<uint64_t, ClassSet>& class_sets() const { return *class_sets_; }
  // Makes what was set visible to copies made from now on, and leaves those made before alone. Call before copying.
  void Freeze() { owned_.assign(chunks_.size(), false); }

 private:
  using Chunk = std::array<AssetValues, kChunkAssets>;
  AssetValues& Own(AssetId id);

  std::vector<std::shared_ptr<const Chunk>> chunks_;
  // Chunks made since the last Freeze, which no copy holds.
  std::vector<bool> owned_;
  std::shared_ptr<const std::map<uint64_t, ClassSet>> class_sets_ =
      std::make_shared<const std::map<uint64_t, ClassSet>>();
  authz::WordTable words_;
  size_t indexed_ = 0;
};

}  // namespace cadastre::search
