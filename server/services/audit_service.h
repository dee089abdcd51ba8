// AuditService: who saw what. Contract: proto/cadastre/audit/v1/audit.proto. Made by main; thread rule: safe.
#pragma once

#include "authz/audit/audit_log.h"
#include "cadastre/audit/v1/audit.pb.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class AuditService {
 public:
  AuditService(ServiceContext context, authz::AuditLog* log) : context_(context), log_(log) {}

  void ListRecords(authz::Call call, audit::v1::ListRecordsRequest request, Done<audit::v1::ListRecordsResponse> done);
  void GetHead(authz::Call call, audit::v1::GetHeadRequest request, Done<audit::v1::GetHeadResponse> done);

 private:
  ServiceContext context_;
  authz::AuditLog* log_;
};

}  // namespace cadastre::server
