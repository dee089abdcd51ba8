#include "server/services/search_service.h"

#include "base/status.h"

namespace cadastre::server {

void SearchService::Search(authz::Call, search::v1::SearchRequest, Done<search::v1::SearchResponse> done) {
  done(base::Unavailable("search is not built yet"));
}

void SearchService::Suggest(authz::Call, search::v1::SuggestRequest, Done<search::v1::SuggestResponse> done) {
  done(base::Unavailable("search is not built yet"));
}

}  // namespace cadastre::server
