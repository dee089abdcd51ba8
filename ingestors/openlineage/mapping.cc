#include "ingestors/openlineage/mapping.h"

#include <algorithm>

#include "base/limits.h"
#include "base/status.h"
#include "ingestors/openlineage/name_rules.h"

namespace cadastre::openlineage {

namespace {

constexpr size_t kNestedTextBytesMax = 1'024;
// What a row of the answer takes besides its texts, roughly.
constexpr size_t kRowBytes = 256;
// Of so many names is one thing at most (catalog/alias.h).
constexpr size_t kDatasetSymlinksMax = 64;
constexpr size_t kEventSymlinksMax = 10'000;

size_t BytesOf(const base::AssetName& asset) { return sizeof(asset) + asset.ns.size() + asset.name.size(); }

size_t BytesOf(const ColumnPath& path) {
  size_t bytes = 0;
  for (const std::string& segment : path) bytes += sizeof(segment) + segment.size();
  return bytes;
}

}  // namespace

Mapping::Mapping(const Event& event, const MapOptions& options)
    : event_(event), options_(options), items_left_(options.items_max), bytes_left_(options.bytes_max) {
  out_.shape = event.shape;
  out_.event_time = event.event_time;
  out_.warnings = event.warnings;
}

void Mapping::Warn(std::string_view cause, std::string_view field) {
  const size_t count = out_.warnings.size();
  if (count < options_.warnings_max) out_.warnings.push_back({std::string(cause), std::string(field)});
  if (count + 1 == options_.warnings_max) out_.warnings.back() = {"more_warnings", "event"};
}

bool Mapping::Spend(size_t bytes) {
  if (bytes <= bytes_left_) {
    bytes_left_ -= bytes;
    return true;
  }
  bytes_left_ = 0;
  if (!too_large_) Warn("grows_too_large", "event");
  too_large_ = true;
  return false;
}

std::optional<base::AssetName> Mapping::Name(base::AssetKind kind, std::string_view ns, std::string_view name) {
  if (ns.size() > base::kNamespaceBytesMax || name.size() > base::kNameBytesMax) return std::nullopt;
  base::AssetName asset{kind, std::string(ns), std::string(name)};
  if (!base::CheckAssetName(asset).ok()) return std::nullopt;
  if (!options_.fold_names) return asset;
  std::optional<Fold> fold = FoldName(asset, out_.tool);
  if (!fold.has_value()) return asset;
  if (!folded_.contains(asset) && Spend(4 * BytesOf(asset))) {
    folded_.insert(asset);
    out_.folded.push_back({std::move(asset), fold->parent, std::string(fold->rule)});
  }
  return std::move(fold->parent);
}

void Mapping::AddDataset(const base::AssetName& dataset) {
  if (!datasets_.insert(dataset).second) return;
  out_.datasets.push_back(dataset);
  const std::optional<base::AssetName> usual = SchemeAlias(dataset);
  if (usual.has_value()) AddAlias(dataset, *usual, "SCHEME");
}

void Mapping::AddAspect(const base::AssetName& asset, ColumnPath column, catalog::v1::Aspect aspect, bool deleted) {
  if (!Spend(kRowBytes + BytesOf(asset) + BytesOf(column))) return;
  out_.aspects.push_back({asset, std::move(column), std::move(aspect), event_.event_time, deleted});
}

void Mapping::AddAlias(const base::AssetName& asset, const base::AssetName& alias, std::string type) {
  if (asset == alias || !Spend(kRowBytes + BytesOf(asset) + BytesOf(alias))) return;
  out_.aliases.push_back({asset, alias, std::move(type)});
}

bool Mapping::TakeSymlink(size_t of_dataset) {
  return of_dataset < kDatasetSymlinksMax && symlinks_++ < kEventSymlinksMax;
}

void Mapping::AddStatement(const base::AssetName& target, bool stated_empty) {
  if (Spend(kRowBytes + BytesOf(target))) out_.statements.push_back({target, stated_empty});
}

void Mapping::LearnFields(const google::protobuf::RepeatedPtrField<catalog::v1::SchemaField>& fields,
                          const std::string& prefix, const ColumnPath& above, NestedColumns& out) {
  for (const catalog::v1::SchemaField& field : fields) {
    const std::string text = prefix + field.name();
    if (text.size() > kNestedTextBytesMax) continue;
    ColumnPath path = above;
    path.push_back(field.name());
    if (!Spend(kRowBytes + text.size() + BytesOf(path))) return;
    // A column whose own name holds the dot was learnt before, and wins.
    out.emplace(text, path);
  }
  for (const catalog::v1::SchemaField& field : fields) {
    const std::string text = prefix + field.name();
    if (field.fields().empty() || text.size() > kNestedTextBytesMax) continue;
    ColumnPath path = above;
    path.push_back(field.name());
    LearnFields(field.fields(), text + ".", path, out);
  }
}

void Mapping::LearnSchema(const base::AssetName& dataset, const catalog::v1::Schema& schema) {
  const bool nested = std::any_of(schema.fields().begin(), schema.fields().end(),
                                  [](const catalog::v1::SchemaField& field) { return !field.fields().empty(); });
  if (nested) LearnFields(schema.fields(), "", {}, columns_[dataset]);
}

ColumnPath Mapping::ColumnOf(const base::AssetName& dataset, std::string_view text) {
  if (const auto known = columns_.find(dataset); known != columns_.end()) {
    const auto path = known->second.find(base::ToAbsl(text));
    if (path != known->second.end()) return path->second;
  }
  if (text.empty() || text.size() > base::kColumnSegmentBytesMax) return {};
  return {std::string(text)};
}

MappedEdge* Mapping::EdgeOf(EdgeKind kind, EdgeBasis basis, const base::AssetName& from, const base::AssetName& to) {
  EdgeKey key{{kind, basis}, {from, to}};
  if (const auto found = edges_.find(key); found != edges_.end()) return &out_.edges[found->second];
  // Both the answer and the key hold the names.
  if (!Spend(2 * (kRowBytes + BytesOf(from) + BytesOf(to)))) return nullptr;
  edges_.emplace(std::move(key), out_.edges.size());
  MappedEdge& edge = out_.edges.emplace_back();
  edge.kind = kind;
  edge.basis = basis;
  edge.from = from;
  edge.to = to;
  if (kind == EdgeKind::kDerives) edge.job = out_.job;
  return &edge;
}

void Mapping::AddEdge(EdgeKind kind, EdgeBasis basis, const base::AssetName& from, const base::AssetName& to) {
  EdgeOf(kind, basis, from, to);
}

bool Mapping::AddColumnPair(EdgeKind kind, EdgeBasis basis, const base::AssetName& from, const base::AssetName& to,
                            ColumnPair pair) {
  MappedEdge* edge = EdgeOf(kind, basis, from, to);
  if (edge == nullptr) return true;
  const bool full = column_pairs_ >= options_.column_pairs_max || edge->columns.size() >= options_.edge_pairs_max;
  if (full) return false;
  ++column_pairs_;
  const size_t bytes =
      BytesOf(pair.from) + BytesOf(pair.to) + pair.type.size() + pair.subtype.size() + pair.description.size();
  if (Spend(kRowBytes + bytes)) edge->columns.push_back(std::move(pair));
  return true;
}

void Mapping::Cover(EdgeBasis basis, const base::AssetName& target) {
  (basis == EdgeBasis::kLineage ? by_lineage_ : by_columns_).insert(target);
}

bool Mapping::IsCoveredBy(EdgeBasis basis, const base::AssetName& target) const {
  return (basis == EdgeBasis::kLineage ? by_lineage_ : by_columns_).contains(target);
}

bool Mapping::IsCovered(const base::AssetName& target) const {
  return by_lineage_.contains(target) || by_columns_.contains(target);
}

MappedEvent Mapping::Finish() {
  for (MappedEdge& edge : out_.edges) {
    std::sort(edge.columns.begin(), edge.columns.end());
    edge.columns.erase(std::unique(edge.columns.begin(), edge.columns.end()), edge.columns.end());
  }
  std::sort(out_.folded.begin(), out_.folded.end());
  out_.folded.erase(std::unique(out_.folded.begin(), out_.folded.end()), out_.folded.end());
  return std::move(out_);
}

}  // namespace cadastre::openlineage
