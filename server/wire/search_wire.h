// Hits, facets and suggestions as wire messages; their assets' summaries are the caller's. Thread rule: compatible.
#pragma once

#include "authz/view/sealed.h"
#include "cadastre/search/v1/search.pb.h"
#include "search/query.h"

namespace cadastre::server {

void ToProto(const authz::Visible<search::Hit>& hit, search::v1::Hit& out);
void ToProto(const authz::Visible<search::Suggestion>& suggestion, search::v1::Suggestion& out);
// Total, facets and spelling, which Find counted over what the view sees alone.
void ToProto(const search::Found& found, search::v1::SearchResponse& out);

}  // namespace cadastre::server
