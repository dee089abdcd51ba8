// What one call of Map has gathered so far, and the ways its parts add to it.
//
// Owner: Map, on its stack. Thread rule: confined.
// Deliberately does not: appear outside this folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ingestors/openlineage/map.h"
#include "ingestors/openlineage/mapped_event.h"

namespace cadastre::openlineage {

class Mapping {
 public:
  Mapping(const Event& event, const MapOptions& options);

  const Event& event() const { return event_; }
  MappedEvent& out() { return out_; }

  void Warn(std::string_view cause, std::string_view field);
  size_t& items_left() { return items_left_; }

  // The asset a name stands for after the name rules; nothing for a name that cannot be kept.
  std::optional<base::AssetName> Name(base::AssetKind kind, std::string_view ns, std::string_view name);
  void AddDataset(const base::AssetName& dataset);
  void AddAspect(const base::AssetName& asset, ColumnPath column, catalog::v1::Aspect aspect, bool deleted = false);
  void AddAlias(const base::AssetName& asset, const base::AssetName& alias, std::string type);
  // One of the event's symlinks is read; false where it is one too many, of its dataset (`of_dataset` before it) or of
  // the event: no more names are merged than that, and each is weighed against all it is merged with.
  bool TakeSymlink(size_t of_dataset);
  void AddStatement(const base::AssetName& target, bool stated_empty);
  void AddRetagged(const base::AssetName& dataset) { out_.retagged.push_back(dataset); }

  // Teaches ColumnOf the nested columns of a dataset; the schema outlives this Mapping's use.
  void LearnSchema(const base::AssetName& dataset, const catalog::v1::Schema& schema);
  // The path a column's text means: as the schema in this event has it, else one segment. Empty for text that names
  // none.
  ColumnPath ColumnOf(const base::AssetName& dataset, std::string_view text);

  // Edges of the same kind, basis, ends and job are one; column pairs gather on it.
  void AddEdge(EdgeKind kind, EdgeBasis basis, const base::AssetName& from, const base::AssetName& to);
  // False where there are too many already.
  bool AddColumnPair(EdgeKind kind, EdgeBasis basis, const base::AssetName& from, const base::AssetName& to,
                     ColumnPair pair);
  // `target` is explained by something more explicit than inputs × outputs.
  void Cover(EdgeBasis basis, const base::AssetName& target);
  bool IsCovered(const base::AssetName& target) const;
  bool IsCoveredBy(EdgeBasis basis, const base::AssetName& target) const;
  // Sorts what was gathered and drops what was said twice.
  MappedEvent Finish();

 private:
  using EdgeKey = std::pair<std::pair<EdgeKind, EdgeBasis>, std::pair<base::AssetName, base::AssetName>>;
  using NestedColumns = absl::flat_hash_map<std::string, ColumnPath>;

  // Null when the event has grown too large.
  MappedEdge* EdgeOf(EdgeKind kind, EdgeBasis basis, const base::AssetName& from, const base::AssetName& to);
  // Whether the answer may grow by so many bytes more.
  bool Spend(size_t bytes);
  void LearnFields(const google::protobuf::RepeatedPtrField<catalog::v1::SchemaField>& fields,
                   const std::string& prefix, const ColumnPath& above, NestedColumns& out);

  const Event& event_;
  const MapOptions& options_;
  MappedEvent out_;
  absl::flat_hash_set<base::AssetName> datasets_;
  absl::flat_hash_map<EdgeKey, size_t> edges_;
  absl::flat_hash_map<base::AssetName, NestedColumns> columns_;
  absl::flat_hash_set<base::AssetName> by_lineage_;
  absl::flat_hash_set<base::AssetName> by_columns_;
  absl::flat_hash_set<base::AssetName> folded_;
  size_t column_pairs_ = 0;
  size_t items_left_;
  size_t symlinks_ = 0;
  size_t bytes_left_;
  bool too_large_ = false;
};

}  // namespace cadastre::openlineage
