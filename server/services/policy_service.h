// PolicyService: principals, roles, grants and environment rules; the half of AuthzService that is policy itself.
// Contract: proto/cadastre/authz/v1/authz.proto. Made by main; thread rule: safe.
#pragma once

#include "authz/identity/credentials.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class PolicyService {
 public:
  PolicyService(ServiceContext context, authz::Credentials* credentials)
      : context_(context), credentials_(credentials) {}

  void PutPrincipal(authz::Call call, authz::v1::PutPrincipalRequest request,
                    Done<authz::v1::PutPrincipalResponse> done);
  void GetPrincipal(authz::Call call, authz::v1::GetPrincipalRequest request,
                    Done<authz::v1::GetPrincipalResponse> done);
  void ListPrincipals(authz::Call call, authz::v1::ListPrincipalsRequest request,
                      Done<authz::v1::ListPrincipalsResponse> done);
  void DeletePrincipal(authz::Call call, authz::v1::DeletePrincipalRequest request,
                       Done<authz::v1::DeletePrincipalResponse> done);
  void PutRole(authz::Call call, authz::v1::PutRoleRequest request, Done<authz::v1::PutRoleResponse> done);
  void GetRole(authz::Call call, authz::v1::GetRoleRequest request, Done<authz::v1::GetRoleResponse> done);
  void ListRoles(authz::Call call, authz::v1::ListRolesRequest request, Done<authz::v1::ListRolesResponse> done);
  void DeleteRole(authz::Call call, authz::v1::DeleteRoleRequest request, Done<authz::v1::DeleteRoleResponse> done);
  void PutGrant(authz::Call call, authz::v1::PutGrantRequest request, Done<authz::v1::PutGrantResponse> done);
  void GetGrant(authz::Call call, authz::v1::GetGrantRequest request, Done<authz::v1::GetGrantResponse> done);
  void ListGrants(authz::Call call, authz::v1::ListGrantsRequest request, Done<authz::v1::ListGrantsResponse> done);
  void DeleteGrant(authz::Call call, authz::v1::DeleteGrantRequest request, Done<authz::v1::DeleteGrantResponse> done);
  void PutEnvironmentRule(authz::Call call, authz::v1::PutEnvironmentRuleRequest request,
                          Done<authz::v1::PutEnvironmentRuleResponse> done);
  void GetEnvironmentRule(authz::Call call, authz::v1::GetEnvironmentRuleRequest request,
                          Done<authz::v1::GetEnvironmentRuleResponse> done);
  void ListEnvironmentRules(authz::Call call, authz::v1::ListEnvironmentRulesRequest request,
                            Done<authz::v1::ListEnvironmentRulesResponse> done);
  void DeleteEnvironmentRule(authz::Call call, authz::v1::DeleteEnvironmentRuleRequest request,
                             Done<authz::v1::DeleteEnvironmentRuleResponse> done);

 private:
  ServiceContext context_;
  authz::Credentials* credentials_;
};

}  // namespace cadastre::server
