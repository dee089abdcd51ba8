// A set of asset ids as immutable chunks of 64 Ki bits: the one form of "who may see what".
//
// A changed copy shares every chunk but the one that changed, so a commit that
// relabels an asset costs one chunk and the table of pointers. Thread rule:
// compatible (values are immutable once published).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "authz/policy/copy_stamp.h"
#include "base/words.h"

namespace cadastre::authz {

class AssetBitmap {
 public:
  static constexpr uint64_t kChunkBits = 64 * 1024;
  using Chunk = std::array<uint64_t, kChunkBits / 64>;

  AssetBitmap() = default;

  // Ids beyond the table are not members.
  bool Has(AssetId id) const {
    const uint64_t index = id.value() / kChunkBits;
    if (index >= chunks_.size() || chunks_[index] == nullptr) return false;
    const uint64_t bit = id.value() % kChunkBits;
    return ((*chunks_[index])[bit / 64] >> (bit % 64)) & 1u;
  }
  // Copies the chunk that holds `id` if another bitmap may hold it, then sets the bit.
  void Set(AssetId id, bool member);

  // Number of members; O(size).
  uint64_t Count() const;
  // Memory it holds, chunks shared with other bitmaps included.
  uint64_t Bytes() const;
  AssetBitmap AndNot(const AssetBitmap& other) const;

  // The chunks themselves, for loops over words; null where empty.
  const std::vector<std::shared_ptr<const Chunk>>& chunks() const { return chunks_; }

 private:
  // A chunk as this class makes it: with the stamp of the bitmap that may still change it.
  struct StampedChunk : Chunk {
    uint64_t stamp = 0;
  };

  std::vector<std::shared_ptr<const Chunk>> chunks_;
  CopyStamp stamp_;
};

}  // namespace cadastre::authz
