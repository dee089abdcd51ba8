#include "authz/accounts/token_store.h"

#include <utility>

#include "authz/accounts/policy_store.h"
#include "authz/identity/principal_kind.h"
#include "authz/policy/policy_checks.h"
#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::authz {
namespace {

constexpr size_t kDescriptionBytesMax = 256;
// Ended tokens removed along with a new one.
constexpr size_t kEndedRemovedMax = 64;
// Tokens one new password ends.
constexpr size_t kTokensEndedMax = 100'000;

void Remove(WriteSession& session, const RowPermit& permit, const Credentials::StoredToken& stored) {
  session.Remove(permit, kTokenTable, stored.digest);
  session.Remove(permit, kTokenOfTable, TokenOfKey(stored.token.principal(), stored.token.id()));
}

Status Store(WriteSession& session, const RowPermit& permit, const Credentials& credentials,
             const IssuedToken& issued) {
  const std::string& principal = issued.token.principal();
  const auto ended = credentials.ScanEnded(principal, kEndedRemovedMax);
  for (const Credentials::StoredToken& stored : ended) Remove(session, permit, stored);
  const size_t live = credentials.ScanTokens(principal, "", kTokensPerPrincipalMax + ended.size()).size();
  if (live >= kTokensPerPrincipalMax + ended.size()) {
    return base::ResourceExhausted("the principal has 1,000 tokens already: revoke some");
  }
  session.Put(permit, kTokenTable, issued.digest, issued.token);
  session.Put(permit, kTokenOfTable, TokenOfKey(principal, issued.token.id()), issued.digest);
  return absl::OkStatus();
}

Status CheckForOther(WriteSession& session, const std::string& principal) {
  RETURN_IF_ERROR(CheckPolicyId("principal", principal));
  ASSIGN_OR_RETURN(const auto row, session.Find(kPrincipalTable, IdKey(principal)));
  if (!row.has_value() || Is(PrincipalKind::kGroup, row->record.kind())) {
    return base::InvalidField("principal", "a person or a service account that exists");
  }
  return CheckMayActFor(session, principal);
}

void SetLogin(const Viewer& viewer, record::Token& token) {
  token.set_login_of(viewer.login_of());
  token.set_login_mark(viewer.login_mark());
}

StatusOr<IssuedToken> Issue(WriteSession& session, const RowPermit& permit, const Credentials& credentials,
                            const std::string& principal, const TokenWish& wish) {
  if (wish.description.size() > kDescriptionBytesMax || !base::IsValidUtf8(wish.description)) {
    return base::InvalidField("description", "at most 256 bytes of UTF-8");
  }
  if (wish.lifetime < std::chrono::seconds(1) || wish.lifetime > kTokenLifetimeMax) {
    return base::InvalidField("lifetime", "a second to 400 days");
  }
  IssuedToken issued = IssueToken(principal, wish.description, session.now(), wish.lifetime, /*session=*/false);
  SetLogin(session.viewer(), issued.token);
  RETURN_IF_ERROR(Store(session, permit, credentials, issued));
  return issued;
}

// The viewer's own where only that is asked for.
Status Revoke(WriteSession& session, const RowPermit& permit, const Credentials& credentials, std::string_view id,
              bool only_own) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  const std::optional<Credentials::StoredToken> stored = credentials.FindTokenById(id);
  if (!stored || (only_own && stored->token.principal() != session.viewer().principal())) {
    return base::NotFound("there is no such token");
  }
  Remove(session, permit, *stored);
  // What was begun under it and is not committed yet is refused.
  session.log().set_policy(true);
  return absl::OkStatus();
}

}  // namespace

StatusOr<IssuedToken> CreateToken(WriteSession& session, OwnPermit permit, const Credentials& credentials,
                                  const TokenWish& wish) {
  const std::string& own = session.viewer().principal();
  if (!wish.principal.empty() && wish.principal != own) {
    return base::PermissionDenied("the privilege `manage_grants` is needed on everything");
  }
  return Issue(session, RowPermit(permit), credentials, own, wish);
}

