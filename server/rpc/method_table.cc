#include "server/rpc/method_table.h"

#include <utility>

#include "base/status.h"

namespace cadastre::server {
namespace {

template <typename Service, typename Request, typename Response>
Method Bind(Service* service, void (Service::*function)(authz::Call, Request, Done<Response>)) {
  Method method;
  method.new_request = [] { return std::make_unique<Request>(); };
  method.invoke = [service, function](authz::Call call, const google::protobuf::Message& request,
                                      Method::Answer answer) {
    (service->*function)(std::move(call), static_cast<const Request&>(request),
                         [answer = std::move(answer)](StatusOr<Response> response) {
                           if (!response.ok()) return answer(response.status());
                           answer(std::make_unique<Response>(*std::move(response)));
                         });
  };
  return method;
}

void AddCatalog(const Services& s, std::map<std::string, Method, std::less<>>& out) {
  const std::string prefix = "cadastre.catalog.v1.CatalogService/";
  out[prefix + "GetAsset"] = Bind(s.catalog, &CatalogService::GetAsset);
  out[prefix + "BatchGetAssets"] = Bind(s.catalog, &CatalogService::BatchGetAssets);
  out[prefix + "ListAssets"] = Bind(s.catalog, &CatalogService::ListAssets);
  out[prefix + "UpsertAspects"] = Bind(s.catalog, &CatalogService::UpsertAspects);
  out[prefix + "DeleteAsset"] = Bind(s.catalog, &CatalogService::DeleteAsset);
  out[prefix + "RestoreAsset"] = Bind(s.catalog, &CatalogService::RestoreAsset);
  out[prefix + "GetHistory"] = Bind(s.catalog, &CatalogService::GetHistory);
  out[prefix + "DiffAsset"] = Bind(s.catalog, &CatalogService::DiffAsset);
  out[prefix + "ListRuns"] = Bind(s.runs, &RunService::ListRuns);
  out[prefix + "GetRun"] = Bind(s.runs, &RunService::GetRun);
}

void AddGraphAndSearch(const Services& s, std::map<std::string, Method, std::less<>>& out) {
  out["cadastre.lineage.v1.LineageService/GetLineage"] = Bind(s.lineage, &LineageService::GetLineage);
  out["cadastre.lineage.v1.LineageService/FindPaths"] = Bind(s.lineage, &LineageService::FindPaths);
  out["cadastre.search.v1.SearchService/Search"] = Bind(s.search, &SearchService::Search);
  out["cadastre.search.v1.SearchService/Suggest"] = Bind(s.search, &SearchService::Suggest);
}

void AddGovernance(const Services& s, std::map<std::string, Method, std::less<>>& out) {
  const std::string prefix = "cadastre.authz.v1.AuthzService/";
  out[prefix + "WhoAmI"] = Bind(s.authz, &AuthzService::WhoAmI);
  out[prefix + "Login"] = Bind(s.authz, &AuthzService::Login);
  out[prefix + "CreateToken"] = Bind(s.authz, &AuthzService::CreateToken);
  out[prefix + "RevokeToken"] = Bind(s.authz, &AuthzService::RevokeToken);
  out[prefix + "ListTokens"] = Bind(s.authz, &AuthzService::ListTokens);
  out[prefix + "PutPrincipal"] = Bind(s.authz, &AuthzService::PutPrincipal);
  out[prefix + "PutRole"] = Bind(s.authz, &AuthzService::PutRole);
  out[prefix + "PutGrant"] = Bind(s.authz, &AuthzService::PutGrant);
  out[prefix + "DeleteGrant"] = Bind(s.authz, &AuthzService::DeleteGrant);
  out[prefix + "ListRoles"] = Bind(s.authz, &AuthzService::ListRoles);
  out[prefix + "ListGrants"] = Bind(s.authz, &AuthzService::ListGrants);
  out["cadastre.audit.v1.AuditService/ListRecords"] = Bind(s.audit, &AuditService::ListRecords);
  out["cadastre.audit.v1.AuditService/GetHead"] = Bind(s.audit, &AuditService::GetHead);
  out["cadastre.admin.v1.AdminService/Backup"] = Bind(s.admin, &AdminService::Backup);
}

}  // namespace

StatusOr<std::unique_ptr<MethodTable>> MethodTable::Make(const Services& services) {
  auto table = std::make_unique<MethodTable>();
  AddCatalog(services, table->methods_);
  AddGraphAndSearch(services, table->methods_);
  AddGovernance(services, table->methods_);
  for (auto& [name, method] : table->methods_) {
    method.operation = OperationOf(name);
    if (method.operation == nullptr) return base::NotFound(name, " has no entry in the privilege table");
  }
  return table;
}

const Method* MethodTable::Find(std::string_view name) const {
  const auto found = methods_.find(name);
  return found == methods_.end() ? nullptr : &found->second;
}

}  // namespace cadastre::server
