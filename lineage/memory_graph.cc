#include "lineage/memory_graph.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "authz/view/row_codec.h"
#include "base/log.h"
#include "base/status.h"
#include "lineage/graph_checkpoint.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

// As bytes, so that one row that does not decode stops nothing.
constexpr authz::Table<std::string> kOutBytes{authz::Keyspace::kOut,
                                              [](std::string_view, const std::string&) -> authz::RowRule {
                                                return {authz::Subjects(), authz::Privilege::kNone};
                                              }};

}  // namespace

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
}

Status MemoryGraph::Rebuild(const authz::SystemView& view) {
  std::vector<GraphEdge> edges;
  uint64_t skipped = 0;
  RETURN_IF_ERROR(view.Scan<std::string>(kOutBytes, "", "", [&](const authz::RowOf<std::string>& row) {
    const auto key = ParseOutKey(row.key);
    record::EdgeState state;
    if (key.ok() && authz::DecodeRecord(row.record, &state).ok()) {
      edges.push_back(GraphEdge::Of(*key, state.ended(), state.through()));
    } else {
      ++skipped;
    }
    return true;
  }));
  if (skipped > 0) {
    base::LogError("lineage: edges that do not decode are left out", {{"edges", skipped}});
    skipped_.fetch_add(skipped, std::memory_order_relaxed);
  }
  Publish(Adjacency(CompressedRows::Of(std::move(edges)), std::make_shared<Delta>()), view.revision());
  return absl::OkStatus();
}

StatusOr<bool> MemoryGraph::CatchUp(authz::ChangeFeed& feed, size_t entries_max) {
  const auto current = Current();
  const auto entries = feed.Read(current->reached, entries_max);
  if (absl::IsOutOfRange(entries.status()) || absl::IsDataLoss(entries.status())) {
    base::LogWarning("lineage: the graph is read anew", {{"cause", base::MessageOf(entries.status())}});
    RETURN_IF_ERROR(Rebuild(feed.view()));
    return true;
  }
  RETURN_IF_ERROR(entries.status());
  std::vector<GraphEdge> changed;
  for (const storage::LogRecord& entry : *entries) {
    for (const record::EdgeChange& change : entry.entry.edges()) {
      if (change.kind() == 0 || change.kind() > kEdgeKindMax) {
        base::LogError("lineage: an edge of an unknown kind is left out", {{"kind", change.kind()}});
        skipped_.fetch_add(1, std::memory_order_relaxed);
        continue;
      }
      const EdgeKey key{AssetId(change.from()), static_cast<EdgeKind>(change.kind()), AssetId(change.to()),
                        AssetId(change.job()), change.producer()};
      changed.push_back(GraphEdge::Of(key, change.ended(), change.through()));
      changed.back().arc.forgotten = change.forgotten();
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
