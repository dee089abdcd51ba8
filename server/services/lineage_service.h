// LineageService: walks and paths. Contract: proto/cadastre/lineage/v1/lineage.proto.
// Made by main; thread rule: safe.
#pragma once

#include "authz/revision_gate.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "catalog/alias_index.h"
#include "lineage/memory_graph.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class LineageService {
 public:
  LineageService(ServiceContext context, const lineage::MemoryGraph* graph, const catalog::AliasIndex* aliases,
                 authz::RevisionGate* gate)
      : context_(context), graph_(graph), aliases_(aliases), gate_(gate) {}

  void GetLineage(authz::Call call, lineage::v1::GetLineageRequest request, Done<lineage::v1::GetLineageResponse> done);
  void FindPaths(authz::Call call, lineage::v1::FindPathsRequest request, Done<lineage::v1::FindPathsResponse> done);

 private:
  ServiceContext context_;
  const lineage::MemoryGraph* graph_;
  const catalog::AliasIndex* aliases_;
  authz::RevisionGate* gate_;
};

}  // namespace cadastre::server