StatusOr<IssuedToken> CreateToken(WriteSession& session, PolicyPermit permit, const Credentials& credentials,
                                  const TokenWish& wish) {
  const std::string principal = wish.principal.empty() ? session.viewer().principal() : wish.principal;
  if (principal != session.viewer().principal()) RETURN_IF_ERROR(CheckForOther(session, principal));
  return Issue(session, RowPermit(permit), credentials, principal, wish);
}

StatusOr<IssuedToken> CreateSessionToken(WriteSession& session, OwnPermit permit, const Credentials& credentials) {
  IssuedToken issued =
      IssueToken(session.viewer().principal(), "login", session.now(), kSessionLifetime, /*session=*/true);
  SetLogin(session.viewer(), issued.token);
  RETURN_IF_ERROR(Store(session, RowPermit(permit), credentials, issued));
  return issued;
}

Status RevokeToken(WriteSession& session, OwnPermit permit, const Credentials& credentials, std::string_view id) {
  return Revoke(session, RowPermit(permit), credentials, id, /*only_own=*/true);
}

Status RevokeToken(WriteSession& session, PolicyPermit permit, const Credentials& credentials, std::string_view id) {
  return Revoke(session, RowPermit(permit), credentials, id, /*only_own=*/false);
}

Status EndLogins(WriteSession& session, const RowPermit& permit, const Credentials& credentials,
                 std::string_view person, std::optional<std::string_view> password_hash) {
  const auto made = credentials.ScanLoginsOf(person, kTokensEndedMax);
  if (made.size() == kTokensEndedMax) {
    return base::ResourceExhausted("over 100,000 tokens were made by this person's logins: revoke some first");
  }
  for (const Credentials::StoredToken& stored : made) {
    if (!password_hash || stored.token.id() != session.viewer().token_id()) {
      Remove(session, permit, stored);
      continue;
    }
    record::Token kept = stored.token;
    kept.set_login_mark(PasswordMark(*password_hash));
    session.Put(permit, kTokenTable, stored.digest, kept);
  }
  session.log().set_policy(true);
  return absl::OkStatus();
}

Status EndTokens(WriteSession& session, const RowPermit& permit, const Credentials& credentials,
                 std::string_view principal) {
  for (const record::Token& token : credentials.ScanTokens(principal, "", kTokensPerPrincipalMax + 1)) {
    if (const auto stored = credentials.FindTokenById(token.id())) Remove(session, permit, *stored);
  }
  session.log().set_policy(true);
  return absl::OkStatus();
}

StatusOr<Visible<record::Token>> FindToken(GovernedView& view, const Credentials& credentials, std::string_view id) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  std::optional<Credentials::StoredToken> stored = credentials.FindTokenById(id);
  if (!stored) return base::NotFound("there is no such token");
  const bool own = stored->token.principal() == view.viewer().principal();
  auto visible = view.Reveal(own ? Sealed(std::move(stored->token), Subjects(), Privilege::kNone)
                                 : Sealed(std::move(stored->token), Subjects::Global(), Privilege::kManageGrants));
  if (!visible) return base::NotFound("there is no such token");
  return *std::move(visible);
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
  std::string last(after);
  while (tokens.size() < max) {
    std::vector<record::Token> scanned = credentials.ScanTokens(owner, last, max - tokens.size());
    if (scanned.empty()) break;
    last = scanned.back().id();
    for (record::Token& token : scanned) {
      if (credentials.IsEnded(token)) continue;
      // One's own tokens are nobody else's business and need no privilege.
      auto visible = view.Reveal(own ? Sealed(std::move(token), Subjects(), Privilege::kNone)
                                     : Sealed(std::move(token), Subjects::Global(), Privilege::kManageGrants));
      if (visible.has_value()) tokens.push_back(*std::move(visible));
    }
  }
  return tokens;
}

}  // namespace cadastre::authz
