#include "server/wire/lineage_wire.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
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
// Of one path: nodes beyond go without tags and owners, which are most of a long summary.
constexpr size_t kPathBytesMax = size_t{2} << 20;

bool FillSummary(authz::GovernedView& view, AssetId id, catalog::v1::AssetSummary* out) {
  auto summary = catalog::SummarizeBriefly(view, id);
  if (!summary) return false;
  *out = ToProto(*std::move(summary));
  return true;
}

// What the edges of one answer repeat: the producers that state them, each of which costs a read, and their jobs.
class EdgeWords {
 public:
  explicit EdgeWords(authz::GovernedView* view) : view_(view) {}

  void Fill(const std::vector<uint32_t>& producers, AssetId job, v1::LineageEdge* out) {
    if (job.valid()) FillJob(job, out);
    const auto [sources, fresh] = sources_.try_emplace(producers);
    if (fresh) sources->second = SourcesOf(producers);
    *out->mutable_sources() = sources->second;
  }

 private:
  using Sources = google::protobuf::RepeatedPtrField<catalog::v1::Source>;

  void FillJob(AssetId job, v1::LineageEdge* out) {
    const auto [name, fresh] = jobs_.try_emplace(job);
    if (fresh) {
      name->second = view_->NameOf(job);
      if (name->second) view_->shown().Note(job);
    }
    if (name->second) *out->mutable_job() = catalog::RefOfName(*name->second);
  }

  Sources SourcesOf(const std::vector<uint32_t>& producers) const {
    Sources sources;
    for (const uint32_t number : producers) {
      const std::optional<record::Producer> known = catalog::FindProducer(*view_, number);
      if (!known) continue;
      catalog::v1::Source* source = sources.Add();
      source->set_principal(known->principal());
      source->set_tool(known->tool());
    }
    // Not by the producers' numbers, which tell in which order this server met them.
    std::sort(sources.begin(), sources.end(), [](const auto& a, const auto& b) {
      return std::tie(a.principal(), a.tool()) < std::tie(b.principal(), b.tool());
    });
    while (sources.size() > kEdgeSourcesMax) sources.RemoveLast();
    return sources;
  }

  authz::GovernedView* view_;
  std::map<std::vector<uint32_t>, Sources> sources_;
  absl::flat_hash_map<AssetId, std::optional<AssetName>> jobs_;
};

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
v1::LineageNode* AddNode(const Node& node, int32_t index, google::protobuf::RepeatedPtrField<v1::LineageNode>* nodes) {
  v1::LineageNode* one = nodes->Add();
  one->set_index(index);
  one->set_hops(static_cast<int32_t>(node.hops));
  one->set_side(node.side);
  one->set_more(static_cast<int32_t>(node.more));
  if constexpr (requires { node.path; }) {
    for (const std::string& segment : node.path) one->mutable_column()->add_path(segment);
  }
  return one;
}

// Nodes of this page with what lists show of them, those of earlier pages by their names.
template <typename Answer>
Status FillNodes(authz::GovernedView& view, const Answer& answer, v1::GetLineageResponse& out) {
  out.mutable_nodes()->Reserve(static_cast<int>(answer.nodes.size()));
  out.mutable_edges()->Reserve(static_cast<int>(answer.edges.size()));
  for (const auto& node : answer.nodes) {
    v1::LineageNode* one = AddNode(node, out.nodes_size(), out.mutable_nodes());
    if (!FillSummary(view, node.id, one->mutable_asset())) {
      return base::Internal("a walk named an asset without a name");
    }
  }
  for (const auto& node : answer.earlier) {
    v1::LineageNode* one = AddNode(node, out.nodes_size() + out.earlier_size(), out.mutable_earlier());
    const std::optional<AssetName> name = view.NameOf(node.id);
    if (!name) return base::Internal("a walk named an asset without a name");
    *one->mutable_asset()->mutable_ref() = catalog::RefOfName(*name);
  }
  return absl::OkStatus();
}

template <typename Edge>
v1::LineageEdge* AddEdge(const Edge& edge, int32_t from, int32_t to, EdgeWords& words, v1::GetLineageResponse& out) {
  v1::LineageEdge* one = out.add_edges();
  one->set_from(from);
  one->set_to(to);
  one->set_stale(edge.stale);
  words.Fill(edge.producers, edge.job, one);
  return one;
}

v1::EdgeKind KindOf(lineage::EdgeKind kind) {
  switch (kind) {
    case lineage::EdgeKind::kConsumes: return v1::EDGE_KIND_CONSUMES;
    case lineage::EdgeKind::kProduces: return v1::EDGE_KIND_PRODUCES;
    case lineage::EdgeKind::kDerives: return v1::EDGE_KIND_DERIVES;
    case lineage::EdgeKind::kTriggers: return v1::EDGE_KIND_TRIGGERS;
  }
  return v1::EDGE_KIND_UNSPECIFIED;
}

