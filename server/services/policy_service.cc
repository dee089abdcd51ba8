#include "server/services/policy_service.h"

#include <optional>
#include <utility>

#include "authz/accounts/environment_rules.h"
#include "authz/accounts/policy_store.h"
#include "base/status.h"
#include "server/rpc/write.h"
#include "server/services/policy_calls.h"
#include "server/wire/authz_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = authz::v1;
using authz::GovernedView;
using authz::PolicyPermit;
using authz::Visible;
using authz::WriteSession;

StatusOr<PolicyPermit> Permitted(WriteSession& session) {
  return session.PermitEverywhere<authz::Privilege::kManageGrants>();
}

template <typename R>
authz::RowOf<R> RowOf(const std::string& id, R record) {
  authz::RowOf<R> row;
  row.key = authz::IdKey(id);
  row.record = std::move(record);
  return row;
}

// Puts what `put` makes of a request, and answers with what stands then.
template <typename Request, typename Response, typename Write>
void Put(const ServiceContext& context, authz::Call call, Request request, Write write, Done<Response> done) {
  const auto handler = [write](WriteSession& session, const Request& asked) -> StatusOr<Response> {
    ASSIGN_OR_RETURN(PolicyPermit permit, Permitted(session));
    Response response;
    RETURN_IF_ERROR(write(session, std::move(permit), asked, response));
    return response;
  };
  ServeWrite(context, std::move(call), std::move(request), {}, handler, std::move(done));
}

// Deletes by id and etag.
template <typename Request, typename Response, typename Write>
void Delete(const ServiceContext& context, authz::Call call, Request request, Write write, Done<Response> done) {
  Put(
      context, std::move(call), std::move(request),
      [write](WriteSession& session, PolicyPermit permit, const Request& asked, Response&) {
        return write(session, std::move(permit), asked.id(), asked.etag());
      },
      std::move(done));
}

Status PutOnePrincipal(authz::Credentials* credentials, WriteSession& session, PolicyPermit permit,
                       const v1::PutPrincipalRequest& request, v1::PutPrincipalResponse& response) {
  ASSIGN_OR_RETURN(const authz::Replacement how, ReplacementOf(request, "principal", request.principal()));
  ASSIGN_OR_RETURN(authz::Account account,
                   authz::PutPrincipal(session, std::move(permit), *credentials, AccountOf(request.principal()), how));
  if (!request.password().empty()) {
    ASSIGN_OR_RETURN(PolicyPermit again, Permitted(session));
    RETURN_IF_ERROR(
        authz::SetPassword(session, std::move(again), *credentials, request.principal().id(), request.password()));
  }
  account.person.clear_password_hash();
  ASSIGN_OR_RETURN(const Visible<authz::Account> written, session.ShowPolicy(std::move(account)));
  *response.mutable_principal() = ToProto(written);
  return absl::OkStatus();
}

Status PutOneGrant(WriteSession& session, PolicyPermit permit, const v1::PutGrantRequest& request,
                   v1::PutGrantResponse& response) {
  ASSIGN_OR_RETURN(const authz::Replacement how, ReplacementOf(request, "grant", request.grant()));
  authz::GrantWish wish;
  ASSIGN_OR_RETURN(wish.grant, GrantOf(request.grant()));
  ASSIGN_OR_RETURN(wish.assets, ScopeAssetsOf(request.grant().scope()));
  const std::string& id = request.grant().id();
  ASSIGN_OR_RETURN(record::Grant grant, authz::PutGrant(session, std::move(permit), id, std::move(wish), how));
  ASSIGN_OR_RETURN(const auto written, session.ShowPolicy(RowOf(id, std::move(grant))));
  const auto name_of = [&session](AssetId asset) {
    return session.May(authz::Privilege::kBrowse, asset) ? session.NameOf(asset) : std::nullopt;
  };
  *response.mutable_grant() = ToProto(written, name_of);
  return absl::OkStatus();
}

ScopeNames NamesIn(GovernedView& view) {
  return [&view](AssetId asset) {
    std::optional<AssetName> name = view.NameOf(asset);
    if (name) view.shown().Note(asset);
    return name;
  };
}

}  // namespace

