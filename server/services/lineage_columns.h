// GetLineage at column level. Function over a view; thread rule: confined.
#pragma once

#include <string_view>

#include "authz/view/view.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "lineage/walk.h"
#include "server/rpc/options.h"

namespace cadastre::server {

// `walk`: the request as for assets, resolved; `position`: of the page token, empty on the first page.
StatusOr<lineage::v1::GetLineageResponse> WalkColumns(authz::GovernedView& view, const lineage::WalkRequest& walk,
                                                      const lineage::v1::GetLineageRequest& request,
                                                      std::string_view position,
                                                      const Paging<lineage::v1::GetLineageRequest>& paging);

}  // namespace cadastre::server
