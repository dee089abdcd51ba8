// Facets: exact counts of visible values over everything that matched.
//
// Thread rule: confined. Bounds: at most base::kFacetValuesMax values a facet are answered, the most frequent first.
// Errors of Parse: INVALID_ARGUMENT naming `facets` or `filters`.
#pragma once

#include <string>
#include <vector>

#include "search/facet_values.h"
#include "search/matcher.h"
#include "search/query.h"

namespace cadastre::search {

StatusOr<std::vector<FacetKind>> ParseFacets(const std::vector<std::string>& words);
StatusOr<std::vector<ValueTest>> ParseFilters(const std::vector<FacetFilter>& filters);

Facet CountFacet(FacetKind kind, const MatchList& matches, const FacetValues& values);

}  // namespace cadastre::search
