#include "authz/policy/labels.h"

#include <algorithm>
#include <string>
#include <utility>

#include "authz/policy/environments.h"
#include "authz/policy/registry.h"

namespace cadastre::authz {
namespace {

template <typename Words>
std::vector<uint32_t> InternAll(const Words& words_in, const WordTable& words) {
  std::vector<uint32_t> numbers;
  numbers.reserve(words_in.size());
  for (const std::string& word : words_in) {
    if (!word.empty()) numbers.push_back(words.Intern(word));
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

const AssetLabels& NoLabels() {
  static const AssetLabels none;
  return none;
}

}  // namespace

AssetLabels InternLabels(const record::AssetHeader& header, const WordTable& words, const Environments& environments) {
  AssetLabels labels;
  const record::Labels& stated = header.labels();
  labels.container = AssetId(stated.container());
  labels.domain = AssetId(stated.domain());
  labels.namespace_word = words.Intern(header.namespace_());
  labels.environment =
      stated.environment().empty() ? environments.Of(header.namespace_()) : words.Intern(stated.environment());
  if (header.kind() <= base::kAssetKindMax) labels.kind = static_cast<AssetKind>(header.kind());
  labels.exists = true;
  labels.deleted = header.deleted();
  labels.dropped = stated.dropped();
  labels.has_statements = header.has_statements();
  labels.tags = InternAll(stated.tags(), words);
  labels.classes = InternAll(stated.classifications(), words);
  labels.owners = InternAll(stated.owners(), words);
  for (const record::ColumnLabels& column : stated.columns()) {
    labels.columns.push_back({.column = ColumnId(column.column()),
                              .path = {column.path().begin(), column.path().end()},
                              .classes = InternAll(column.classifications(), words)});
  }
  for (const record::RenamedColumn& column : stated.renamed()) {
    RenamedColumn& renamed = labels.renamed.emplace_back();
    renamed.path = {column.path().begin(), column.path().end()};
    for (const record::FormerColumnName& name : column.former()) {
      renamed.former.emplace_back(name.path().begin(), name.path().end());
    }
  }
  for (const record::MergedName& name : header.merged()) {
    labels.merged.push_back({AssetId(name.asset()), name.renamed_to()});
  }
  return labels;
}

const std::shared_ptr<const AssetLabels>* LabelColumns::Slot(uint64_t id) const {
  const uint64_t chunk_index = id / kChunkAssets;
  const uint64_t shelf_index = chunk_index / kShelfChunks;
  if (shelf_index >= shelves_.size() || shelves_[shelf_index] == nullptr) return nullptr;
  const Chunk* chunk = shelves_[shelf_index]->slots[chunk_index % kShelfChunks].get();
  return chunk == nullptr ? nullptr : &chunk->slots[id % kChunkAssets];
}

template <typename Part>
Part& LabelColumns::Own(std::shared_ptr<const Part>& slot) {
  const uint64_t stamp = stamp_.Get();
  if (slot == nullptr || slot->stamp != stamp) {
    auto fresh = slot == nullptr ? std::make_shared<Part>() : std::make_shared<Part>(*slot);
    fresh->stamp = stamp;
    slot = std::move(fresh);
  }
  // Only this value knows a part of its own stamp, so no reader is behind it yet.
  return const_cast<Part&>(*slot);
}

const AssetLabels& LabelColumns::Of(AssetId id) const {
  const std::shared_ptr<const AssetLabels>* slot = Slot(id.value());
  return slot == nullptr || *slot == nullptr ? NoLabels() : **slot;
}

MergedSet MergedWith(const LabelColumns& columns, AssetId id, const AssetLabels& labels) {
  MergedSet set;
  const auto take = [&](const std::vector<MergedName>& names) {
    for (const MergedName& name : names) {
      if (name.id == id || std::find(set.others.begin(), set.others.end(), name.id) != set.others.end()) continue;
      if (set.others.size() == kMergedWalkMax) {
        set.whole = false;
        return;
      }
      set.others.push_back(name.id);
    }
  };
  take(labels.merged);
  for (size_t next = 0; next < set.others.size(); ++next) take(columns.Of(set.others[next]).merged);
  return set;
}

void LabelColumns::Set(AssetId id, std::shared_ptr<const AssetLabels> labels) {
  const uint64_t chunk_index = id.value() / kChunkAssets;
  const uint64_t shelf_index = chunk_index / kShelfChunks;
  if (shelf_index >= shelves_.size()) shelves_.resize(shelf_index + 1);
  Shelf& shelf = Own(shelves_[shelf_index]);
  Own(shelf.slots[chunk_index % kShelfChunks]).slots[id.value() % kChunkAssets] = std::move(labels);
  end_ = std::max(end_, id.value() + 1);
}

}  // namespace cadastre::authz
