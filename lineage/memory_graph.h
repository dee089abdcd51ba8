// MemoryGraph: the lineage graph in memory, a follower of the change log.
//
// Made by main, which catches up on a thread of its own; thread rule: safe (the follower's side: one thread). Readers
// take an immutable reading and keep it; the follower swaps in the next one. Bounds: the delta is folded into the base
// once it holds more than kDeltaEdgesMax edges. A row or a log record that does not decode is left out and counted.
// Deliberately does not: hold column pairs, answer without a view, or answer as of a time (WalkAsOf does).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "authz/view/change_feed.h"
#include "authz/view/view.h"
#include "base/mutex.h"
#include "base/words.h"
#include "lineage/adjacency.h"

namespace cadastre::lineage {

inline constexpr size_t kDeltaEdgesMax = 65'536;

// The graph as of a revision. Ids in it are not yet visible to anyone: walks test each against the view.
struct GraphReading {
  Adjacency adjacency;
  Revision reached;
};

class MemoryGraph {
 public:
  MemoryGraph();

  // The one accessor. The view proves that someone entitled asks; what it may see is tested node by node.
  std::shared_ptr<const GraphReading> Read(const authz::GovernedView& view) const;
  // The same as a size, for metrics.
  size_t edges() const;
  // Rows and log records met that did not decode.
  uint64_t skipped() const { return skipped_.load(std::memory_order_relaxed); }

  // Everything up to here is in the graph.
  Revision reached() const;

  // --- The follower's side -------------------------------------------------
  // From the tables, at the view's revision. Errors: those of SystemView, a row that does not decode aside.
  Status Rebuild(const authz::SystemView& view);
  // Applies at most `entries_max` log entries; true when all there were are in. Rebuilds where the log was trimmed or
  // does not decode.
  StatusOr<bool> CatchUp(authz::ChangeFeed& feed, size_t entries_max);
  // A checksummed file with the revision reached, replaced as one. Errors: UNAVAILABLE.
  Status Save(const std::string& path) const;
  // DATA_LOSS for a damaged or foreign file, NOT_FOUND without one, FAILED_PRECONDITION for one ahead of `newest`
  // (another store's): rebuild then.
  Status Load(const std::string& path, Revision newest);

 private:
  std::shared_ptr<const GraphReading> Current() const;
  void Publish(Adjacency adjacency, Revision reached);

  mutable base::Mutex mutex_;
  std::shared_ptr<const GraphReading> current_ GUARDED_BY(mutex_);
  std::atomic<uint64_t> skipped_{0};
};

}  // namespace cadastre::lineage
