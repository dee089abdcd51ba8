// AuthzService: who the caller is, logins, passwords and tokens; what is policy stands in policy_service.
// Contract: proto/cadastre/authz/v1/authz.proto.
// Made by main; thread rule: safe.
#pragma once

#include "authz/identity/credentials.h"
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
  void GetToken(authz::Call call, authz::v1::GetTokenRequest request, Done<authz::v1::GetTokenResponse> done);
  void ChangePassword(authz::Call call, authz::v1::ChangePasswordRequest request,
                      Done<authz::v1::ChangePasswordResponse> done);

 private:
  ServiceContext context_;
  authz::Credentials* credentials_;
};

}  // namespace cadastre::server
