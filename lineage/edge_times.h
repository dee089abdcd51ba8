// When the edges of a walk were stated, for answers that say so: up to the view's point in source time.
//
// Functions over a view; thread rule: confined. Errors: those of the view's reads.
// Deliberately does not: answer by known-at, since when something was stated is kept without versions.
#pragma once

#include <vector>

#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "lineage/column_walk.h"
#include "lineage/walk.h"

namespace cadastre::lineage {

struct EdgeTimes {
  // By any of the edge's producers; Timestamp::Min() for aliases, and where it was not stated by then.
  Timestamp first_stated = Timestamp::Min();
  Timestamp last_stated = Timestamp::Min();
};

// One answer an edge, in order. The ends and jobs of the edges were revealed by the walk.
StatusOr<authz::Visible<std::vector<EdgeTimes>>> FindEdgeTimes(authz::GovernedView& view,
                                                               const std::vector<WalkEdge>& edges);
// The same of column pairs, each by itself.
StatusOr<authz::Visible<std::vector<EdgeTimes>>> FindEdgeTimes(authz::GovernedView& view,
                                                               const ColumnWalkAnswer& answer);

}  // namespace cadastre::lineage
