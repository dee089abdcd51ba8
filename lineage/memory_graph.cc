#include "lineage/memory_graph.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "lineage/graph_checkpoint.h"
#include "lineage/tables.h"

namespace cadastre::lineage {

MemoryGraph::MemoryGraph() : current_(std::make_shared<GraphReading>()) {}

std::shared_ptr<const GraphReading> MemoryGraph::Current() const {
  base::MutexLock lock(mutex_);
  return current_;
}

std::shared_ptr<const GraphReading> MemoryGraph::Read(const authz::GovernedView&) const { return Current(); }

size_t MemoryGraph::edges() const {
  const auto reading = Current();
  return reading->adjacency.base()->edges() + reading->adjacency.delta()->size();
}

Revision MemoryGraph::reached() const { return Current()->reached; }

void MemoryGraph::WhenReached(Revision revision, std::function<void()> then) {
  {
    base::MutexLock lock(mutex_);
    if (current_->reached < revision) {
      waiters_.push_back({revision, std::move(then)});
      return;
    }
  }
  then();
}

bool MemoryGraph::WaitUntilReached(Revision revision, std::chrono::steady_clock::time_point deadline) {
  base::MutexLock lock(mutex_);
  while (current_->reached < revision) {
    if (!moved_.WaitUntil(mutex_, deadline)) return current_->reached >= revision;
  }
  return true;
}

void MemoryGraph::Publish(Adjacency adjacency, Revision reached) {
  auto next = std::make_shared<const GraphReading>(GraphReading{std::move(adjacency), reached});
  std::vector<Waiter> ready;
  std::shared_ptr<const GraphReading> previous;  // freed outside the lock
  {
    base::MutexLock lock(mutex_);
    previous = std::exchange(current_, std::move(next));
    const auto first = std::stable_partition(waiters_.begin(), waiters_.end(),
                                             [&](const Waiter& waiter) { return waiter.revision > reached; });
    ready.assign(std::make_move_iterator(first), std::make_move_iterator(waiters_.end()));
    waiters_.erase(first, waiters_.end());
    moved_.NotifyAll();
  }
  for (const Waiter& waiter : ready) waiter.then();
}

Status MemoryGraph::Rebuild(const authz::SystemView& view) {
  std::vector<GraphEdge> edges;
  Status damage = absl::OkStatus();
  RETURN_IF_ERROR(view.Scan<record::EdgeState>(kOutStateTable, "", "", [&](const authz::RowOf<record::EdgeState>& row) {
    const auto key = ParseOutKey(row.key);
    if (!key.ok()) {
      damage = key.status();
      return false;
    }
    edges.push_back(GraphEdge::Of(*key, row.record.ended(), row.record.through()));
    return true;
  }));
  RETURN_IF_ERROR(damage);
  Publish(Adjacency(CompressedRows::Of(std::move(edges)), std::make_shared<Delta>()), view.revision());
  return absl::OkStatus();
}

StatusOr<bool> MemoryGraph::CatchUp(const authz::SystemView& view, size_t entries_max) {
  const auto current = Current();
  if (current->reached >= view.revision()) return true;
  const auto entries = view.ReadLog(current->reached, entries_max);
  if (absl::IsOutOfRange(entries.status())) {
    RETURN_IF_ERROR(Rebuild(view));
    return true;
  }
  RETURN_IF_ERROR(entries.status());
  std::vector<GraphEdge> changed;
  for (const storage::LogRecord& entry : *entries) {
    for (const record::EdgeChange& change : entry.entry.edges()) {
      if (change.kind() == 0 || change.kind() > kEdgeKindMax) return base::DataLoss("edge kind ", change.kind());
      const EdgeKey key{AssetId(change.from()), static_cast<EdgeKind>(change.kind()), AssetId(change.to()),
                        AssetId(change.job()), change.producer()};
      changed.push_back(GraphEdge::Of(key, change.ended(), change.through()));
    }
  }
  const bool all = entries->size() < entries_max;
  const Revision reached = all ? view.revision() : entries->back().revision;
  Adjacency next = changed.empty() ? current->adjacency : current->adjacency.With(changed);
  if (next.delta()->size() > std::max(kDeltaEdgesMax, next.base()->edges() / 8)) next = next.Folded();
  Publish(std::move(next), reached);
  return all;
}

Status MemoryGraph::Save(const std::string& path) const {
  const auto current = Current();
  return GraphCheckpoint::Save(path, *current->adjacency.Folded().base(), current->reached);
}

Status MemoryGraph::Load(const std::string& path, Revision newest) {
  ASSIGN_OR_RETURN(GraphCheckpoint::Loaded loaded, GraphCheckpoint::Load(path));
  if (loaded.reached > newest) {
    return base::FailedPrecondition("the graph's checkpoint is ahead of the store");
  }
  Publish(Adjacency(std::move(loaded.base), std::make_shared<Delta>()), loaded.reached);
  return absl::OkStatus();
}

}  // namespace cadastre::lineage
