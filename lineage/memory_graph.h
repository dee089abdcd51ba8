// MemoryGraph: the lineage graph in memory, a follower of the change log.
//
// Made by main, which runs Follow's steps on a thread of its own; thread rule: safe (Rebuild, CatchUp, Load: one
// thread). Readers take an immutable reading and keep it; the follower swaps in the next one.
// Bounds: the delta is folded into the base once it holds more than kDeltaEdgesMax edges.
// Deliberately does not: hold column pairs, answer without a view, or answer as of a time (as_of_graph.h does).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "authz/view.h"
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

  // Everything up to here is in the graph.
  Revision reached() const;
  // Calls `then` once `revision` is reached: at once, or on the follower's thread (keep it short).
  void WhenReached(Revision revision, std::function<void()> then);
  // False when the deadline passes first.
  bool WaitUntilReached(Revision revision, std::chrono::steady_clock::time_point deadline);

  // --- The follower's side -------------------------------------------------
  // From the tables, at the view's revision. Errors: those of SystemView.
  Status Rebuild(const authz::SystemView& view);
  // Applies at most `entries_max` log entries; true when the view's revision is reached. Rebuilds where the log was trimmed.
  StatusOr<bool> CatchUp(const authz::SystemView& view, size_t entries_max);
  // A checksummed file with the revision reached, replaced as one. Errors: UNAVAILABLE.
  Status Save(const std::string& path) const;
  // DATA_LOSS for a damaged or foreign file, NOT_FOUND without one, FAILED_PRECONDITION for one ahead of `newest` (another
  // store's): rebuild then.
  Status Load(const std::string& path, Revision newest);

 private:
  struct Waiter {
    Revision revision;
    std::function<void()> then;
  };
  std::shared_ptr<const GraphReading> Current() const;
  void Publish(Adjacency adjacency, Revision reached);

  mutable base::Mutex mutex_;
  base::CondVar moved_;
  std::shared_ptr<const GraphReading> current_ GUARDED_BY(mutex_);
  std::vector<Waiter> waiters_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::lineage
