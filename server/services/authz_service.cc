#include "server/services/authz_service.h"

#include <utility>

#include "authz/policy_store.h"
#include "authz/token_store.h"
#include "base/status.h"
#include "server/rpc/options.h"
#include "server/wire/authz_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = authz::v1;

constexpr size_t kPageMax = 1000;
constexpr size_t kPageDefault = 100;

// Runs a write whose answer is the revision alone.
template <typename Response>
void WriteRevision(ServiceContext context, authz::Call call, std::function<Status(authz::WriteSession&)> write,
                   Done<Response> done) {
  const auto handler = [write = std::move(write)](authz::WriteSession& session) -> StatusOr<Response> {
    RETURN_IF_ERROR(write(session));
    return Response();
  };
  const auto finish = [guard = context.guard](Response& response, Revision revision) {
    response.set_revision(guard->opaque().SealRevision(revision));
  };
  context.front->Write<Response>(std::move(call), handler, finish, std::move(done));
}

// One page in order of id: `list` is asked for one more than fits.
template <typename Response, typename Request, typename List, typename Add>
void ReadPage(ServiceContext context, authz::Call call, Request request, List list, Add add, Done<Response> done) {
  const StatusOr<size_t> size = PageSizeOf(request.page_size(), kPageDefault, kPageMax);
  if (!size.ok()) return context.RefuseRead(std::move(call), size.status(), std::move(done));
  const auto handler = [context, operation = call.operation, request, list, add,
                        max = *size](authz::GovernedView& view) -> StatusOr<Response> {
    const Paging<Request> paging(context.guard, view.viewer(), *operation, request);
    ASSIGN_OR_RETURN(const std::string after, paging.Position());
    ASSIGN_OR_RETURN(const auto rows, list(view, request, after, max + 1));
    Response response;
    std::string last;
    for (size_t i = 0; i < rows.size() && i < max; ++i) last = add(view, rows[i], response);
    if (rows.size() > max) response.set_next_page_token(paging.Next(last));
    return response;
  };
  context.front->template Read<Response>(std::move(call), authz::ReadOptions(), handler, std::move(done));
}

Status CheckLogin(const authz::Call& call, const v1::LoginRequest& request) {
  RETURN_IF_ERROR(call.shape);
  if (request.user().empty() || request.user().size() > 128) return base::InvalidField("user", "1 to 128 bytes");
  if (request.password().size() > authz::kPasswordBytesMax) return base::InvalidField("password", "at most 256 bytes");
  return absl::OkStatus();
}

}  // namespace

