#include "server/services/lineage_service.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "authz/view/merged_sets.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "catalog/summary.h"
#include "lineage/paths.h"
#include "lineage/walk.h"
#include "server/rpc/page_bytes.h"
#include "server/rpc/read.h"
#include "server/services/lineage_columns.h"
#include "server/wire/lineage_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = lineage::v1;

constexpr std::chrono::seconds kWalkTimeMax{20};
constexpr uint32_t kPathsMax = 20;

lineage::Direction DirectionOf(v1::Direction direction, lineage::Direction fallback) {
  switch (direction) {
    case v1::DIRECTION_UPSTREAM: return lineage::Direction::kUpstream;
    case v1::DIRECTION_DOWNSTREAM: return lineage::Direction::kDownstream;
    case v1::DIRECTION_BOTH: return lineage::Direction::kBoth;
    default: return fallback;
  }
}

lineage::AliasesOf AliasesOfView() {
  return [](const authz::GovernedView& view, AssetId id) { return authz::MergedNeighbours(view, id); };
}

// Held until the walk that spends it is done.
lineage::SpendNodes SpendOf(Budget* budget, const authz::GovernedView& view) {
  const base::Sender sender = base::Sender::OfPrincipal(view.viewer().principal());
  auto share = std::make_shared<Budget::Share>(budget->Begin(Budget::Resource::kNodes, sender));
  return [share = std::move(share)](uint64_t nodes) { return share->Grow(nodes); };
}

Status CheckRequest(const v1::GetLineageRequest& request) {
  if (!v1::Direction_IsValid(request.direction())) return base::InvalidField("direction", "a Direction");
  if (!v1::Level_IsValid(request.level())) return base::InvalidField("level", "a Level");
  if (request.depth() < 0 || request.depth() > 100) return base::InvalidField("depth", "1 to 100");
  if (request.max_nodes() < 0) return base::InvalidField("max_nodes", "at least 1");
  RETURN_IF_ERROR(CheckColumn(request.column()));
  if (request.column().path_size() > 32) return base::InvalidField("column.path", "at most 32 segments");
  for (int i = 0; i < request.column().path_size(); ++i) {
    const std::string& segment = request.column().path(i);
    if (segment.empty() || segment.size() > base::kColumnSegmentBytesMax) {
      return base::InvalidField(base::Cat("column.path[", i, "]"), "1 to 512 bytes");
    }
  }
  return absl::OkStatus();
}

StatusOr<lineage::WalkRequest> WalkOf(const v1::GetLineageRequest& request, std::string_view position) {
  lineage::WalkRequest walk;
  walk.direction = DirectionOf(request.direction(), lineage::Direction::kBoth);
  if (request.depth() > 0) walk.depth = static_cast<uint32_t>(request.depth());
  if (request.max_nodes() > 0) {
    walk.nodes_max = std::min(static_cast<uint32_t>(request.max_nodes()), base::kWalkNodesMax);
  }
  walk.include_stale = request.include_stale();
  walk.deadline = std::chrono::steady_clock::now() + kWalkTimeMax;
  if (!position.empty()) {
    base::ByteReader reader(position);
    walk.after.emplace();
    ASSIGN_OR_RETURN(walk.after->hops, reader.ReadU32());
    ASSIGN_OR_RETURN(const uint64_t id, reader.ReadU64());
    walk.after->id = AssetId(id);
    ASSIGN_OR_RETURN(walk.after->edges_told, reader.ReadU32());
  }
  return walk;
}

StatusOr<v1::GetLineageResponse> WalkAssets(authz::GovernedView& view, const lineage::MemoryGraph& graph,
                                            const lineage::WalkRequest& walk,
                                            const Paging<v1::GetLineageRequest>& paging) {
  ASSIGN_OR_RETURN(const auto answer,
                   view.point().as_of ? lineage::WalkAsOf(view, walk) : lineage::Walk(view, graph, walk));
  v1::GetLineageResponse response;
  std::optional<authz::Visible<std::vector<lineage::EdgeTimes>>> times;
  if (answer->edges.size() <= kTimedEdgesMax) {
    ASSIGN_OR_RETURN(times, lineage::FindEdgeTimes(view, answer->edges));
  }
  RETURN_IF_ERROR(ToProto(answer, times ? &*times : nullptr, view, response));
  if (answer->next) {
    std::string next;
    base::AppendU32(next, answer->next->hops);
    base::AppendU64(next, answer->next->id.value());
    base::AppendU32(next, answer->next->edges_told);
    response.set_next_page_token(paging.Next(next));
  }
  return response;
}

// Asks for as many nodes and edges as fit of an answer that is too long, at least one of each: they come in the same
// order again, edges with what they need of earlier pages. False where that is no less.
bool Shorten(const v1::GetLineageResponse& response, lineage::WalkRequest& walk) {
  const auto before = std::pair(walk.nodes_max, walk.edges_max);
  PageBytes nodes(kAnswerBytesMax / 2);
  PageBytes edges(kAnswerBytesMax / 2);
  walk.nodes_max = 0;
  while (walk.nodes_max < static_cast<uint32_t>(response.nodes_size()) &&
         nodes.Take(response.nodes(static_cast<int>(walk.nodes_max)))) {
    ++walk.nodes_max;
  }
  walk.nodes_max = std::max(walk.nodes_max, uint32_t{1});
  std::vector<bool> told(static_cast<size_t>(response.earlier_size()));
  walk.edges_max = 0;
  for (const v1::LineageEdge& edge : response.edges()) {
    size_t bytes = edge.ByteSizeLong();
    for (const int32_t end : {edge.from(), edge.to()}) {
      if (end < response.nodes_size()) continue;
      const int place = end - response.nodes_size();
      if (!told[static_cast<size_t>(place)]) bytes += response.earlier(place).ByteSizeLong();
      told[static_cast<size_t>(place)] = true;
    }
    if (!edges.TakeBytes(bytes)) break;
    ++walk.edges_max;
  }
  walk.edges_max = std::max(walk.edges_max, uint32_t{1});
  return std::pair(walk.nodes_max, walk.edges_max) != before;
}

