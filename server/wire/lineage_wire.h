// Walks and paths as wire messages. Thread rule: compatible.
#pragma once

#include "authz/sealed.h"
#include "authz/view.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "lineage/column_walk.h"
#include "lineage/paths.h"
#include "lineage/walk.h"

namespace cadastre::server {

// Summaries come from memory: a walk may name 10,000 nodes. Errors: those of the view's reads.
Status ToProto(const authz::Visible<lineage::WalkAnswer>& answer, authz::GovernedView& view,
               lineage::v1::GetLineageResponse& out);
Status ToProto(const authz::Visible<lineage::ColumnWalkAnswer>& answer, authz::GovernedView& view,
               lineage::v1::GetLineageResponse& out);
void ToProto(const authz::Visible<lineage::PathAnswer>& answer, authz::GovernedView& view,
             lineage::v1::FindPathsResponse& out);

}  // namespace cadastre::server
