#include <memory>

#include "cadastre/catalog/v1/catalog.grpc.pb.h"
#include "server/grpc/doors.h"
#include "server/grpc/unary.h"

namespace cadastre::server {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class CatalogDoor final : public catalog::v1::CatalogService::CallbackService {
 public:
  explicit CatalogDoor(const Services& services) : services_(services) {}

  ServerUnaryReactor* GetAsset(CallbackServerContext* context, const catalog::v1::GetAssetRequest* request,
                               catalog::v1::GetAssetResponse* response) override {
    return RunUnary(context, request, response, services_.catalog, &server::CatalogService::GetAsset,
                    "cadastre.catalog.v1.CatalogService/GetAsset");
  }
  ServerUnaryReactor* BatchGetAssets(CallbackServerContext* context, const catalog::v1::BatchGetAssetsRequest* request,
                                     catalog::v1::BatchGetAssetsResponse* response) override {
    return RunUnary(context, request, response, services_.catalog, &server::CatalogService::BatchGetAssets,
                    "cadastre.catalog.v1.CatalogService/BatchGetAssets");
  }
  ServerUnaryReactor* ListAssets(CallbackServerContext* context, const catalog::v1::ListAssetsRequest* request,
                                 catalog::v1::ListAssetsResponse* response) override {
    return RunUnary(context, request, response, services_.catalog, &server::CatalogService::ListAssets,
                    "cadastre.catalog.v1.CatalogService/ListAssets");
  }
  ServerUnaryReactor* UpsertAspects(CallbackServerContext* context, const catalog::v1::UpsertAspectsRequest* request,
                                    catalog::v1::UpsertAspectsResponse* response) override {
    return RunUnary(context, request, response, services_.catalog, &server::CatalogService::UpsertAspects,
                    "cadastre.catalog.v1.CatalogService/UpsertAspects");
  }
  ServerUnaryReactor* DeleteAsset(CallbackServerContext* context, const catalog::v1::DeleteAssetRequest* request,
                                  catalog::v1::DeleteAssetResponse* response) override {
    return RunUnary(context, request, response, services_.catalog, &server::CatalogService::DeleteAsset,
                    "cadastre.catalog.v1.CatalogService/DeleteAsset");
  }
  ServerUnaryReactor* RestoreAsset(CallbackServerContext* context, const catalog::v1::RestoreAssetRequest* request,
                                   catalog::v1::RestoreAssetResponse* response) override {
    return RunUnary(context, request, response, services_.catalog, &server::CatalogService::RestoreAsset,
                    "cadastre.catalog.v1.CatalogService/RestoreAsset");
  }
  ServerUnaryReactor* GetHistory(CallbackServerContext* context, const catalog::v1::GetHistoryRequest* request,
                                 catalog::v1::GetHistoryResponse* response) override {
    return RunUnary(context, request, response, services_.catalog, &server::CatalogService::GetHistory,
                    "cadastre.catalog.v1.CatalogService/GetHistory");
  }
  ServerUnaryReactor* DiffAsset(CallbackServerContext* context, const catalog::v1::DiffAssetRequest* request,
                                catalog::v1::DiffAssetResponse* response) override {
    return RunUnary(context, request, response, services_.catalog, &server::CatalogService::DiffAsset,
                    "cadastre.catalog.v1.CatalogService/DiffAsset");
  }
  ServerUnaryReactor* ListRuns(CallbackServerContext* context, const catalog::v1::ListRunsRequest* request,
                               catalog::v1::ListRunsResponse* response) override {
    return RunUnary(context, request, response, services_.runs, &server::RunService::ListRuns,
                    "cadastre.catalog.v1.CatalogService/ListRuns");
  }
  ServerUnaryReactor* GetRun(CallbackServerContext* context, const catalog::v1::GetRunRequest* request,
                             catalog::v1::GetRunResponse* response) override {
    return RunUnary(context, request, response, services_.runs, &server::RunService::GetRun,
                    "cadastre.catalog.v1.CatalogService/GetRun");
  }

 private:
  const Services services_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeCatalogDoor(const Services& services) {
  return std::make_unique<CatalogDoor>(services);
}

}  // namespace cadastre::server
