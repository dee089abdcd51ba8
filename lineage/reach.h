// Reach: which nodes lie within a number of hops, found breadth first: the hot loop of every walk.
//
// Template over a source of arcs and a test of visibility, so that the loop over memory has neither calls nor
// allocations. Made by a walk; thread rule: confined. Marks are kept from walk to walk and told apart by an epoch.
// Errors: DEADLINE_EXCEEDED; those of the source.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "authz/policy/bitmap.h"
#include "authz/view/view.h"
#include "base/limits.h"
#include "base/status.h"
#include "lineage/adjacency.h"

namespace cadastre::lineage {

// Distances of one side, by node.
class Marks {
 public:
  static constexpr uint32_t kUnreached = 0xFFFF'FFFF;

  void Begin(uint32_t node_end, uint32_t depth);
  void Cover(uint32_t node) {
    if (node >= marks_.size()) marks_.resize(size_t{node} + 1, 0);
  }
  // Least hops; kUnreached where not reached.
  uint32_t HopsOf(uint32_t node) const { return std::min(HopsIn(marks_, node), HopsIn(leaves_, node)); }
  // The same, for nodes that a walk goes on from: not for those it only ends at.
  uint32_t OpenHopsOf(uint32_t node) const { return HopsIn(marks_, node); }
  // True where it brings the node nearer.
  bool Within(uint32_t node, uint32_t hops) const { return marks_[node] - base_ <= hops; }
  void Set(uint32_t node, uint32_t hops) { marks_[node] = base_ + hops; }
  void Forget(uint32_t node) { marks_[node] = 0; }
  // The same as Within and Set, in registers: valid until Cover or Begin.
  struct Open {
    uint32_t* marks;
    uint32_t base;
    bool Within(uint32_t node, uint32_t hops) const { return marks[node] - base <= hops; }
    void Set(uint32_t node, uint32_t hops) const { marks[node] = base + hops; }
  };
  Open open() { return {marks_.data(), base_}; }
  // Reaches a node without going on from it; false where it was reached as near.
  bool SetLeaf(uint32_t node, uint32_t hops) {
    if (HopsOf(node) <= hops) return false;
    if (leaves_.size() < marks_.size()) leaves_.resize(marks_.size(), 0);
    leaves_[node] = base_ + hops;
    return true;
  }
  void ForgetLeaf(uint32_t node) { leaves_[node] = 0; }

  // By hops; nodes that were found nearer afterwards are taken out when their level is done.
  std::vector<std::vector<uint32_t>> levels;
  // Nodes reached without going on, by hops; they join their level when it is done.
  std::vector<std::vector<uint32_t>> leaf_levels;

 private:
  static constexpr uint32_t kStride = 128;
  static_assert(kStride > base::kWalkHopsMax);
  uint32_t HopsIn(const std::vector<uint32_t>& marks, uint32_t node) const {
    if (node >= marks.size()) return kUnreached;
    const uint32_t hops = marks[node] - base_;
    return hops <= base::kWalkHopsMax ? hops : kUnreached;
  }

  std::vector<uint32_t> marks_;
  std::vector<uint32_t> leaves_;
  uint32_t base_ = 0;
};

// Tests bits of one bitmap without touching its owners.
class BitmapSight {
 public:
  explicit BitmapSight(const authz::AssetBitmap& bitmap) {
    for (const auto& chunk : bitmap.chunks()) chunks_.push_back(chunk == nullptr ? nullptr : chunk->data());
  }
  bool Sees(uint32_t node) const {
    const size_t chunk = node / authz::AssetBitmap::kChunkBits;
    if (chunk >= chunks_.size() || chunks_[chunk] == nullptr) return false;
    const uint32_t bit = node % authz::AssetBitmap::kChunkBits;
    return (chunks_[chunk][bit / 64] >> (bit % 64)) & 1u;
  }

 private:
  std::vector<const uint64_t*> chunks_;
};

// Asks the view: for reads as of a time, where labels of then count too.
class ViewSight {
 public:
  explicit ViewSight(const authz::GovernedView* view) : view_(view) {}
  bool Sees(uint32_t node) const { return view_->Sees(AssetId(node)); }

