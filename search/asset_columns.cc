#include "search/asset_columns.h"

namespace cadastre::search {

const AssetValues& AssetColumns::Of(AssetId id) const {
  static const AssetValues kNone;
  const uint64_t chunk = id.value() / kChunkAssets;
  if (chunk >= chunks_.size() || chunks_[chunk] == nullptr) return kNone;
  return (*chunks_[chunk])[id.value() % kChunkAssets];
}

AssetValues& AssetColumns::Own(AssetId id) {
  const uint64_t index = id.value() / kChunkAssets;
  if (index >= chunks_.size()) {
    chunks_.resize(index + 1);
    owned_.resize(index + 1, false);
  }
  std::shared_ptr<const Chunk>& chunk = chunks_[index];
  if (chunk == nullptr || !owned_[index]) {
    chunk = chunk == nullptr ? std::make_shared<Chunk>() : std::make_shared<Chunk>(*chunk);
    owned_[index] = true;
  }
  // No copy holds a chunk made since the last Freeze.
  return const_cast<Chunk&>(*chunk)[id.value() % kChunkAssets];
}

void AssetColumns::Set(AssetId id, const record::SearchValues& values) {
  AssetValues& out = Own(id);
  if (!out.indexed) ++indexed_;
  out.indexed = true;
  out.deprecated = values.deprecated();
  out.platform = words_.Intern(values.platform());
  out.type = words_.Intern(values.type());
  out.certification = words_.Intern(values.certification());
  out.usage = values.usage();
  out.updated = values.updated();
  out.digest = values.digest();
  out.name_key = values.name_key();
  for (const record::SearchClassSet& stored : values.class_sets()) {
    ClassSet set(stored.classes().begin(), stored.classes().end());
    const uint64_t number = ClassSetNumber(set);
    if (class_sets_->contains(number)) continue;
    auto grown = *class_sets_;
    grown.emplace(number, std::move(set));
    class_sets_ = std::make_shared<const std::map<uint64_t, ClassSet>>(std::move(grown));
  }
}

void AssetColumns::Remove(AssetId id) {
  if (!Of(id).indexed) return;
  --indexed_;
  Own(id) = AssetValues();
}

}  // namespace cadastre::search
