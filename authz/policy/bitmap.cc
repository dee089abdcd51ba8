#include "authz/policy/bitmap.h"

#include <algorithm>
#include <bit>

namespace cadastre::authz {

void AssetBitmap::Set(AssetId id, bool member) {
  const uint64_t index = id.value() / kChunkBits;
  const uint64_t bit = id.value() % kChunkBits;
  const uint64_t mask = uint64_t{1} << (bit % 64);
  if (Has(id) == member) return;
  if (index >= chunks_.size()) chunks_.resize(index + 1);

  const uint64_t stamp = stamp_.Get();
  const auto* current = static_cast<const StampedChunk*>(chunks_[index].get());
  if (current == nullptr || current->stamp != stamp) {
    auto fresh = current == nullptr ? std::make_shared<StampedChunk>() : std::make_shared<StampedChunk>(*current);
    fresh->stamp = stamp;
    current = fresh.get();
    chunks_[index] = std::move(fresh);
  }
  // Only this bitmap knows a chunk of its own stamp, so no reader is behind it yet.
  uint64_t& word = (*const_cast<StampedChunk*>(current))[bit / 64];
  word = member ? (word | mask) : (word & ~mask);
}

uint64_t AssetBitmap::Count() const {
  uint64_t count = 0;
  for (const auto& chunk : chunks_) {
    if (chunk == nullptr) continue;
    for (const uint64_t word : *chunk) count += std::popcount(word);
  }
  return count;
}

uint64_t AssetBitmap::Bytes() const {
  uint64_t bytes = chunks_.capacity() * sizeof(chunks_.front());
  for (const auto& chunk : chunks_) bytes += chunk == nullptr ? 0 : sizeof(StampedChunk);
  return bytes;
}

AssetBitmap AssetBitmap::AndNot(const AssetBitmap& other) const {
  AssetBitmap result = *this;
  for (size_t i = 0; i < std::min(chunks_.size(), other.chunks_.size()); ++i) {
    const auto& mine = chunks_[i];
    const auto& theirs = other.chunks_[i];
    if (mine == nullptr || theirs == nullptr) continue;
    auto chunk = std::make_shared<StampedChunk>();
    for (size_t word = 0; word < chunk->size(); ++word) (*chunk)[word] = (*mine)[word] & ~(*theirs)[word];
    result.chunks_[i] = std::move(chunk);
  }
  return result;
}

}  // namespace cadastre::authz
