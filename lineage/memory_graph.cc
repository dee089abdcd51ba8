#include "lineage/memory_graph.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

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

void MemoryGraph::Publish(Adjacency adjacency, Revision reached) {
  auto next = std::make_shared<const GraphReading>(GraphReading{std::move(adjacency), reached});
  std::shared_ptr<const GraphReading> previous;  // freed outside the lock
  {
    base::MutexLock lock(mutex_);
    previous = std::exchange(current_, std::move(next));
  }
  gate_.Advance(reached);
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

StatusOr<bool> MemoryGraph::CatchUp(authz::ChangeFeed& feed, size_t entries_max) {
  const auto current = Current();
  const auto entries = feed.Read(current->reached, entries_max);
  if (absl::IsOutOfRange(entries.status())) {
    RETURN_IF_ERROR(Rebuild(feed.view()));
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
  const Revision reached = all ? feed.view().revision() : entries->back().revision;
  if (reached <= current->reached) return true;
  Adjacency next = changed.empty() ? current->adjacency : current->adjacency.With(changed);
  if (next.delta()->size() > std::max(kDeltaEdgesMax, next.base()->edges() / 8)) next = next.Folded();
  Publish(std::move(next), reached);
  return all;
}

void MemoryGraph::Follow(authz::ChangeFeed& feed, const Clock& clock, const std::stop_token& stop,
                         const std::function<void(const Status&)>& failed) {
  constexpr std::chrono::milliseconds kWait(100);
  constexpr size_t kEntriesMax = 4'096;
  while (!stop.stop_requested()) {
    const StatusOr<bool> all = CatchUp(feed, kEntriesMax);
    gate_.Expire(clock.Now());
    if (!all.ok()) {
      failed(all.status());
      std::this_thread::sleep_for(kWait);
    } else if (*all) {
      feed.Await(reached(), kWait, stop);
    }
  }
  gate_.Close();
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