bool Shorten(const v1::FindPathsResponse& response, lineage::PathRequest& paths) {
  const uint32_t before = paths.paths_max;
  PageBytes bytes;
  paths.paths_max = 0;
  while (paths.paths_max < static_cast<uint32_t>(response.paths_size()) &&
         bytes.Take(response.paths(static_cast<int>(paths.paths_max)))) {
    ++paths.paths_max;
  }
  paths.paths_max = std::max(paths.paths_max, uint32_t{1});
  return paths.paths_max < before;
}

// Walks again for as much as fits, where the answer is longer than clients take: only who made it knows how long one
// is. Of the first nothing is noted then.
template <typename Request, typename Walk>
auto WalkWithinBytes(authz::GovernedView& view, Budget* budget, Request& request, const Walk& walk)
    -> decltype(walk()) {
  while (true) {
    authz::NotesHeld notes(&view.shown());
    request.spend = SpendOf(budget, view);
    ASSIGN_OR_RETURN(auto response, walk());
    if (response.ByteSizeLong() <= kAnswerBytesMax || !Shorten(response, request)) {
      notes.Keep();
      return response;
    }
  }
}

Status CheckRequest(const v1::FindPathsRequest& request) {
  if (request.max_hops() < 0 || request.max_hops() > 100) return base::InvalidField("max_hops", "1 to 100");
  if (request.max_paths() < 0) return base::InvalidField("max_paths", "at least 1");
  if (!v1::Direction_IsValid(request.direction())) return base::InvalidField("direction", "a Direction");
  return absl::OkStatus();
}

}  // namespace

void LineageService::GetLineage(authz::Call call, v1::GetLineageRequest request, Done<v1::GetLineageResponse> done) {
  call.detail = DetailOf(request.asset());
  call.gate = gate_;
  const Status checked = CheckRequest(request);
  const auto handler = [graph = graph_, budget = budget_](
                           authz::GovernedView& view, const v1::GetLineageRequest& asked,
                           const Page<v1::GetLineageRequest>& page) -> StatusOr<v1::GetLineageResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.asset(), "asset"));
    const bool columns = asked.level() == v1::LEVEL_COLUMN;
    ASSIGN_OR_RETURN(lineage::WalkRequest walk, WalkOf(asked, columns ? std::string_view() : page.position));
    walk.aliases = AliasesOfView();
    ASSIGN_OR_RETURN(walk.start, view.Resolve(name));
    view.shown().Note(walk.start);
    return WalkWithinBytes(view, budget, walk, [&] {
      return columns ? WalkColumns(view, walk, asked, page.position, page.paging())
                     : WalkAssets(view, *graph, walk, page.paging());
    });
  };
  ServeRead(context_, std::move(call), std::move(request), {checked}, handler, std::move(done));
}

void LineageService::FindPaths(authz::Call call, v1::FindPathsRequest request, Done<v1::FindPathsResponse> done) {
  call.detail = base::Cat(DetailOf(request.from()), " ", DetailOf(request.to()));
  call.gate = gate_;
  const Status checked = CheckRequest(request);
  const auto handler = [graph = graph_, budget = budget_](
                           authz::GovernedView& view,
                           const v1::FindPathsRequest& asked) -> StatusOr<v1::FindPathsResponse> {
    ASSIGN_OR_RETURN(const AssetName from, catalog::NameOfRef(asked.from(), "from"));
    ASSIGN_OR_RETURN(const AssetName to, catalog::NameOfRef(asked.to(), "to"));
    lineage::PathRequest paths;
    ASSIGN_OR_RETURN(paths.from, view.Resolve(from));
    ASSIGN_OR_RETURN(paths.to, view.Resolve(to));
    paths.direction = DirectionOf(asked.direction(), lineage::Direction::kDownstream);
    if (asked.max_hops() > 0) paths.hops_max = static_cast<uint32_t>(asked.max_hops());
    if (asked.max_paths() > 0) paths.paths_max = std::min(static_cast<uint32_t>(asked.max_paths()), kPathsMax);
    paths.include_stale = asked.include_stale();
    paths.aliases = AliasesOfView();
    paths.deadline = std::chrono::steady_clock::now() + kWalkTimeMax;
    return WalkWithinBytes(view, budget, paths, [&]() -> StatusOr<v1::FindPathsResponse> {
      ASSIGN_OR_RETURN(const auto answer, view.point().as_of ? lineage::FindPathsAsOf(view, paths)
                                                             : lineage::FindPaths(view, *graph, paths));
      v1::FindPathsResponse response;
      ToProto(answer, view, response);
      return response;
    });
  };
  ServeRead(context_, std::move(call), std::move(request), {checked}, handler, std::move(done));
}

}  // namespace cadastre::server
