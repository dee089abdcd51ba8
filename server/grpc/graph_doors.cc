#include <memory>

#include "cadastre/lineage/v1/lineage.grpc.pb.h"
#include "cadastre/search/v1/search.grpc.pb.h"
#include "server/grpc/doors.h"
#include "server/grpc/unary.h"

namespace cadastre::server {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class LineageDoor final : public lineage::v1::LineageService::CallbackService {
 public:
  explicit LineageDoor(const Services& services) : services_(services) {}

  ServerUnaryReactor* GetLineage(CallbackServerContext* context, const lineage::v1::GetLineageRequest* request,
                                 lineage::v1::GetLineageResponse* response) override {
    return RunUnary(context, request, response, services_.lineage, &server::LineageService::GetLineage,
                    "cadastre.lineage.v1.LineageService/GetLineage");
  }
  ServerUnaryReactor* FindPaths(CallbackServerContext* context, const lineage::v1::FindPathsRequest* request,
                                lineage::v1::FindPathsResponse* response) override {
    return RunUnary(context, request, response, services_.lineage, &server::LineageService::FindPaths,
                    "cadastre.lineage.v1.LineageService/FindPaths");
  }

 private:
  const Services services_;
};

class SearchDoor final : public search::v1::SearchService::CallbackService {
 public:
  explicit SearchDoor(const Services& services) : services_(services) {}

  ServerUnaryReactor* Search(CallbackServerContext* context, const search::v1::SearchRequest* request,
                             search::v1::SearchResponse* response) override {
    return RunUnary(context, request, response, services_.search, &server::SearchService::Search,
                    "cadastre.search.v1.SearchService/Search");
  }
  ServerUnaryReactor* Suggest(CallbackServerContext* context, const search::v1::SuggestRequest* request,
                              search::v1::SuggestResponse* response) override {
    return RunUnary(context, request, response, services_.search, &server::SearchService::Suggest,
                    "cadastre.search.v1.SearchService/Suggest");
  }

 private:
  const Services services_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeLineageDoor(const Services& services) {
  return std::make_unique<LineageDoor>(services);
}

std::unique_ptr<grpc::Service> MakeSearchDoor(const Services& services) {
  return std::make_unique<SearchDoor>(services);
}

}  // namespace cadastre::server