void FillLimit(lineage::WalkLimit limit, v1::GetLineageResponse& out) {
  out.set_truncated(limit != lineage::WalkLimit::kNone);
  switch (limit) {
    case lineage::WalkLimit::kNone: break;
    case lineage::WalkLimit::kNodes: out.set_truncated_reason(v1::TRUNCATED_REASON_NODES); break;
    case lineage::WalkLimit::kEdges: out.set_truncated_reason(v1::TRUNCATED_REASON_EDGES); break;
    case lineage::WalkLimit::kDepth: out.set_truncated_reason(v1::TRUNCATED_REASON_DEPTH); break;
    case lineage::WalkLimit::kHistory: out.set_truncated_reason(v1::TRUNCATED_REASON_HISTORY); break;
  }
}

void FillTimes(const lineage::EdgeTimes& times, v1::LineageEdge* out) {
  if (times.last_stated != Timestamp::Min()) *out->mutable_last_stated_at() = StampOf(times.last_stated);
  if (times.first_stated != Timestamp::Min()) *out->mutable_first_stated_at() = StampOf(times.first_stated);
}

void FillPair(const record::ColumnPair& pair, v1::ColumnPair* out) {
  *out->mutable_from()->mutable_path() = pair.from();
  if (!pair.to().empty()) *out->mutable_to()->mutable_path() = pair.to();
  v1::PairType type = v1::PAIR_TYPE_UNSPECIFIED;
  v1::PairType_Parse(base::Cat("PAIR_TYPE_", pair.type()), &type);
  out->set_type(type);
  out->set_subtype(pair.subtype());
  out->set_description(pair.description());
  out->set_masking(pair.masking());
}

}  // namespace

Status ToProto(const authz::Visible<lineage::WalkAnswer>& answer,
               const authz::Visible<std::vector<lineage::EdgeTimes>>* times, authz::GovernedView& view,
               v1::GetLineageResponse& out) {
  RETURN_IF_ERROR(FillNodes(view, *answer, out));
  absl::flat_hash_map<AssetId, int32_t> index;
  for (const auto* nodes : {&answer->nodes, &answer->earlier}) {
    for (const lineage::WalkNode& node : *nodes) index.emplace(node.id, static_cast<int32_t>(index.size()));
  }
  EdgeWords words(&view);
  for (size_t i = 0; i < answer->edges.size(); ++i) {
    const lineage::WalkEdge& edge = answer->edges[i];
    const auto from = index.find(edge.from);
    const auto to = index.find(edge.to);
    if (from == index.end() || to == index.end()) return base::Internal("a walk told an edge without its end");
    v1::LineageEdge* one = AddEdge(edge, from->second, to->second, words, out);
    one->set_kind(edge.alias ? v1::EDGE_KIND_ALIAS : KindOf(edge.kind));
    if (times != nullptr) FillTimes((**times)[i], one);
  }
  FillCounts(answer->counts, out);
  FillLimit(answer->limit, out);
  return absl::OkStatus();
}

Status ToProto(const authz::Visible<lineage::ColumnWalkAnswer>& answer,
               const authz::Visible<std::vector<lineage::EdgeTimes>>* times, authz::GovernedView& view,
               v1::GetLineageResponse& out) {
  RETURN_IF_ERROR(FillNodes(view, *answer, out));
  EdgeWords words(&view);
  for (size_t i = 0; i < answer->edges.size(); ++i) {
    const lineage::ColumnEdge& edge = answer->edges[i];
    v1::LineageEdge* one = AddEdge(edge, static_cast<int32_t>(edge.from), static_cast<int32_t>(edge.to), words, out);
    one->set_kind(edge.alias ? v1::EDGE_KIND_ALIAS : v1::EDGE_KIND_DERIVES);
    if (!edge.alias) FillPair(edge.pair, one->add_columns());
    if (times != nullptr) FillTimes((**times)[i], one);
  }
  FillCounts(answer->counts, out);
  FillLimit(answer->limit, out);
  return absl::OkStatus();
}

void ToProto(const authz::Visible<lineage::PathAnswer>& answer, authz::GovernedView& view, v1::FindPathsResponse& out) {
  for (const lineage::LineagePath& path : answer->paths) {
    v1::Path* one = out.add_paths();
    size_t bytes = 0;
    for (const AssetId id : path.nodes) {
      catalog::v1::AssetSummary* node = one->add_nodes();
      FillSummary(view, id, node);
      bytes += node->ByteSizeLong();
      if (bytes <= kPathBytesMax) continue;
      node->clear_tags();
      node->clear_owners();
    }
  }
  out.set_truncated(answer->truncated);
}

}  // namespace cadastre::server
