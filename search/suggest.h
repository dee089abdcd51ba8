// Suggest: names that begin with what is typed, then names with a part that does, then near misses.
//
// Thread rule: safe (the view is one request's). Candidates are walked until enough have a visible asset; only those
// count. Errors: INVALID_ARGUMENT naming the field (prefix, limit), DEADLINE_EXCEEDED, UNAVAILABLE.
#pragma once

#include "authz/view/view.h"
#include "base/words.h"
#include "search/index.h"
#include "search/query.h"

namespace cadastre::search {

StatusOr<Suggested> Suggest(authz::GovernedView& view, Index& index, const SuggestRequest& request);

}  // namespace cadastre::search
