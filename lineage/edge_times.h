// When the edges of a walk were stated, for answers that say so.
//
// Function over a view; thread rule: confined. Errors: those of the view's reads.
#pragma once

#include <vector>

#include "authz/sealed.h"
#include "authz/view.h"
#include "base/words.h"
#include "lineage/walk.h"

namespace cadastre::lineage {

struct EdgeTimes {
  // By any of the edge's producers; Timestamp::Min() for aliases.
  Timestamp first_stated = Timestamp::Min();
  Timestamp last_stated = Timestamp::Min();
};

// One answer an edge, in order. The ends and jobs of the edges were revealed by the walk.
StatusOr<authz::Visible<std::vector<EdgeTimes>>> FindEdgeTimes(authz::GovernedView& view,
                                                               const std::vector<WalkEdge>& edges);

}  // namespace cadastre::lineage
