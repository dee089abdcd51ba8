// CatalogService: assets, their aspects and their history. Contract: proto/cadastre/catalog/v1/catalog.proto.
// Made by main; thread rule: safe.
#pragma once

#include "cadastre/catalog/v1/catalog.pb.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class CatalogService {
 public:
  explicit CatalogService(ServiceContext context) : context_(context) {}

  void GetAsset(authz::Call call, catalog::v1::GetAssetRequest request, Done<catalog::v1::GetAssetResponse> done);
  void ListColumns(authz::Call call, catalog::v1::ListColumnsRequest request,
                   Done<catalog::v1::ListColumnsResponse> done);
  void BatchGetAssets(authz::Call call, catalog::v1::BatchGetAssetsRequest request,
                      Done<catalog::v1::BatchGetAssetsResponse> done);
  void ListAssets(authz::Call call, catalog::v1::ListAssetsRequest request, Done<catalog::v1::ListAssetsResponse> done);
  void ListNamespaces(authz::Call call, catalog::v1::ListNamespacesRequest request,
                      Done<catalog::v1::ListNamespacesResponse> done);
  void GetHistory(authz::Call call, catalog::v1::GetHistoryRequest request, Done<catalog::v1::GetHistoryResponse> done);
  void DiffAsset(authz::Call call, catalog::v1::DiffAssetRequest request, Done<catalog::v1::DiffAssetResponse> done);

  void UpsertAspects(authz::Call call, catalog::v1::UpsertAspectsRequest request,
                     Done<catalog::v1::UpsertAspectsResponse> done);
  void DeleteAsset(authz::Call call, catalog::v1::DeleteAssetRequest request,
                   Done<catalog::v1::DeleteAssetResponse> done);
  void RestoreAsset(authz::Call call, catalog::v1::RestoreAssetRequest request,
                    Done<catalog::v1::RestoreAssetResponse> done);

 private:
  ServiceContext context_;
};

}  // namespace cadastre::server
