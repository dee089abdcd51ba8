#include "server/services/lineage_columns.h"

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/page.h"
#include "catalog/standing_columns.h"
#include "lineage/column_walk.h"
#include "lineage/edge_times.h"
#include "server/wire/lineage_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = lineage::v1;

std::string EncodePosition(const lineage::ColumnPosition& position) {
  std::string out;
  base::AppendU32(out, position.hops);
  base::AppendU64(out, position.id.value());
  base::AppendU32(out, position.edges_told);
  for (const std::string& segment : position.path) base::AppendString(out, segment);
  return out;
}

StatusOr<std::optional<lineage::ColumnPosition>> DecodePosition(std::string_view bytes) {
  if (bytes.empty()) return std::optional<lineage::ColumnPosition>();
  base::ByteReader reader(bytes);
  lineage::ColumnPosition out;
  ASSIGN_OR_RETURN(out.hops, reader.ReadU32());
  ASSIGN_OR_RETURN(const uint64_t id, reader.ReadU64());
  out.id = AssetId(id);
  ASSIGN_OR_RETURN(out.edges_told, reader.ReadU32());
  while (!reader.empty()) {
    ASSIGN_OR_RETURN(const std::string_view segment, reader.ReadString());
    out.path.emplace_back(segment);
  }
  return std::make_optional(std::move(out));
}

}  // namespace

StatusOr<v1::GetLineageResponse> WalkColumns(authz::GovernedView& view, const lineage::WalkRequest& walk,
                                             const v1::GetLineageRequest& request, std::string_view position,
                                             const Paging<v1::GetLineageRequest>& paging) {
  lineage::ColumnWalkRequest columns;
  columns.start = walk.start;
  columns.path.assign(request.column().path().begin(), request.column().path().end());
  columns.direction = walk.direction;
  columns.depth = walk.depth;
  columns.nodes_max = walk.nodes_max;
  columns.edges_max = walk.edges_max;
  columns.include_stale = walk.include_stale;
  columns.aliases = walk.aliases;
  columns.spend = walk.spend;
  columns.columns = [&view](AssetId id) { return catalog::FindColumnPaths(view, id); };
  columns.stands = [&view, known = std::map<AssetId, catalog::StandingColumns>()](
                       AssetId id, const std::vector<std::string>& path) mutable -> StatusOr<bool> {
    auto found = known.find(id);
    if (found == known.end()) {
      ASSIGN_OR_RETURN(catalog::StandingColumns standing, catalog::FindStandingColumns(view, id));
      found = known.emplace(id, std::move(standing)).first;
    }
    return found->second.Has(path);
  };
  columns.deadline = walk.deadline;
  ASSIGN_OR_RETURN(columns.after, DecodePosition(position));
  ASSIGN_OR_RETURN(const auto answer, lineage::WalkColumns(view, columns));
  std::optional<authz::Visible<std::vector<lineage::EdgeTimes>>> times;
  if (answer->edges.size() <= kTimedEdgesMax) {
    ASSIGN_OR_RETURN(times, lineage::FindEdgeTimes(view, *answer));
  }
  v1::GetLineageResponse response;
  RETURN_IF_ERROR(ToProto(answer, times ? &*times : nullptr, view, response));
  if (answer->next) response.set_next_page_token(paging.Next(EncodePosition(*answer->next)));
  return response;
}

}  // namespace cadastre::server
