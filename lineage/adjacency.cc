#include "lineage/adjacency.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/check.h"

namespace cadastre::lineage {
namespace {

// Arcs of one node are told apart by everything but their state.
auto Identity(uint32_t to, const ArcKind& arc) { return std::tuple(to, arc.job, arc.producer, arc.kind); }

bool ChangeLess(const Delta::Change& left, const Delta::Change& right) {
  return std::pair(left.node, Identity(left.to, left.arc)) < std::pair(right.node, Identity(right.to, right.arc));
}

bool SameArc(const Delta::Change& left, const Delta::Change& right) {
  return left.node == right.node && Identity(left.to, left.arc) == Identity(right.to, right.arc);
}

uint32_t Narrow(AssetId id) {
  CHECK(id.value() < std::numeric_limits<uint32_t>::max()) << "asset id " << id << " is beyond what the graph holds";
  return static_cast<uint32_t>(id.value());
}

uint64_t KindNumber(const ArcKind& kind) {
  return (uint64_t{kind.producer} << 32 | kind.job) * 32 + static_cast<uint64_t>(kind.kind) * 4 + (kind.ended ? 2 : 0) +
         (kind.covered ? 1 : 0);
}

}  // namespace

GraphEdge GraphEdge::Of(const EdgeKey& key, bool ended, bool through) {
  GraphEdge edge;
  edge.from = Narrow(key.from);
  edge.to = Narrow(key.to);
  const bool end_is_job = key.kind == EdgeKind::kConsumes || key.kind == EdgeKind::kProduces;
  edge.arc.job = end_is_job ? 0 : Narrow(key.job);
  edge.arc.producer = key.producer;
  edge.arc.kind = key.kind;
  edge.arc.ended = ended;
  edge.arc.covered = key.kind == EdgeKind::kProduces && !through;
  return edge;
}

EdgeKey GraphEdge::Key() const {
  EdgeKey key{AssetId(from), arc.kind, AssetId(to), AssetId(arc.job), arc.producer};
  if (arc.kind == EdgeKind::kConsumes) key.job = key.to;
  if (arc.kind == EdgeKind::kProduces) key.job = key.from;
  return key;
}

std::shared_ptr<const CompressedRows> CompressedRows::Of(std::vector<GraphEdge> edges) {
  CHECK(edges.size() < std::numeric_limits<uint32_t>::max()) << "more edges than compressed rows hold";
  auto rows = std::make_shared<CompressedRows>();
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> known;
  std::vector<uint32_t> kinds;
  kinds.reserve(edges.size());
  for (const GraphEdge& edge : edges) {
    rows->node_end_ = std::max({rows->node_end_, edge.from + 1, edge.to + 1});
    std::vector<uint32_t>& candidates = known[KindNumber(edge.arc)];
    const auto same = std::find_if(candidates.begin(), candidates.end(),
                                   [&](uint32_t index) { return rows->kinds_[index] == edge.arc; });
    if (same == candidates.end()) {
      candidates.push_back(static_cast<uint32_t>(rows->kinds_.size()));
      rows->kinds_.push_back(edge.arc);
      kinds.push_back(candidates.back());
    } else {
      kinds.push_back(*same);
    }
  }
  for (const Side side : {Side::kOut, Side::kIn}) {
    Rows& out = rows->sides_[static_cast<size_t>(side)];
    out.begins.assign(size_t{rows->node_end_} + 1, 0);
    out.arcs.resize(edges.size());
    for (const GraphEdge& edge : edges) ++out.begins[(side == Side::kOut ? edge.from : edge.to) + 1];
    for (size_t node = 1; node < out.begins.size(); ++node) out.begins[node] += out.begins[node - 1];
    std::vector<uint32_t> next(out.begins.begin(), out.begins.end() - 1);
    for (size_t i = 0; i < edges.size(); ++i) {
      const uint32_t node = side == Side::kOut ? edges[i].from : edges[i].to;
      const uint32_t to = side == Side::kOut ? edges[i].to : edges[i].from;
      out.arcs[next[node]++] = {to, kinds[i]};
    }
  }
  return rows;
}

std::vector<GraphEdge> CompressedRows::Edges() const {
  std::vector<GraphEdge> edges;
  edges.reserve(this->edges());
  for (uint32_t node = 0; node < node_end_; ++node) {
    for (const Arc& arc : Arcs(Side::kOut, node)) edges.push_back({node, arc.to, KindOf(arc)});
  }
  return edges;
}

std::span<const Delta::Change> Delta::OfLeaf(const Leaf& leaf, uint32_t node) {
  const auto first = std::lower_bound(leaf.begin(), leaf.end(), node,
                                      [](const Change& change, uint32_t wanted) { return change.node < wanted; });
  auto last = first;
  while (last != leaf.end() && last->node == node) ++last;
  return {leaf.data() + (first - leaf.begin()), static_cast<size_t>(last - first)};
}

void Delta::Apply(Side side, std::vector<Change> changes) {
  std::stable_sort(changes.begin(), changes.end(), ChangeLess);
  Chunks& chunks = sides_[static_cast<size_t>(side)];
  size_t begin = 0;
  while (begin < changes.size()) {
    const uint32_t leaf_number = changes[begin].node >> kBits;
    size_t end = begin;
    while (end < changes.size() && changes[end].node >> kBits == leaf_number) ++end;

    const size_t high = leaf_number >> kBits;
    if (high >= chunks.size()) chunks.resize(high + 1);
    auto chunk = chunks[high] == nullptr ? std::make_shared<Chunk>() : std::make_shared<Chunk>(*chunks[high]);
    std::shared_ptr<const Leaf>& place = chunk->leaves[leaf_number & kMask];
    auto leaf = place == nullptr ? std::make_shared<Leaf>() : std::make_shared<Leaf>(*place);
    for (size_t i = begin; i < end; ++i) {
      const auto at = std::lower_bound(leaf->begin(), leaf->end(), changes[i], ChangeLess);
      if (at != leaf->end() && SameArc(*at, changes[i])) {
        at->arc = changes[i].arc;
      } else {
        leaf->insert(at, changes[i]);
        if (side == Side::kOut) ++size_;
      }
    }
    place = std::move(leaf);
    chunks[high] = std::move(chunk);
    begin = end;
  }
}

std::shared_ptr<const Delta> Delta::With(std::span<const GraphEdge> edges) const {
  auto copy = std::make_shared<Delta>(*this);
  std::vector<Change> out;
  std::vector<Change> in;
  for (const GraphEdge& edge : edges) {
    out.push_back({edge.from, edge.to, edge.arc});
    in.push_back({edge.to, edge.from, edge.arc});
    copy->node_end_ = std::max({copy->node_end_, edge.from + 1, edge.to + 1});
  }
  copy->Apply(Side::kOut, std::move(out));
  copy->Apply(Side::kIn, std::move(in));
  return copy;
}

std::vector<GraphEdge> Delta::Edges() const {
  std::vector<GraphEdge> edges;
  for (const auto& chunk : sides_[static_cast<size_t>(Side::kOut)]) {
    if (chunk == nullptr) continue;
    for (const auto& leaf : chunk->leaves) {
      if (leaf == nullptr) continue;
      for (const Change& change : *leaf) edges.push_back({change.node, change.to, change.arc});
    }
  }
  return edges;
}

bool Adjacency::Replaced(std::span<const Delta::Change> changes, uint32_t to, const ArcKind& kind) {
  const auto wanted = Identity(to, kind);
  const auto at = std::lower_bound(
      changes.begin(), changes.end(), wanted,
      [](const Delta::Change& change, const auto& identity) { return Identity(change.to, change.arc) < identity; });
  return at != changes.end() && Identity(at->to, at->arc) == wanted;
}

Adjacency Adjacency::Folded() const {
  std::vector<GraphEdge> edges;
  edges.reserve(base_->edges() + delta_->size());
  for (uint32_t node = 0; node < node_end(); ++node) {
    ForEach(Side::kOut, node, [&](uint32_t to, const ArcKind& arc) { edges.push_back({node, to, arc}); });
  }
  return {CompressedRows::Of(std::move(edges)), std::make_shared<Delta>()};
}

}  // namespace cadastre::lineage
