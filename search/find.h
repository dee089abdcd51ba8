// Find: the assets that match a query, as the viewer sees the world.
//
// Thread rule: safe (the view is one request's). Hits are revealed by the view, so that the audit record names them.
// Noninterference: hits, scores, order, counts, facets and corrections are what they would be if nothing hidden
// existed. Errors: INVALID_ARGUMENT naming the field (query, filters, facets, page_size, page_token, order_by),
// DEADLINE_EXCEEDED, UNAVAILABLE (the index is being built, or its files cannot be read).
#pragma once

#include "authz/view/view.h"
#include "base/words.h"
#include "search/index.h"
#include "search/query.h"

namespace cadastre::search {

StatusOr<Found> Find(authz::GovernedView& view, Index& index, const FindRequest& request);

}  // namespace cadastre::search