void AuthzService::WhoAmI(authz::Call call, v1::WhoAmIRequest, Done<v1::WhoAmIResponse> done) {
  const auto handler = [guard = context_.guard](authz::GovernedView& view) -> StatusOr<v1::WhoAmIResponse> {
    ASSIGN_OR_RETURN(const auto self, authz::FindSelf(view));
    v1::WhoAmIResponse response = ToProto(self);
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::WhoAmIResponse>(std::move(call), authz::ReadOptions(), handler, std::move(done));
}

void AuthzService::Login(authz::Call call, v1::LoginRequest request, Done<v1::LoginResponse> done) {
  if (Status bad = CheckLogin(call, request); !bad.ok()) {
    // Nobody is known to have sent it, so it is counted as what comes without a token is.
    context_.guard->CountRefusal(call);
    return done(bad);
  }
  const auto handler = [credentials = credentials_](authz::WriteSession& session) -> StatusOr<v1::LoginResponse> {
    ASSIGN_OR_RETURN(const authz::IssuedToken issued, authz::CreateSessionToken(session, *credentials));
    v1::LoginResponse response;
    response.set_token(issued.secret);
    *response.mutable_expires_at() = StampOf(Timestamp(issued.token.expires()));
    response.mutable_principal()->set_id(session.viewer().principal());
    return response;
  };
  call.detail = request.user();
  context_.front->Login<v1::LoginResponse>(std::move(call), request.user(), request.password(), handler,
                                           std::move(done));
}

void AuthzService::CreateToken(authz::Call call, v1::CreateTokenRequest request, Done<v1::CreateTokenResponse> done) {
  const auto handler = [credentials = credentials_,
                        request](authz::WriteSession& session) -> StatusOr<v1::CreateTokenResponse> {
    const authz::TokenWish wish{request.principal(), request.description(), request.lifetime_seconds()};
    ASSIGN_OR_RETURN(const authz::IssuedToken issued, authz::CreateToken(session, *credentials, wish));
    v1::CreateTokenResponse response;
    response.set_token(issued.secret);
    v1::Token* info = response.mutable_info();
    info->set_id(issued.token.id());
    info->set_principal(issued.token.principal());
    info->set_description(issued.token.description());
    *info->mutable_created_at() = StampOf(Timestamp(issued.token.created()));
    *info->mutable_expires_at() = StampOf(Timestamp(issued.token.expires()));
    return response;
  };
  const auto finish = [guard = context_.guard](v1::CreateTokenResponse& response, Revision revision) {
    response.set_revision(guard->opaque().SealRevision(revision));
  };
  context_.front->Write<v1::CreateTokenResponse>(std::move(call), handler, finish, std::move(done));
}

void AuthzService::RevokeToken(authz::Call call, v1::RevokeTokenRequest request, Done<v1::RevokeTokenResponse> done) {
  WriteRevision<v1::RevokeTokenResponse>(
      context_, std::move(call),
      [credentials = credentials_, request](authz::WriteSession& session) {
        return authz::RevokeToken(session, *credentials, request.id());
      },
      std::move(done));
}

void AuthzService::ListTokens(authz::Call call, v1::ListTokensRequest request, Done<v1::ListTokensResponse> done) {
  const auto list = [credentials = credentials_](authz::GovernedView& view, const v1::ListTokensRequest& asked,
                                                 const std::string& after, size_t max) {
    return authz::ListTokens(view, *credentials, asked.principal(), after, max);
  };
  const auto add = [](authz::GovernedView&, const authz::Visible<record::Token>& row, v1::ListTokensResponse& out) {
    *out.add_tokens() = ToProto(row);
    return row->id();
  };
  ReadPage<v1::ListTokensResponse>(context_, std::move(call), std::move(request), list, add, std::move(done));
}

void AuthzService::PutPrincipal(authz::Call call, v1::PutPrincipalRequest request,
                                Done<v1::PutPrincipalResponse> done) {
  WriteRevision<v1::PutPrincipalResponse>(
      context_, std::move(call),
      [request](authz::WriteSession& session) {
        return authz::PutPrincipal(session, request.principal().id(), PrincipalOf(request.principal()),
                                   PersonOf(request.principal()), request.password());
      },
      std::move(done));
}

void AuthzService::PutRole(authz::Call call, v1::PutRoleRequest request, Done<v1::PutRoleResponse> done) {
  WriteRevision<v1::PutRoleResponse>(
      context_, std::move(call),
      [request](authz::WriteSession& session) {
        return authz::PutRole(session, request.role().id(), RoleOf(request.role()));
      },
      std::move(done));
}

void AuthzService::PutGrant(authz::Call call, v1::PutGrantRequest request, Done<v1::PutGrantResponse> done) {
  WriteRevision<v1::PutGrantResponse>(
      context_, std::move(call),
      [request](authz::WriteSession& session) -> Status {
        ASSIGN_OR_RETURN(record::Grant grant, GrantOf(request.grant()));
        ASSIGN_OR_RETURN(const authz::ScopeAssets assets, ScopeAssetsOf(request.grant().scope()));
        return authz::PutGrant(session, request.grant().id(), std::move(grant), assets);
      },
      std::move(done));
}

void AuthzService::DeleteGrant(authz::Call call, v1::DeleteGrantRequest request, Done<v1::DeleteGrantResponse> done) {
  WriteRevision<v1::DeleteGrantResponse>(
      context_, std::move(call),
      [request](authz::WriteSession& session) { return authz::DeleteGrant(session, request.id()); }, std::move(done));
}

void AuthzService::ListRoles(authz::Call call, v1::ListRolesRequest request, Done<v1::ListRolesResponse> done) {
  const auto list = [](authz::GovernedView& view, const v1::ListRolesRequest&, const std::string& after, size_t max) {
    return authz::ListRoles(view, after, max);
  };
  const auto add = [](authz::GovernedView&, const authz::Visible<authz::RowOf<record::Role>>& row,
                      v1::ListRolesResponse& out) {
    *out.add_roles() = ToProto(row);
    return out.roles().rbegin()->id();
  };
  ReadPage<v1::ListRolesResponse>(context_, std::move(call), std::move(request), list, add, std::move(done));
}

void AuthzService::ListGrants(authz::Call call, v1::ListGrantsRequest request, Done<v1::ListGrantsResponse> done) {
  const auto list = [](authz::GovernedView& view, const v1::ListGrantsRequest& asked, const std::string& after,
                       size_t max) { return authz::ListGrants(view, asked.role(), after, max); };
  const auto add = [](authz::GovernedView& view, const authz::Visible<authz::RowOf<record::Grant>>& row,
                      v1::ListGrantsResponse& out) {
    *out.add_grants() = ToProto(row, view);
    return out.grants().rbegin()->id();
  };
  ReadPage<v1::ListGrantsResponse>(context_, std::move(call), std::move(request), list, add, std::move(done));
}

}  // namespace cadastre::server
