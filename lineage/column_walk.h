// WalkColumns: what columns flow into a column, and where it flows on, for one viewer.
//
// Function over a view, reading the tables at the view's point, now or as of a time (pairs are not in memory); thread
// rule: confined. A masked column is neither shown nor passed. Every dataset and job whose pairs were read is noted for
// the audit, and of columns those that are named. Errors: INVALID_ARGUMENT (bounds), DEADLINE_EXCEEDED; those of the
// view's reads. Hops: 1 a pair, 0 an alias. Order: (hops, id, path). A node on both sides is named once, as in walk.h.
// A column is named as its dataset spells it, however a pair, the request or a merged name does (column_spelling.h).
// An empty path is the whole dataset: what a column reaches that only filters, joins or sorts. All columns follow from
// it, and what flows into it flows into each of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "cadastre/record/lineage.pb.h"
#include "lineage/column_pairs.h"
#include "lineage/column_spelling.h"
#include "lineage/walk.h"

namespace cadastre::lineage {

struct ColumnPosition {
  uint32_t hops = 0;
  AssetId id;
  std::vector<std::string> path;
  // As in WalkPosition.
  uint32_t edges_told = 0;
};

struct ColumnWalkRequest {
  // Visible to the view: the caller resolved it.
  AssetId start;
  // Empty: from every column of the start that has lineage.
  std::vector<std::string> path;
  Direction direction = Direction::kBoth;
  uint32_t depth = base::kWalkHopsDefault;       // 1 to kWalkHopsMax
  uint32_t nodes_max = base::kWalkNodesDefault;  // named; 1 to kWalkNodesMax
  uint32_t edges_max = 100'000;                  // named
  uint64_t visits_max = 200'000;                 // visible columns reached
  bool include_stale = false;
  std::optional<ColumnPosition> after;
  AliasesOf aliases;
  SpendNodes spend;  // columns count as nodes; may be empty
  // Columns the catalog knows of, which may stand without lineage; may be empty.
  ColumnsOfDataset columns;
  // A pair of which one column does not stand is none of the present: it is stale.
  ColumnStands stands;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct ColumnNode {
  AssetId id;
  std::vector<std::string> path;
  uint32_t hops = 0;
  int side = 0;
  uint32_t more = 0;
};

struct ColumnEdge {
  // Into `nodes` of the same answer.
  uint32_t from = 0;
  uint32_t to = 0;
  AssetId job;  // 0 where none
  bool stale = false;
  bool alias = false;
  std::vector<uint32_t> producers;
  // As stated, without a description that the viewer may not read; an alias has none.
  record::ColumnPair pair;
};

struct ColumnWalkAnswer {
  std::vector<ColumnNode> nodes;
  // Named by an earlier page; here because an edge of this page ends at them.
  std::vector<ColumnNode> earlier;
  std::vector<ColumnEdge> edges;
  std::vector<HopCount> counts;
  WalkLimit limit = WalkLimit::kNone;
  std::optional<ColumnPosition> next;
};

StatusOr<authz::Visible<ColumnWalkAnswer>> WalkColumns(authz::GovernedView& view, const ColumnWalkRequest& request);

}  // namespace cadastre::lineage
