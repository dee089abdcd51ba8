// Runs of jobs: ListRuns, ListRunRollups and GetRun of CatalogService. Contract:
// proto/cadastre/catalog/v1/catalog.proto. Made by main; thread rule: safe.
#pragma once

#include <chrono>

#include "cadastre/catalog/v1/catalog.pb.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class RunService {
 public:
  RunService(ServiceContext context, std::chrono::microseconds unknown_after)
      : context_(context), unknown_after_(unknown_after) {}

  void ListRuns(authz::Call call, catalog::v1::ListRunsRequest request, Done<catalog::v1::ListRunsResponse> done);
  void ListRunRollups(authz::Call call, catalog::v1::ListRunRollupsRequest request,
                      Done<catalog::v1::ListRunRollupsResponse> done);
  void GetRun(authz::Call call, catalog::v1::GetRunRequest request, Done<catalog::v1::GetRunResponse> done);

 private:
  ServiceContext context_;
  std::chrono::microseconds unknown_after_;
};

}  // namespace cadastre::server
