#include <memory>

#include "cadastre/admin/v1/admin.grpc.pb.h"
#include "cadastre/audit/v1/audit.grpc.pb.h"
#include "cadastre/authz/v1/authz.grpc.pb.h"
#include "server/grpc/doors.h"
#include "server/grpc/unary.h"

namespace cadastre::server {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class AuthzDoor final : public authz::v1::AuthzService::CallbackService {
 public:
  explicit AuthzDoor(const Services& services) : services_(services) {}

  ServerUnaryReactor* WhoAmI(CallbackServerContext* context, const authz::v1::WhoAmIRequest* request,
                             authz::v1::WhoAmIResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::WhoAmI,
                    "cadastre.authz.v1.AuthzService/WhoAmI");
  }
  ServerUnaryReactor* Login(CallbackServerContext* context, const authz::v1::LoginRequest* request,
                            authz::v1::LoginResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::Login,
                    "cadastre.authz.v1.AuthzService/Login");
  }
  ServerUnaryReactor* CreateToken(CallbackServerContext* context, const authz::v1::CreateTokenRequest* request,
                                  authz::v1::CreateTokenResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::CreateToken,
                    "cadastre.authz.v1.AuthzService/CreateToken");
  }
  ServerUnaryReactor* RevokeToken(CallbackServerContext* context, const authz::v1::RevokeTokenRequest* request,
                                  authz::v1::RevokeTokenResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::RevokeToken,
                    "cadastre.authz.v1.AuthzService/RevokeToken");
  }
  ServerUnaryReactor* ListTokens(CallbackServerContext* context, const authz::v1::ListTokensRequest* request,
                                 authz::v1::ListTokensResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::ListTokens,
                    "cadastre.authz.v1.AuthzService/ListTokens");
  }
  ServerUnaryReactor* PutPrincipal(CallbackServerContext* context, const authz::v1::PutPrincipalRequest* request,
                                   authz::v1::PutPrincipalResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::PutPrincipal,
                    "cadastre.authz.v1.AuthzService/PutPrincipal");
  }
  ServerUnaryReactor* PutRole(CallbackServerContext* context, const authz::v1::PutRoleRequest* request,
                              authz::v1::PutRoleResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::PutRole,
                    "cadastre.authz.v1.AuthzService/PutRole");
  }
  ServerUnaryReactor* PutGrant(CallbackServerContext* context, const authz::v1::PutGrantRequest* request,
                               authz::v1::PutGrantResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::PutGrant,
                    "cadastre.authz.v1.AuthzService/PutGrant");
  }
  ServerUnaryReactor* DeleteGrant(CallbackServerContext* context, const authz::v1::DeleteGrantRequest* request,
                                  authz::v1::DeleteGrantResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::DeleteGrant,
                    "cadastre.authz.v1.AuthzService/DeleteGrant");
  }
  ServerUnaryReactor* ListRoles(CallbackServerContext* context, const authz::v1::ListRolesRequest* request,
                                authz::v1::ListRolesResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::ListRoles,
                    "cadastre.authz.v1.AuthzService/ListRoles");
  }
  ServerUnaryReactor* ListGrants(CallbackServerContext* context, const authz::v1::ListGrantsRequest* request,
                                 authz::v1::ListGrantsResponse* response) override {
    return RunUnary(context, request, response, services_.authz, &server::AuthzService::ListGrants,
                    "cadastre.authz.v1.AuthzService/ListGrants");
  }

 private:
  const Services services_;
};

class AuditDoor final : public audit::v1::AuditService::CallbackService {
 public:
  explicit AuditDoor(const Services& services) : services_(services) {}

  ServerUnaryReactor* ListRecords(CallbackServerContext* context, const audit::v1::ListRecordsRequest* request,
                                  audit::v1::ListRecordsResponse* response) override {
    return RunUnary(context, request, response, services_.audit, &server::AuditService::ListRecords,
                    "cadastre.audit.v1.AuditService/ListRecords");
  }
  ServerUnaryReactor* GetHead(CallbackServerContext* context, const audit::v1::GetHeadRequest* request,
                              audit::v1::GetHeadResponse* response) override {
    return RunUnary(context, request, response, services_.audit, &server::AuditService::GetHead,
                    "cadastre.audit.v1.AuditService/GetHead");
  }

 private:
  const Services services_;
};

class AdminDoor final : public admin::v1::AdminService::CallbackService {
 public:
  explicit AdminDoor(const Services& services) : services_(services) {}

  ServerUnaryReactor* Backup(CallbackServerContext* context, const admin::v1::BackupRequest* request,
                             admin::v1::BackupResponse* response) override {
    return RunUnary(context, request, response, services_.admin, &server::AdminService::Backup,
                    "cadastre.admin.v1.AdminService/Backup");
  }

 private:
  const Services services_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAuthzDoor(const Services& services) { return std::make_unique<AuthzDoor>(services); }

std::unique_ptr<grpc::Service> MakeAuditDoor(const Services& services) { return std::make_unique<AuditDoor>(services); }

std::unique_ptr<grpc::Service> MakeAdminDoor(const Services& services) { return std::make_unique<AdminDoor>(services); }

}  // namespace cadastre::server