void PolicyService::PutPrincipal(authz::Call call, v1::PutPrincipalRequest request,
                                 Done<v1::PutPrincipalResponse> done) {
  Put(
      context_, std::move(call), std::move(request),
      [credentials = credentials_](WriteSession& session, PolicyPermit permit, const v1::PutPrincipalRequest& asked,
                                   v1::PutPrincipalResponse& response) {
        return PutOnePrincipal(credentials, session, std::move(permit), asked, response);
      },
      std::move(done));
}

void PolicyService::GetPrincipal(authz::Call call, v1::GetPrincipalRequest request,
                                 Done<v1::GetPrincipalResponse> done) {
  const auto handler = [](GovernedView& view,
                          const v1::GetPrincipalRequest& asked) -> StatusOr<v1::GetPrincipalResponse> {
    ASSIGN_OR_RETURN(const auto account, authz::FindPrincipal(view, asked.id()));
    v1::GetPrincipalResponse response;
    *response.mutable_principal() = ToProto(account);
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void PolicyService::ListPrincipals(authz::Call call, v1::ListPrincipalsRequest request,
                                   Done<v1::ListPrincipalsResponse> done) {
  const auto list = [](GovernedView& view, const v1::ListPrincipalsRequest&, const std::string& after, size_t max) {
    return authz::ListPrincipals(view, after, max);
  };
  const auto make = [](GovernedView&, const Visible<authz::Account>& account) { return ToProto(account); };
  ReadPage(context_, std::move(call), std::move(request), list,
           PageRows{&v1::ListPrincipalsResponse::mutable_principals, make}, std::move(done));
}

void PolicyService::DeletePrincipal(authz::Call call, v1::DeletePrincipalRequest request,
                                    Done<v1::DeletePrincipalResponse> done) {
  Delete(
      context_, std::move(call), std::move(request),
      [credentials = credentials_](WriteSession& session, PolicyPermit permit, const std::string& id,
                                   const std::string& etag) {
        return authz::DeletePrincipal(session, std::move(permit), *credentials, id, etag);
      },
      std::move(done));
}

void PolicyService::PutRole(authz::Call call, v1::PutRoleRequest request, Done<v1::PutRoleResponse> done) {
  Put(
      context_, std::move(call), std::move(request),
      [](WriteSession& session, PolicyPermit permit, const v1::PutRoleRequest& asked,
         v1::PutRoleResponse& response) -> Status {
        ASSIGN_OR_RETURN(const authz::Replacement how, ReplacementOf(asked, "role", asked.role()));
        ASSIGN_OR_RETURN(record::Role role,
                         authz::PutRole(session, std::move(permit), asked.role().id(), RoleOf(asked.role()), how));
        ASSIGN_OR_RETURN(const auto written, session.ShowPolicy(RowOf(asked.role().id(), std::move(role))));
        *response.mutable_role() = ToProto(written);
        return absl::OkStatus();
      },
      std::move(done));
}

void PolicyService::GetRole(authz::Call call, v1::GetRoleRequest request, Done<v1::GetRoleResponse> done) {
  const auto handler = [](GovernedView& view, const v1::GetRoleRequest& asked) -> StatusOr<v1::GetRoleResponse> {
    ASSIGN_OR_RETURN(const auto role, authz::FindRole(view, asked.id()));
    v1::GetRoleResponse response;
    *response.mutable_role() = ToProto(role);
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void PolicyService::ListRoles(authz::Call call, v1::ListRolesRequest request, Done<v1::ListRolesResponse> done) {
  const auto list = [](GovernedView& view, const v1::ListRolesRequest&, const std::string& after, size_t max) {
    return authz::ListRoles(view, after, max);
  };
  const auto make = [](GovernedView&, const Visible<authz::RowOf<record::Role>>& row) { return ToProto(row); };
  ReadPage(context_, std::move(call), std::move(request), list, PageRows{&v1::ListRolesResponse::mutable_roles, make},
           std::move(done));
}

void PolicyService::DeleteRole(authz::Call call, v1::DeleteRoleRequest request, Done<v1::DeleteRoleResponse> done) {
  Delete(context_, std::move(call), std::move(request), authz::DeleteRole, std::move(done));
}

void PolicyService::PutGrant(authz::Call call, v1::PutGrantRequest request, Done<v1::PutGrantResponse> done) {
  Put(context_, std::move(call), std::move(request), PutOneGrant, std::move(done));
}

void PolicyService::GetGrant(authz::Call call, v1::GetGrantRequest request, Done<v1::GetGrantResponse> done) {
  const auto handler = [](GovernedView& view, const v1::GetGrantRequest& asked) -> StatusOr<v1::GetGrantResponse> {
    ASSIGN_OR_RETURN(const auto grant, authz::FindGrant(view, asked.id()));
    v1::GetGrantResponse response;
    *response.mutable_grant() = ToProto(grant, NamesIn(view));
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void PolicyService::ListGrants(authz::Call call, v1::ListGrantsRequest request, Done<v1::ListGrantsResponse> done) {
  const auto list = [](GovernedView& view, const v1::ListGrantsRequest& asked, const std::string& after, size_t max) {
    return authz::ListGrants(view, asked.role(), after, max);
  };
  const auto make = [](GovernedView& view, const Visible<authz::RowOf<record::Grant>>& row) {
    return ToProto(row, NamesIn(view));
  };
  ReadPage(context_, std::move(call), std::move(request), list, PageRows{&v1::ListGrantsResponse::mutable_grants, make},
           std::move(done));
}

void PolicyService::DeleteGrant(authz::Call call, v1::DeleteGrantRequest request, Done<v1::DeleteGrantResponse> done) {
  Delete(context_, std::move(call), std::move(request), authz::DeleteGrant, std::move(done));
}

void PolicyService::PutEnvironmentRule(authz::Call call, v1::PutEnvironmentRuleRequest request,
                                       Done<v1::PutEnvironmentRuleResponse> done) {
  Put(
      context_, std::move(call), std::move(request),
      [](WriteSession& session, PolicyPermit permit, const v1::PutEnvironmentRuleRequest& asked,
         v1::PutEnvironmentRuleResponse& response) -> Status {
        ASSIGN_OR_RETURN(const authz::Replacement how, ReplacementOf(asked, "rule", asked.rule()));
        ASSIGN_OR_RETURN(record::EnvironmentRule rule,
                         authz::PutEnvironmentRule(session, std::move(permit), asked.rule().id(),
                                                   EnvironmentRuleOf(asked.rule()), how));
        ASSIGN_OR_RETURN(const auto written, session.ShowPolicy(RowOf(asked.rule().id(), std::move(rule))));
        *response.mutable_rule() = ToProto(written);
        return absl::OkStatus();
      },
      std::move(done));
}

void PolicyService::GetEnvironmentRule(authz::Call call, v1::GetEnvironmentRuleRequest request,
                                       Done<v1::GetEnvironmentRuleResponse> done) {
  const auto handler = [](GovernedView& view,
                          const v1::GetEnvironmentRuleRequest& asked) -> StatusOr<v1::GetEnvironmentRuleResponse> {
    ASSIGN_OR_RETURN(const auto rule, authz::FindEnvironmentRule(view, asked.id()));
    v1::GetEnvironmentRuleResponse response;
    *response.mutable_rule() = ToProto(rule);
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void PolicyService::ListEnvironmentRules(authz::Call call, v1::ListEnvironmentRulesRequest request,
                                         Done<v1::ListEnvironmentRulesResponse> done) {
  const auto list = [](GovernedView& view, const v1::ListEnvironmentRulesRequest&, const std::string& after,
                       size_t max) { return authz::ListEnvironmentRules(view, after, max); };
  const auto make = [](GovernedView&, const Visible<authz::RowOf<record::EnvironmentRule>>& row) {
    return ToProto(row);
  };
  ReadPage(context_, std::move(call), std::move(request), list,
           PageRows{&v1::ListEnvironmentRulesResponse::mutable_rules, make}, std::move(done));
}

void PolicyService::DeleteEnvironmentRule(authz::Call call, v1::DeleteEnvironmentRuleRequest request,
                                          Done<v1::DeleteEnvironmentRuleResponse> done) {
  Delete(context_, std::move(call), std::move(request), authz::DeleteEnvironmentRule, std::move(done));
}

}  // namespace cadastre::server
