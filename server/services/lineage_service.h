// LineageService: walks and paths. Contract: proto/cadastre/lineage/v1/lineage.proto.
// Made by main; thread rule: safe.
#pragma once

#include "authz/view/revision_gate.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "lineage/memory_graph.h"
#include "server/rpc/budget.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class LineageService {
 public:
  // What walks reach counts in the budget, in the viewer's name.
  LineageService(ServiceContext context, const lineage::MemoryGraph* graph, authz::RevisionGate* gate, Budget* budget)
      : context_(context), graph_(graph), gate_(gate), budget_(budget) {}

  void GetLineage(authz::Call call, lineage::v1::GetLineageRequest request, Done<lineage::v1::GetLineageResponse> done);
  void FindPaths(authz::Call call, lineage::v1::FindPathsRequest request, Done<lineage::v1::FindPathsResponse> done);

 private:
  ServiceContext context_;
  const lineage::MemoryGraph* graph_;
  authz::RevisionGate* gate_;
  Budget* budget_;
};

}  // namespace cadastre::server
