// Where a walk finds arcs: the graph in memory, or the tables as of a view's point.
//
// Both have ForEach(side, node, each), node_end() and status(). Thread rule: confined.
#pragma once

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "lineage/memory_graph.h"

namespace cadastre::lineage {

class MemorySource {
 public:
  explicit MemorySource(std::shared_ptr<const GraphReading> reading) : reading_(std::move(reading)) {}
  template <typename Each>
  void ForEach(Side side, uint32_t node, Each&& each) const {
    reading_->adjacency.ForEach(side, node, std::forward<Each>(each));
  }
  uint32_t node_end() const { return reading_->adjacency.node_end(); }
  Status status() const { return absl::OkStatus(); }

 private:
  std::shared_ptr<const GraphReading> reading_;
};

// Reads and reveals the rows of a node once. Hidden rows are passed over; those shown are noted.
class TableSource {
 public:
  TableSource(authz::GovernedView* view, std::chrono::steady_clock::time_point deadline)
      : view_(view), deadline_(deadline) {}
  template <typename Each>
  void ForEach(Side side, uint32_t node, Each&& each) {
    for (const auto& [to, arc] : Arcs(side, node)) each(to, arc);
  }
  uint32_t node_end() const { return static_cast<uint32_t>(view_->published().labels.end()); }
  // Of the reads so far; a walk asks after every node.
  const Status& status() const { return status_; }

 private:
  using List = std::vector<std::pair<uint32_t, ArcKind>>;
  const List& Arcs(Side side, uint32_t node);
  Status Load(Side side, uint32_t node, List* arcs);

  authz::GovernedView* view_;
  std::chrono::steady_clock::time_point deadline_;
  absl::flat_hash_map<std::pair<uint8_t, uint32_t>, std::unique_ptr<List>> lists_;
  Status status_;
};

}  // namespace cadastre::lineage
