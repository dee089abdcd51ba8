// AuthzService: who the caller is, tokens, principals, roles and grants. Contract: proto/cadastre/authz/v1/authz.proto.
// Made by main; thread rule: safe.
#pragma once

#include "authz/credentials.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class AuthzService {
 public:
  AuthzService(ServiceContext context, authz::Credentials* credentials)
      : context_(context), credentials_(credentials) {}

  void WhoAmI(authz::Call call, authz::v1::WhoAmIRequest request, Done<authz::v1::WhoAmIResponse> done);
  void Login(authz::Call call, authz::v1::LoginRequest request, Done<authz::v1::LoginResponse> done);
  void CreateToken(authz::Call call, authz::v1::CreateTokenRequest request, Done<authz::v1::CreateTokenResponse> done);
  void RevokeToken(authz::Call call, authz::v1::RevokeTokenRequest request, Done<authz::v1::RevokeTokenResponse> done);
  void ListTokens(authz::Call call, authz::v1::ListTokensRequest request, Done<authz::v1::ListTokensResponse> done);
  void PutPrincipal(authz::Call call, authz::v1::PutPrincipalRequest request,
                    Done<authz::v1::PutPrincipalResponse> done);
  void PutRole(authz::Call call, authz::v1::PutRoleRequest request, Done<authz::v1::PutRoleResponse> done);
  void PutGrant(authz::Call call, authz::v1::PutGrantRequest request, Done<authz::v1::PutGrantResponse> done);
  void DeleteGrant(authz::Call call, authz::v1::DeleteGrantRequest request, Done<authz::v1::DeleteGrantResponse> done);
  void ListRoles(authz::Call call, authz::v1::ListRolesRequest request, Done<authz::v1::ListRolesResponse> done);
  void ListGrants(authz::Call call, authz::v1::ListGrantsRequest request, Done<authz::v1::ListGrantsResponse> done);

 private:
  ServiceContext context_;
  authz::Credentials* credentials_;
};

}  // namespace cadastre::server
