#include "authz/token_store.h"

#include <utility>

#include "authz/policy_checks.h"
#include "authz/policy_store.h"
#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::authz {
namespace {

constexpr size_t kDescriptionBytesMax = 256;
// Expired tokens removed along with a new one.
constexpr size_t kExpiredRemovedMax = 64;
constexpr uint32_t kGroupKind = 2;  // authz.v1.PRINCIPAL_KIND_GROUP

void Remove(WriteSession& session, const Credentials::StoredToken& stored) {
  session.Remove(kTokenTable, stored.digest);
  session.Remove(kTokenOfTable, TokenOfKey(stored.token.principal(), stored.token.id()));
}

Status Store(WriteSession& session, const Credentials& credentials, const IssuedToken& issued) {
  const std::string& principal = issued.token.principal();
  const auto expired = credentials.ScanExpired(principal, kExpiredRemovedMax);
  for (const Credentials::StoredToken& stored : expired) Remove(session, stored);
  const size_t live = credentials.ScanTokens(principal, "", kTokensPerPrincipalMax + expired.size()).size();
  if (live - expired.size() >= kTokensPerPrincipalMax) {
    return base::ResourceExhausted("the principal has 1,000 tokens already: revoke some");
  }
  session.Put(kTokenTable, issued.digest, issued.token);
  session.Put(kTokenOfTable, TokenOfKey(principal, issued.token.id()), issued.digest);
  return absl::OkStatus();
}

Status CheckForOther(WriteSession& session, const std::string& principal) {
  RETURN_IF_ERROR(session.PermitEverywhere<Privilege::kManageGrants>().status());
  RETURN_IF_ERROR(CheckPolicyId("principal", principal));
  ASSIGN_OR_RETURN(const auto row, session.Find(kPrincipalTable, IdKey(principal)));
  if (!row.has_value() || row->record.kind() == kGroupKind) {
    return base::InvalidField("principal", "a person or a service account that exists");
  }
  return CheckMayActFor(session, principal);
}

}  // namespace

StatusOr<IssuedToken> CreateToken(WriteSession& session, const Credentials& credentials, const TokenWish& wish) {
  const std::string principal = wish.principal.empty() ? session.viewer().principal() : wish.principal;
  if (principal != session.viewer().principal()) RETURN_IF_ERROR(CheckForOther(session, principal));
  if (wish.description.size() > kDescriptionBytesMax || !base::IsValidUtf8(wish.description)) {
    return base::InvalidField("description", "at most 256 bytes of UTF-8");
  }
  if (wish.lifetime_seconds < 0 || wish.lifetime_seconds > kTokenLifetimeMax.count()) {
    return base::InvalidField("lifetime_seconds", "1 to 34,560,000 seconds (400 days), or 0 for the default");
  }
  const auto lifetime =
      wish.lifetime_seconds == 0 ? kTokenLifetimeDefault : std::chrono::seconds(wish.lifetime_seconds);
  IssuedToken issued = IssueToken(principal, wish.description, session.now(), lifetime, /*session=*/false);
  RETURN_IF_ERROR(Store(session, credentials, issued));
  return issued;
}

StatusOr<IssuedToken> CreateSessionToken(WriteSession& session, const Credentials& credentials) {
  IssuedToken issued =
      IssueToken(session.viewer().principal(), "login", session.now(), kSessionLifetime, /*session=*/true);
  RETURN_IF_ERROR(Store(session, credentials, issued));
  return issued;
}

Status RevokeToken(WriteSession& session, const Credentials& credentials, std::string_view id) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  const std::optional<Credentials::StoredToken> stored = credentials.FindTokenById(id);
  const bool own = stored.has_value() && stored->token.principal() == session.viewer().principal();
  const bool may = own || session.PermitEverywhere<Privilege::kManageGrants>().ok();
  if (!stored.has_value() || !may) return base::NotFound("there is no such token");
  Remove(session, *stored);
  return absl::OkStatus();
}

StatusOr<std::vector<Visible<record::Token>>> ListTokens(GovernedView& view, const Credentials& credentials,
                                                         std::string_view principal, std::string_view after,
                                                         size_t max) {
  const std::string owner(principal.empty() ? view.viewer().principal() : principal);
  const bool own = owner == view.viewer().principal();
  if (!own && !view.AllowsEverywhere(Privilege::kManageGrants)) {
    return base::PermissionDenied("the privilege `manage_grants` is needed on everything");
  }
  std::vector<Visible<record::Token>> tokens;
  for (record::Token& token : credentials.ScanTokens(owner, after, max)) {
    // One's own tokens are nobody else's business and need no privilege.
    auto visible = view.Reveal(own ? Sealed(std::move(token), Subjects(), Privilege::kNone)
                                   : Sealed(std::move(token), Subjects::Global(), Privilege::kManageGrants));
    if (visible.has_value()) tokens.push_back(*std::move(visible));
  }
  return tokens;
}

}  // namespace cadastre::authz
