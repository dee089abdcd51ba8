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

#include "authz/policy/copy_stamp.h"
#include "authz/policy/environments.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"

namespace cadastre::authz {

class WordTable;

// A column that carries classifications, or a name that goes on carrying those of a column that had it; few an asset.
struct ClassifiedColumn {
  // Invalid for such a name, and for classes that a column was left by another.
  ColumnId column;
  // Empty for any column: then more names carry classes than are told one by one.
  std::vector<std::string> path;
  std::vector<uint32_t> classes;  // interned, sorted

  friend bool operator==(const ClassifiedColumn&, const ClassifiedColumn&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const ClassifiedColumn& column) {
    return H::combine(std::move(state), column.column, column.path, column.classes);
  }
};

// A column that had other names: what hides it hides them.
struct RenamedColumn {
  std::vector<std::string> path;
  // An empty one: any column.
  std::vector<std::vector<std::string>> former;

  friend bool operator==(const RenamedColumn&, const RenamedColumn&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const RenamedColumn& column) {
    return H::combine(std::move(state), column.path, column.former);
  }
};

// Another name of the same thing. To policy the names merged with one another are one asset: see PolicyEvaluator.
struct MergedName {
  AssetId id;
  // The asset that carries this was renamed to `id`.
  bool renamed_to = false;

  friend bool operator==(const MergedName&, const MergedName&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const MergedName& name) {
    return H::combine(std::move(state), name.id, name.renamed_to);
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
  bool dropped = false;  // at its source, as the metadata that opens with `read` says
  bool has_statements = false;
  // Sorted, each once.
  std::vector<uint32_t> tags;
  std::vector<uint32_t> classes;
  std::vector<uint32_t> owners;
  std::vector<ClassifiedColumn> columns;
  std::vector<RenamedColumn> renamed;
  // The names merged with it directly, whoever may see them; by id.
  std::vector<MergedName> merged;

  friend bool operator==(const AssetLabels&, const AssetLabels&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const AssetLabels& labels) {
    return H::combine(std::move(state), labels.container, labels.domain, labels.namespace_word, labels.environment,
                      static_cast<int>(labels.kind), labels.exists, labels.deleted, labels.dropped,
                      labels.has_statements, labels.tags, labels.classes, labels.owners, labels.columns, labels.renamed,
                      labels.merged);
  }
};

// The labels a stored header states, and the environment of its namespace. A kind that is none of ours gives kind 0,
// which no scope names.
AssetLabels InternLabels(const record::AssetHeader& header, const WordTable& words,
                         const Environments& environments = Environments());

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

// How far a merged set is followed; sets are kept far smaller when they are made (catalog/alias.h).
inline constexpr size_t kMergedWalkMax = 1024;
struct MergedSet {
  // All names merged with the asset, directly or through others, whoever may see them; itself left out.
  std::vector<AssetId> others;
  // False where there are more: then nothing may be concluded from those told.
  bool whole = true;
};
// `labels` are those of `id`, which may differ from what `columns` holds of it.
MergedSet MergedWith(const LabelColumns& columns, AssetId id, const AssetLabels& labels);

}  // namespace cadastre::authz
