#include "server/wire/lineage_wire.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "base/status.h"
#include "catalog/labels.h"
#include "catalog/producer.h"
#include "catalog/summary.h"
#include "server/rpc/options.h"
#include "server/wire/catalog_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = lineage::v1;

constexpr int kEdgeSourcesMax = 16;

bool FillSummary(authz::GovernedView& view, AssetId id, catalog::v1::AssetSummary* out) {
  const auto summary = catalog::SummarizeBriefly(view, id);
  if (summary) *out = ToProto(*summary);
  return summary.has_value();
}

// The producers of one answer: a few state all of its edges, and each costs a read.
using Producers = std::map<uint32_t, std::optional<record::Producer>>;

void FillSources(const authz::GovernedView& view, const std::vector<uint32_t>& numbers, Producers& producers,
                 v1::LineageEdge* out) {
  for (const uint32_t number : numbers) {
    const auto [found, fresh] = producers.try_emplace(number);
    if (fresh) found->second = catalog::FindProducer(view, number);
    const std::optional<record::Producer>& known = found->second;
    if (!known) continue;
    out->add_sources()->set_principal(known->principal());
    out->mutable_sources()->rbegin()->set_tool(known->tool());
  }
  // Not by the producers' numbers, which tell in which order this server met them.
  std::sort(out->mutable_sources()->begin(), out->mutable_sources()->end(), [](const auto& a, const auto& b) {
    return std::tie(a.principal(), a.tool()) < std::tie(b.principal(), b.tool());
  });
  while (out->sources_size() > kEdgeSourcesMax) out->mutable_sources()->RemoveLast();
}

void FillCounts(const std::vector<lineage::HopCount>& counts, v1::GetLineageResponse& out) {
  for (const lineage::HopCount& count : counts) {
    v1::HopCount* one = out.add_counts();
    one->set_side(count.side);
    one->set_hops(static_cast<int32_t>(count.hops));
    one->set_nodes(static_cast<int32_t>(count.nodes));
  }
}

// Of walks over assets and over columns alike.
template <typename Node>
Status FillNode(authz::GovernedView& view, const Node& node, v1::GetLineageResponse& out) {
  v1::LineageNode* one = out.add_nodes();
  if (!FillSummary(view, node.id, one->mutable_asset())) return base::Internal("a walk named an asset without a name");
  one->set_index(out.nodes_size() - 1);
  one->set_hops(static_cast<int32_t>(node.hops));
  one->set_side(node.side);
  one->set_more(static_cast<int32_t>(node.more));
  return absl::OkStatus();
}

template <typename Edge>
v1::LineageEdge* AddEdge(authz::GovernedView& view, const Edge& edge, int32_t from, int32_t to, Producers& producers,
                         v1::GetLineageResponse& out) {
  v1::LineageEdge* one = out.add_edges();
  one->set_from(from);
  one->set_to(to);
  one->set_stale(edge.stale);
  if (edge.job.valid()) {
    if (const auto job = view.NameOf(edge.job)) {
      *one->mutable_job() = catalog::RefOfName(*job);
      view.shown().Note(edge.job);
    }
  }
  FillSources(view, edge.producers, producers, one);
  return one;
}

void FillPair(const record::ColumnPair& pair, v1::ColumnPair* out) {
  *out->mutable_from() = pair.from();
  *out->mutable_to() = pair.to();
  out->set_type(pair.type());
  out->set_subtype(pair.subtype());
  out->set_description(pair.description());
  out->set_masking(pair.masking());
}

}  // namespace

Status ToProto(const authz::Visible<lineage::WalkAnswer>& answer,
               const authz::Visible<std::vector<lineage::EdgeTimes>>* times, authz::GovernedView& view,
               v1::GetLineageResponse& out) {
  std::map<AssetId, int32_t> index;
  for (const lineage::WalkNode& node : answer->nodes) {
    RETURN_IF_ERROR(FillNode(view, node, out));
    index.emplace(node.id, out.nodes_size() - 1);
  }
  Producers producers;
  for (size_t i = 0; i < answer->edges.size(); ++i) {
    const lineage::WalkEdge& edge = answer->edges[i];
    const auto from = index.find(edge.from);
    const auto to = index.find(edge.to);
    if (from == index.end() || to == index.end()) continue;
    v1::LineageEdge* one = AddEdge(view, edge, from->second, to->second, producers, out);
    one->set_kind(edge.alias ? "alias" : std::string(lineage::EdgeKindWord(edge.kind)));
    if (times == nullptr) continue;
    const Timestamp stated = (**times)[i].last_stated;
    if (stated != Timestamp::Min()) *one->mutable_last_stated_at() = StampOf(stated);
  }
  FillCounts(answer->counts, out);
  out.set_truncated(answer->limit != lineage::WalkLimit::kNone);
  out.set_truncated_reason(std::string(lineage::WalkLimitWord(answer->limit)));
  return absl::OkStatus();
}

Status ToProto(const authz::Visible<lineage::ColumnWalkAnswer>& answer, authz::GovernedView& view,
               v1::GetLineageResponse& out) {
  for (const lineage::ColumnNode& node : answer->nodes) {
    RETURN_IF_ERROR(FillNode(view, node, out));
    for (const std::string& segment : node.path) out.mutable_nodes()->rbegin()->add_column_path(segment);
  }
  Producers producers;
  for (const lineage::ColumnEdge& edge : answer->edges) {
    v1::LineageEdge* one =
        AddEdge(view, edge, static_cast<int32_t>(edge.from), static_cast<int32_t>(edge.to), producers, out);
    one->set_kind(edge.alias ? "alias" : "derives");
    if (!edge.alias) FillPair(edge.pair, one->add_columns());
  }
  FillCounts(answer->counts, out);
  out.set_truncated(answer->limit != lineage::WalkLimit::kNone);
  out.set_truncated_reason(std::string(lineage::WalkLimitWord(answer->limit)));
  return absl::OkStatus();
}

void ToProto(const authz::Visible<lineage::PathAnswer>& answer, authz::GovernedView& view, v1::FindPathsResponse& out) {
  for (const lineage::LineagePath& path : answer->paths) {
    v1::Path* one = out.add_paths();
    for (const AssetId id : path.nodes) FillSummary(view, id, one->add_nodes());
  }
  out.set_truncated(answer->truncated);
}

}  // namespace cadastre::server