 private:
  const authz::GovernedView* view_;
};

struct ReachLimits {
  uint32_t depth = 0;
  uint64_t visits_max = 0;
  bool include_stale = false;
  std::chrono::steady_clock::time_point deadline;
  // Visible nodes, a level at a time; may be empty.
  std::function<Status(uint64_t nodes)> spend;
};

// Hops an arc counts for: a job that is named between two datasets is one of its own.
inline uint32_t HopsFor(const ArcKind& arc) { return arc.kind == EdgeKind::kDerives && arc.job != 0 ? 2 : 1; }

inline Status CheckDeadline(std::chrono::steady_clock::time_point deadline) {
  if (deadline == std::chrono::steady_clock::time_point::max()) return absl::OkStatus();
  if (std::chrono::steady_clock::now() < deadline) return absl::OkStatus();
  return base::DeadlineExceeded("the walk ran out of time");
}

// Fills `marks` from `start`. `aliases(node, visit)` calls visit(other) for names that are merged with the node.
// False where visits_max ended it: after a whole level, so that what is hidden cannot change where.
template <typename Source, typename Sight, typename Aliases>
StatusOr<bool> Reach(Source& source, const Sight& sight, const Aliases& aliases, Side side, uint32_t start,
                     const ReachLimits& limits, Marks& marks) {
  constexpr size_t kNodesBetweenChecks = 1024;
  marks.Begin(std::max(source.node_end(), start + 1), limits.depth);
  marks.Set(start, 0);
  marks.levels[0].push_back(start);
  uint64_t visits = 0;
  for (uint32_t hops = 0; hops <= limits.depth; ++hops) {
    for (size_t i = 0; i < marks.levels[hops].size(); ++i) {
      const uint32_t node = marks.levels[hops][i];
      if (marks.OpenHopsOf(node) != hops) continue;
      if (i % kNodesBetweenChecks == 0) RETURN_IF_ERROR(CheckDeadline(limits.deadline));
      aliases(node, [&](uint32_t other) {
        marks.Cover(other);
        if (marks.Within(other, hops) || !sight.Sees(other)) return;
        marks.Set(other, hops);
        marks.levels[hops].push_back(other);
      });
      if (hops == limits.depth) continue;
      std::vector<uint32_t>& next = marks.levels[hops + 1];
      const Marks::Open open = marks.open();
      source.ForEach(side, node, [&, open, hops, stale = limits.include_stale](uint32_t to, const ArcKind& arc) {
        if (open.Within(to, hops + 1)) return;
        if (arc.ended && !stale) return;
        const uint32_t cost = HopsFor(arc);
        if (!sight.Sees(to) || (arc.job != 0 && !sight.Sees(arc.job))) return;
        if (arc.covered && (hops > 0 || side == Side::kIn)) {
          // What flows into this output is stated more exactly: the job is shown above it, but is no way through.
          if (side == Side::kIn && marks.SetLeaf(to, hops + 1)) marks.leaf_levels[hops + 1].push_back(to);
        } else if (cost == 1) {
          open.Set(to, hops + 1);
          next.push_back(to);
        } else if (hops + cost <= limits.depth && !open.Within(to, hops + cost)) {
          open.Set(to, hops + cost);
          marks.levels[hops + cost].push_back(to);
        }
      });
      RETURN_IF_ERROR(source.status());
    }
    std::vector<uint32_t>& level = marks.levels[hops];
    for (const uint32_t node : marks.leaf_levels[hops]) {
      if (marks.OpenHopsOf(node) != hops) level.push_back(node);
    }
    level.erase(std::remove_if(level.begin(), level.end(), [&](uint32_t node) { return marks.HopsOf(node) != hops; }),
                level.end());
    visits += level.size();
    if (limits.spend && !level.empty()) RETURN_IF_ERROR(limits.spend(level.size()));
    if (visits > limits.visits_max && hops < limits.depth) {
      // What was found beyond this level is forgotten.
      for (uint32_t beyond = hops + 1; beyond <= limits.depth; ++beyond) {
        for (const uint32_t node : marks.levels[beyond]) {
          if (marks.OpenHopsOf(node) == beyond) marks.Forget(node);
        }
        for (const uint32_t node : marks.leaf_levels[beyond]) marks.ForgetLeaf(node);
        marks.levels[beyond].clear();
      }
      return false;
    }
  }
  return true;
}

inline void Marks::Begin(uint32_t node_end, uint32_t depth) {
  if (base_ > kUnreached - 2 * kStride) {
    std::fill(marks_.begin(), marks_.end(), 0);
    std::fill(leaves_.begin(), leaves_.end(), 0);
    base_ = 0;
  }
  base_ += kStride;
  if (marks_.size() < node_end) marks_.resize(node_end, 0);
  for (auto* all : {&levels, &leaf_levels}) {
    for (std::vector<uint32_t>& level : *all) level.clear();
    if (all->size() <= depth) all->resize(size_t{depth} + 1);
  }
}

}  // namespace cadastre::lineage
