// The graph in memory: compressed rows of edges by asset id, and the changes since on top.
//
// Values are immutable once made and shared by readers; thread rule: compatible.
// A changed copy of a Delta shares all chunks but those touched, so a reader keeps what it began with.
// Bounds: asset ids below 2^32 - 1, edges below 2^32. Column pairs are not in memory.
// Deliberately does not: know viewers. Only MemoryGraph hands it out, against a view.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/words.h"
#include "lineage/edge.h"

namespace cadastre::lineage {

// Which way a step goes.
enum class Side : uint8_t { kOut = 0, kIn = 1 };

// What an arc says besides where it leads; many arcs share one.
struct ArcKind {
  // 0 where an end of the arc is the job, and where there is none.
  uint32_t job = 0;
  uint32_t producer = 0;
  EdgeKind kind = EdgeKind::kConsumes;
  bool ended = false;
  // Of produces: walks do not pass through the job to this output (record.Edge.through is false).
  bool covered = false;
  // Of a change: there is no such arc any more.
  bool forgotten = false;

  friend auto operator<=>(const ArcKind&, const ArcKind&) = default;
  friend bool operator==(const ArcKind&, const ArcKind&) = default;
};

// One row of kOut as the graph holds it.
struct GraphEdge {
  uint32_t from = 0;
  uint32_t to = 0;
  ArcKind arc;

  static GraphEdge Of(const EdgeKey& key, bool ended, bool through);
  EdgeKey Key() const;
};

class CompressedRows {
 public:
  struct Arc {
    uint32_t to;
    uint32_t kind;  // index into kinds()
  };

  CompressedRows() = default;
  static std::shared_ptr<const CompressedRows> Of(std::vector<GraphEdge> edges);

  std::span<const Arc> Arcs(Side side, uint32_t node) const {
    const Rows& rows = sides_[static_cast<size_t>(side)];
    if (size_t{node} + 1 >= rows.begins.size()) return {};
    return {rows.arcs.data() + rows.begins[node], rows.arcs.data() + rows.begins[node + 1]};
  }
  const ArcKind& KindOf(const Arc& arc) const { return kinds_[arc.kind]; }
  size_t edges() const { return sides_[0].arcs.size(); }
  // One more than the greatest id.
  uint32_t node_end() const { return node_end_; }
  std::vector<GraphEdge> Edges() const;

 private:
  friend class GraphCheckpoint;
  struct Rows {
    std::vector<uint32_t> begins;
    std::vector<Arc> arcs;
  };
  std::array<Rows, 2> sides_;
  std::vector<ArcKind> kinds_;
  uint32_t node_end_ = 0;
};

class Delta {
 public:
  struct Change {
    uint32_t node;
    uint32_t to;
    ArcKind arc;
  };

  // A copy in which the edges have these states.
  std::shared_ptr<const Delta> With(std::span<const GraphEdge> edges) const;
  // Sorted by (to, job, producer, kind).
  std::span<const Change> Of(Side side, uint32_t node) const {
    const Chunks& chunks = sides_[static_cast<size_t>(side)];
    const size_t high = node >> (2 * kBits);
    if (high >= chunks.size() || chunks[high] == nullptr) return {};
    const Leaf* leaf = chunks[high]->leaves[(node >> kBits) & kMask].get();
    return leaf == nullptr ? std::span<const Change>() : OfLeaf(*leaf, node);
  }
  size_t size() const { return size_; }
  uint32_t node_end() const { return node_end_; }
  std::vector<GraphEdge> Edges() const;

 private:
  static constexpr uint32_t kBits = 8;
  static constexpr uint32_t kMask = (1u << kBits) - 1;
  using Leaf = std::vector<Change>;  // of 256 ids, sorted
  struct Chunk {
    std::array<std::shared_ptr<const Leaf>, 1u << kBits> leaves;
  };
  using Chunks = std::vector<std::shared_ptr<const Chunk>>;

  static std::span<const Change> OfLeaf(const Leaf& leaf, uint32_t node);
  void Apply(Side side, std::vector<Change> changes);

  std::array<Chunks, 2> sides_;
  size_t size_ = 0;  // of one side
  uint32_t node_end_ = 0;
};

// Base and delta that belong together.
class Adjacency {
 public:
  Adjacency() : base_(std::make_shared<CompressedRows>()), delta_(std::make_shared<Delta>()) {}
  Adjacency(std::shared_ptr<const CompressedRows> base, std::shared_ptr<const Delta> delta)
      : base_(std::move(base)), delta_(std::move(delta)) {}

  // `each(uint32_t to, const ArcKind&)`, ended arcs included, forgotten ones not.
  template <typename Each>
  void ForEach(Side side, uint32_t node, Each&& each) const {
    const std::span<const Delta::Change> changes = delta_->Of(side, node);
    if (changes.empty()) {
      for (const CompressedRows::Arc& arc : base_->Arcs(side, node)) each(arc.to, base_->KindOf(arc));
      return;
    }
    for (const CompressedRows::Arc& arc : base_->Arcs(side, node)) {
      const ArcKind& kind = base_->KindOf(arc);
      if (!Replaced(changes, arc.to, kind)) each(arc.to, kind);
    }
    for (const Delta::Change& change : changes) {
      if (!change.arc.forgotten) each(change.to, change.arc);
    }
  }

  uint32_t node_end() const { return std::max(base_->node_end(), delta_->node_end()); }
  const std::shared_ptr<const CompressedRows>& base() const { return base_; }
  const std::shared_ptr<const Delta>& delta() const { return delta_; }

  Adjacency With(std::span<const GraphEdge> edges) const { return {base_, delta_->With(edges)}; }
  // The same graph without a delta.
  Adjacency Folded() const;

 private:
  static bool Replaced(std::span<const Delta::Change> changes, uint32_t to, const ArcKind& kind);

  std::shared_ptr<const CompressedRows> base_;
  std::shared_ptr<const Delta> delta_;
};

}  // namespace cadastre::lineage
