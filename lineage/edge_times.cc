#include "lineage/edge_times.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lineage/edge_history.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

EdgeKey KeyOf(const WalkEdge& edge, uint32_t producer) {
  EdgeKey key{edge.from, edge.kind, edge.to, edge.job, producer};
  if (edge.kind == EdgeKind::kConsumes) key.job = edge.to;
  if (edge.kind == EdgeKind::kProduces) key.job = edge.from;
  return key;
}

}  // namespace

StatusOr<authz::Visible<std::vector<EdgeTimes>>> FindEdgeTimes(authz::GovernedView& view,
                                                               const std::vector<WalkEdge>& edges) {
  std::vector<std::string> keys;
  std::vector<size_t> owners;
  for (size_t i = 0; i < edges.size(); ++i) {
    if (edges[i].alias) continue;
    for (const uint32_t producer : edges[i].producers) {
      keys.push_back(EdgeSeenKey(KeyOf(edges[i], producer)));
      owners.push_back(i);
    }
  }
  ASSIGN_OR_RETURN(auto rows, view.FindMany(kEdgeSeenTable, keys));
  std::vector<EdgeTimes> times(edges.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]) continue;
    const auto row = view.Reveal(kEdgeSeenTable, *std::move(rows[i]));
    if (!row) continue;
    EdgeTimes& edge = times[owners[i]];
    const Timestamp first = FirstStated((*row)->record);
    if (edge.first_stated == Timestamp::Min() || first < edge.first_stated) edge.first_stated = first;
    edge.last_stated = std::max(edge.last_stated, LastStated((*row)->record));
  }
  return view.Merge(std::move(times));
}

}  // namespace cadastre::lineage
