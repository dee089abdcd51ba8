#include "server/services/authz_service.h"

#include <utility>

#include "authz/accounts/policy_store.h"
#include "authz/accounts/token_store.h"
#include "base/status.h"
#include "server/rpc/write.h"
#include "server/services/policy_calls.h"
#include "server/wire/authz_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = authz::v1;

Status CheckLogin(const authz::Call& call, const v1::LoginRequest& request) {
  RETURN_IF_ERROR(call.shape);
  if (request.user().empty() || request.user().size() > 128) return base::InvalidField("user", "1 to 128 bytes");
  if (request.password().size() > authz::kPasswordBytesMax) return base::InvalidField("password", "at most 256 bytes");
  return absl::OkStatus();
}

// For oneself by no privilege, for another by that of managing grants.
StatusOr<authz::IssuedToken> CreateFor(authz::WriteSession& session, const authz::Credentials& credentials,
                                       const authz::TokenWish& wish) {
  if (wish.principal.empty() || wish.principal == session.viewer().principal()) {
    return authz::CreateToken(session, session.PermitOwn(), credentials, wish);
  }
  ASSIGN_OR_RETURN(auto permit, session.PermitEverywhere<authz::Privilege::kManageGrants>());
  return authz::CreateToken(session, std::move(permit), credentials, wish);
}

}  // namespace

void AuthzService::WhoAmI(authz::Call call, v1::WhoAmIRequest request, Done<v1::WhoAmIResponse> done) {
  const auto handler = [](authz::GovernedView& view) -> StatusOr<v1::WhoAmIResponse> {
    ASSIGN_OR_RETURN(const auto self, authz::FindSelf(view));
    return ToProto(self);
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void AuthzService::Login(authz::Call call, v1::LoginRequest request, Done<v1::LoginResponse> done) {
  if (Status bad = CheckLogin(call, request); !bad.ok()) {
    // Nobody is known to have sent it, so it is counted as what comes without a token is.
    context_.guard->CountRefusal(call);
    return done(bad);
  }
  const auto handler = [credentials = credentials_](authz::WriteSession& session) -> StatusOr<v1::LoginResponse> {
    ASSIGN_OR_RETURN(const authz::IssuedToken issued,
                     authz::CreateSessionToken(session, session.PermitOwn(), *credentials));
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
  const auto handler = [credentials = credentials_](
                           authz::WriteSession& session,
                           const v1::CreateTokenRequest& asked) -> StatusOr<v1::CreateTokenResponse> {
    authz::TokenWish wish{.principal = asked.principal(), .description = asked.description()};
    if (asked.has_lifetime()) wish.lifetime = DurationOf(asked.lifetime());
    ASSIGN_OR_RETURN(const authz::IssuedToken issued, CreateFor(session, *credentials, wish));
    v1::CreateTokenResponse response;
    if (asked.validate_only()) return response;  // it opens nothing
    response.set_token(issued.secret);
    v1::Token* info = response.mutable_info();
    info->set_id(issued.token.id());
    info->set_principal(issued.token.principal());
    info->set_description(issued.token.description());
    *info->mutable_created_at() = StampOf(Timestamp(issued.token.created()));
    *info->mutable_expires_at() = StampOf(Timestamp(issued.token.expires()));
    return response;
  };
  ServeWrite(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void AuthzService::RevokeToken(authz::Call call, v1::RevokeTokenRequest request, Done<v1::RevokeTokenResponse> done) {
  const auto handler = [credentials = credentials_](authz::WriteSession& session, const v1::RevokeTokenRequest& asked) {
    const std::string& id = asked.id().empty() ? session.viewer().token_id() : asked.id();
    auto manages = session.PermitEverywhere<authz::Privilege::kManageGrants>();
    if (manages.ok()) return authz::RevokeToken(session, *std::move(manages), *credentials, id);
    return authz::RevokeToken(session, session.PermitOwn(), *credentials, id);
  };
  ServeWrite(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void AuthzService::ListTokens(authz::Call call, v1::ListTokensRequest request, Done<v1::ListTokensResponse> done) {
  const auto list = [credentials = credentials_](authz::GovernedView& view, const v1::ListTokensRequest& asked,
                                                 const std::string& after, size_t max) {
    return authz::ListTokens(view, *credentials, asked.principal(), after, max);
  };
  const auto make = [](authz::GovernedView&, const authz::Visible<record::Token>& row) { return ToProto(row); };
  ReadPage(context_, std::move(call), std::move(request), list, PageRows{&v1::ListTokensResponse::mutable_tokens, make},
           std::move(done));
}

void AuthzService::GetToken(authz::Call call, v1::GetTokenRequest request, Done<v1::GetTokenResponse> done) {
  const auto handler = [credentials = credentials_](
                           authz::GovernedView& view,
                           const v1::GetTokenRequest& asked) -> StatusOr<v1::GetTokenResponse> {
    ASSIGN_OR_RETURN(const auto token, authz::FindToken(view, *credentials, asked.id()));
    v1::GetTokenResponse response;
    *response.mutable_token() = ToProto(token);
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void AuthzService::ChangePassword(authz::Call call, v1::ChangePasswordRequest request,
                                  Done<v1::ChangePasswordResponse> done) {
  const bool fits = request.old_password().size() <= authz::kPasswordBytesMax;
  const Status wrong = fits ? absl::OkStatus() : base::InvalidField("old_password", "at most 256 bytes");
  const auto handler = [credentials = credentials_](authz::WriteSession& session,
                                                    const v1::ChangePasswordRequest& asked) {
    return authz::ChangeOwnPassword(session, session.PermitOwn(), *credentials, asked.new_password());
  };
  std::string password = request.old_password();
  ServeWrite(context_, std::move(call), std::move(request), {wrong, std::move(password)}, handler, std::move(done));
}

}  // namespace cadastre::server
