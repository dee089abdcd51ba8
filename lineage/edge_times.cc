#include "lineage/edge_times.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lineage/edge_columns.h"
#include "lineage/edge_history.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

// kEdgeSeenTable without its mask, which takes off the pairs: here each is compared with one that was revealed, and
// none is shown.
const authz::Table<record::EdgeSeen>& PairedSeenTable() {
  static const authz::Table<record::EdgeSeen> table = {kEdgeSeenTable.keyspace, kEdgeSeenTable.rule, nullptr};
  return table;
}

// What is asked of one row: the edge itself, or one of its pairs.
struct Asked {
  size_t edge;
  const record::ColumnPair* pair;
  // Else the pair stands for all that its description would tell apart.
  bool described = true;
};

bool Speaks(const record::Stating& group, const Asked& asked) {
  return std::any_of(group.columns().begin(), group.columns().end(), [&](const record::ColumnPair& own) {
    return asked.described ? PairEqual(own, *asked.pair) : PairEqualUndescribed(own, *asked.pair);
  });
}

void AddTimes(const record::Stating& group, Timestamp until, EdgeTimes& times) {
  for (int i = 0; i < group.from_size(); ++i) {
    if (Timestamp(group.from(i)) > until) continue;
    const Timestamp first(group.from(i));
    const Timestamp last = std::min(Timestamp(group.to(i)), until);
    if (times.first_stated == Timestamp::Min() || first < times.first_stated) times.first_stated = first;
    times.last_stated = std::max(times.last_stated, last);
  }
}

void AddTimes(const record::EdgeSeen& seen, const Asked& asked, Timestamp until, EdgeTimes& times) {
  for (int i = 0; i < seen.groups_size(); ++i) {
    if (asked.pair == nullptr ? i == 0 : i > 0 && Speaks(seen.groups(i), asked)) AddTimes(seen.groups(i), until, times);
  }
}

StatusOr<authz::Visible<std::vector<EdgeTimes>>> FindTimes(authz::GovernedView& view, size_t edges,
                                                           const std::vector<std::string>& keys,
                                                           const std::vector<Asked>& asked,
                                                           const authz::Witness& parts) {
  ASSIGN_OR_RETURN(auto rows, view.FindMany(PairedSeenTable(), keys));
  std::vector<EdgeTimes> times(edges);
  const Timestamp until = view.point().as_of ? view.point().held : kTimestampMax;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]) continue;
    const auto row = view.Reveal(PairedSeenTable(), *std::move(rows[i]));
    if (row) AddTimes((*row)->record, asked[i], until, times[asked[i].edge]);
  }
  return view.Merge(std::move(times), parts);
}

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
  std::vector<Asked> asked;
  authz::Witness parts;
  for (size_t i = 0; i < edges.size(); ++i) {
    if (const auto from = view.RevealAsset(edges[i].from)) parts.Add(*from);
    if (edges[i].alias) continue;
    for (const uint32_t producer : edges[i].producers) {
      keys.push_back(EdgeSeenKey(KeyOf(edges[i], producer)));
      asked.push_back({i, nullptr});
    }
  }
  return FindTimes(view, edges.size(), keys, asked, parts);
}

StatusOr<authz::Visible<std::vector<EdgeTimes>>> FindEdgeTimes(authz::GovernedView& view,
                                                               const ColumnWalkAnswer& answer) {
  const auto asset_of = [&](uint32_t place) {
    const size_t named = answer.nodes.size();
    return place < named ? answer.nodes[place].id : answer.earlier[place - named].id;
  };
  std::vector<std::string> keys;
  std::vector<Asked> asked;
  authz::Witness parts;
  const authz::ColumnSight sight(&view);
  for (size_t i = 0; i < answer.edges.size(); ++i) {
    const ColumnEdge& edge = answer.edges[i];
    if (const auto from = view.RevealAsset(asset_of(edge.from))) parts.Add(*from);
    if (edge.alias) continue;
    for (const uint32_t producer : edge.producers) {
      const EdgeKey key{asset_of(edge.from), EdgeKind::kDerives, asset_of(edge.to), edge.job, producer};
      keys.push_back(EdgeSeenKey(key));
      asked.push_back({i, &edge.pair, ShowsDescriptions(key, sight)});
    }
  }
  return FindTimes(view, answer.edges.size(), keys, asked, parts);
}

}  // namespace cadastre::lineage
