// Walks and paths as wire messages. Thread rule: compatible.
#pragma once

#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "lineage/column_walk.h"
#include "lineage/edge_times.h"
#include "lineage/paths.h"
#include "lineage/walk.h"

namespace cadastre::server {

// Above this number of edges an answer does not say when they were stated: each costs a read.
inline constexpr size_t kTimedEdgesMax = 10'000;

// Summaries come from memory: a walk may name 10,000 nodes. `times`: one an edge, or none at all. Errors: those of the
// view's reads.
Status ToProto(const authz::Visible<lineage::WalkAnswer>& answer,
               const authz::Visible<std::vector<lineage::EdgeTimes>>* times, authz::GovernedView& view,
               lineage::v1::GetLineageResponse& out);
Status ToProto(const authz::Visible<lineage::ColumnWalkAnswer>& answer,
               const authz::Visible<std::vector<lineage::EdgeTimes>>* times, authz::GovernedView& view,
               lineage::v1::GetLineageResponse& out);
void ToProto(const authz::Visible<lineage::PathAnswer>& answer, authz::GovernedView& view,
             lineage::v1::FindPathsResponse& out);

}  // namespace cadastre::server
