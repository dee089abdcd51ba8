#include "server/services/lineage_service.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/alias.h"
#include "catalog/labels.h"
#include "catalog/summary.h"
#include "lineage/paths.h"
#include "lineage/walk.h"
#include "server/rpc/options.h"
#include "server/services/lineage_columns.h"
#include "server/wire/lineage_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = lineage::v1;

constexpr std::chrono::seconds kWalkTimeMax{20};

lineage::Direction DirectionOf(v1::Direction direction, lineage::Direction fallback) {
  switch (direction) {
    case v1::DIRECTION_UPSTREAM: return lineage::Direction::kUpstream;
    case v1::DIRECTION_DOWNSTREAM: return lineage::Direction::kDownstream;
    case v1::DIRECTION_BOTH: return lineage::Direction::kBoth;
    default: return fallback;
  }
}

// Reads the tables only for the few assets that have aliases. An asset whose aliases cannot be read has none: the walk
// then ends at it, which an error in the answer would not make better.
lineage::AliasesOf AliasesIn(authz::GovernedView& view, const catalog::AliasIndex& index) {
  return [&view, known = index.Reading()](const authz::GovernedView&, AssetId id) -> std::vector<AssetId> {
    if (!known.Has(id)) return {};
    auto neighbours = catalog::MergedNeighbours(view, id);
    return neighbours.ok() ? *std::move(neighbours) : std::vector<AssetId>();
  };
}

Status CheckRequest(const v1::GetLineageRequest& request) {
  if (!v1::Direction_IsValid(request.direction())) return base::InvalidField("direction", "a Direction");
  if (!v1::Level_IsValid(request.level())) return base::InvalidField("level", "a Level");
  if (request.depth() < 0 || request.depth() > 100) return base::InvalidField("depth", "1 to 100");
  if (request.max_nodes() < 0 || request.max_nodes() > 10'000) return base::InvalidField("max_nodes", "1 to 10,000");
  if (request.column_path_size() > 32) return base::InvalidField("column_path", "at most 32 segments");
  return absl::OkStatus();
}

StatusOr<lineage::WalkRequest> WalkOf(const v1::GetLineageRequest& request, std::string_view position) {
  lineage::WalkRequest walk;
  walk.direction = DirectionOf(request.direction(), lineage::Direction::kBoth);
  if (request.depth() > 0) walk.depth = static_cast<uint32_t>(request.depth());
  if (request.max_nodes() > 0) walk.nodes_max = static_cast<uint32_t>(request.max_nodes());
  walk.include_stale = request.include_stale();
  walk.deadline = std::chrono::steady_clock::now() + kWalkTimeMax;
  if (!position.empty()) {
    base::ByteReader reader(position);
    walk.after.emplace();
    ASSIGN_OR_RETURN(walk.after->hops, reader.ReadU32());
    ASSIGN_OR_RETURN(const uint64_t id, reader.ReadU64());
    walk.after->id = AssetId(id);
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
  // When edges were stated is kept for the present alone.
  if (!view.point().as_of && answer->edges.size() <= kTimedEdgesMax) {
    ASSIGN_OR_RETURN(times, lineage::FindEdgeTimes(view, answer->edges));
  }
  RETURN_IF_ERROR(ToProto(answer, times ? &*times : nullptr, view, response));
  if (answer->next) {
    std::string next;
    base::AppendU32(next, answer->next->hops);
    base::AppendU64(next, answer->next->id.value());
    response.set_next_page_token(paging.Next(next));
  }
  return response;
}

}  // namespace

void LineageService::GetLineage(authz::Call call, v1::GetLineageRequest request, Done<v1::GetLineageResponse> done) {
  call.detail = DetailOf(request.asset());
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  if (Status bad = CheckRequest(request); !bad.ok()) return context_.RefuseRead(std::move(call), bad, std::move(done));
  call.gate = gate_;
  const auto handler = [guard = context_.guard, graph = graph_, aliases = aliases_, operation = call.operation,
                        request](authz::GovernedView& view) -> StatusOr<v1::GetLineageResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.asset(), "asset"));
    const Paging paging(guard, view.viewer(), *operation, request);
    ASSIGN_OR_RETURN(const std::string position, paging.Position());
    const bool columns = request.level() == v1::LEVEL_COLUMN;
    ASSIGN_OR_RETURN(lineage::WalkRequest walk, WalkOf(request, columns ? std::string_view() : position));
    walk.aliases = AliasesIn(view, *aliases);
    ASSIGN_OR_RETURN(walk.start, view.Resolve(name));
    view.shown().Note(walk.start);
    ASSIGN_OR_RETURN(v1::GetLineageResponse response, columns ? WalkColumns(view, walk, request, position, paging)
                                                              : WalkAssets(view, *graph, walk, paging));
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::GetLineageResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

void LineageService::FindPaths(authz::Call call, v1::FindPathsRequest request, Done<v1::FindPathsResponse> done) {
  call.detail = base::Cat(DetailOf(request.from()), " ", DetailOf(request.to()));
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  if (request.max_hops() < 0 || request.max_hops() > 100)
    return context_.RefuseRead(std::move(call), base::InvalidField("max_hops", "1 to 100"), std::move(done));
  if (request.max_paths() < 0 || request.max_paths() > 20)
    return context_.RefuseRead(std::move(call), base::InvalidField("max_paths", "1 to 20"), std::move(done));
  if (!v1::Direction_IsValid(request.direction()))
    return context_.RefuseRead(std::move(call), base::InvalidField("direction", "a Direction"), std::move(done));
  call.gate = gate_;
  const auto handler = [guard = context_.guard, graph = graph_, aliases = aliases_,
                        request](authz::GovernedView& view) -> StatusOr<v1::FindPathsResponse> {
    ASSIGN_OR_RETURN(const AssetName from, catalog::NameOfRef(request.from(), "from"));
    ASSIGN_OR_RETURN(const AssetName to, catalog::NameOfRef(request.to(), "to"));
    lineage::PathRequest paths;
    ASSIGN_OR_RETURN(paths.from, view.Resolve(from));
    ASSIGN_OR_RETURN(paths.to, view.Resolve(to));
    paths.direction = DirectionOf(request.direction(), lineage::Direction::kDownstream);
    if (request.max_hops() > 0) paths.hops_max = static_cast<uint32_t>(request.max_hops());
    if (request.max_paths() > 0) paths.paths_max = static_cast<uint32_t>(request.max_paths());
    paths.include_stale = request.include_stale();
    paths.aliases = AliasesIn(view, *aliases);
    paths.deadline = std::chrono::steady_clock::now() + kWalkTimeMax;
    ASSIGN_OR_RETURN(const auto answer, view.point().as_of ? lineage::FindPathsAsOf(view, paths)
                                                           : lineage::FindPaths(view, *graph, paths));
    v1::FindPathsResponse response;
    ToProto(answer, view, response);
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::FindPathsResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

}  // namespace cadastre::server
