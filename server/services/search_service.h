// SearchService: search and suggestions. Contract: proto/cadastre/search/v1/search.proto.
// Made by main; thread rule: safe.
#pragma once

#include "cadastre/search/v1/search.pb.h"
#include "search/index.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class SearchService {
 public:
  SearchService(ServiceContext context, search::Index* index) : context_(context), index_(index) {}

  void Search(authz::Call call, search::v1::SearchRequest request, Done<search::v1::SearchResponse> done);
  void Suggest(authz::Call call, search::v1::SuggestRequest request, Done<search::v1::SuggestResponse> done);

 private:
  ServiceContext context_;
  search::Index* index_;
};

}  // namespace cadastre::server
