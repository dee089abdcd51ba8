// The labels of every asset in memory, as policy reads them: interned integers, direct labels only.
//
// The committer's hook is the one writer; views read the immutable copy in
// Published. A changed copy shares all chunks but those touched. Thread rule:
// compatible.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/copy_stamp.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"

namespace cadastre::authz {

class WordTable;

// A column that carries classifications; few an asset.
struct ClassifiedColumn {
  ColumnId column;
  std::vector<std::string> path;
  std::vector<uint32_t> classes;  // interned, sorted

  friend bool operator==(const ClassifiedColumn&, const ClassifiedColumn&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const ClassifiedColumn& column) {
    return H::combine(std::move(state), column.column, column.path, column.classes);
  }
};

// One asset's labels. The text stands in LabelWords and in the registry.
struct AssetLabels {
  AssetId container{0};
  AssetId domain{0};
  uint32_t namespace_word = 0;
  uint32_t environment = 0;  // 0 = none
  AssetKind kind{};
  bool exists = false;   // false for ids never given out
  bool deleted = false;  // soft
  // Sorted, each once.
  std::vector<uint32_t> tags;
  std::vector<uint32_t> classes;
  std::vector<uint32_t> owners;
  std::vector<ClassifiedColumn> columns;

  friend bool operator==(const AssetLabels&, const AssetLabels&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const AssetLabels& labels) {
    return H::combine(std::move(state), labels.container, labels.domain, labels.namespace_word, labels.environment,
                      static_cast<int>(labels.kind), labels.exists, labels.deleted, labels.tags, labels.classes,
                      labels.owners, labels.columns);
  }
};

// The labels a stored header states. A kind that is none of ours gives kind 0, which no scope names.
AssetLabels InternLabels(const record::AssetHeader& header, const WordTable& words);

class LabelColumns {
 public:
  static constexpr size_t kChunkAssets = 256;

  // A shared empty value for ids never given out.
  const AssetLabels& Of(AssetId id) const;
  // Equal labels are best one value: most assets of a catalog have the labels of many others.
  void Set(AssetId id, std::shared_ptr<const AssetLabels> labels);
  void Set(AssetId id, AssetLabels labels) { Set(id, std::make_shared<const AssetLabels>(std::move(labels))); }
  // One more than the highest id ever set.
  uint64_t end() const { return end_; }

 private:
  struct Chunk {
    std::array<std::shared_ptr<const AssetLabels>, kChunkAssets> slots;
    uint64_t stamp = 0;
  };
  // Chunks of chunks: copying the table of 10M assets copies 150 pointers.
  static constexpr size_t kShelfChunks = 256;
  struct Shelf {
    std::array<std::shared_ptr<const Chunk>, kShelfChunks> slots;
    uint64_t stamp = 0;
  };

  const std::shared_ptr<const AssetLabels>* Slot(uint64_t id) const;
  // The part behind `slot` as this value may change it: a copy, if another value may hold it too.
  template <typename Part>
  Part& Own(std::shared_ptr<const Part>& slot);

  std::vector<std::shared_ptr<const Shelf>> shelves_;
  uint64_t end_ = 0;
  CopyStamp stamp_;
};

}  // namespace cadastre::authz
