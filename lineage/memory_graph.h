// MemoryGraph: the lineage graph in memory, a follower of the change log.
//
// Made by main, which runs Follow on a thread of its own; thread rule: safe (the follower's side: one thread). Readers
// take an immutable reading and keep it; the follower swaps in the next one. Bounds: the delta is folded into the base
// once it holds more than kDeltaEdgesMax edges. Deliberately does not: hold column pairs, answer without a view, or
// answer as of a time (WalkAsOf does).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "authz/change_feed.h"
#include "authz/revision_gate.h"
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
  // Where reads wait until a revision is in it: doors name it in their Call.
  authz::RevisionGate& gate() { return gate_; }

  // --- The follower's side -------------------------------------------------
  // From the tables, at the view's revision. Errors: those of SystemView.
  Status Rebuild(const authz::SystemView& view);
  // Applies at most `entries_max` log entries; true when all there were are in. Rebuilds where the log was trimmed.
  StatusOr<bool> CatchUp(authz::ChangeFeed& feed, size_t entries_max);
  // Catches up until asked to stop, from what Load or Rebuild brought; a step that fails is told to `failed` and tried
  // again.
  void Follow(authz::ChangeFeed& feed, const Clock& clock, const std::stop_token& stop,
              const std::function<void(const Status&)>& failed);
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
  authz::RevisionGate gate_;
};

}  // namespace cadastre::lineage
