// Tokens as stored: made and revoked through a WriteSession, listed for their owner or under manage_grants.
//
// Functions; owner: none. Thread rule: confined, as session and view are.
// Errors: PERMISSION_DENIED for another principal's tokens without manage_grants on
// everything, or where that principal holds what the caller does not; NOT_FOUND for
// a token that is not there or not the caller's to touch; INVALID_ARGUMENT that
// names the field; those of the session.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/accounts/policy_store.h"
#include "authz/accounts/policy_tables.h"
#include "authz/identity/credentials.h"
#include "authz/view/view.h"
#include "authz/write/write_session.h"
#include "base/words.h"

namespace cadastre::authz {

inline constexpr std::chrono::seconds kTokenLifetimeMax = std::chrono::hours(24) * 400;
inline constexpr std::chrono::seconds kTokenLifetimeDefault = std::chrono::hours(24) * 90;
inline constexpr std::chrono::seconds kSessionLifetime = std::chrono::hours(12);
inline constexpr size_t kTokensPerPrincipalMax = 1'000;

// What a door asks for.
struct TokenWish {
  std::string principal;  // empty: the viewer, and no other by an OwnPermit
  std::string description;
  // A second to kTokenLifetimeMax.
  std::chrono::microseconds lifetime = kTokenLifetimeDefault;
};
// An API token. The secret in it is told once and never stored.
StatusOr<IssuedToken> CreateToken(WriteSession& session, OwnPermit permit, const Credentials& credentials,
                                  const TokenWish& wish);
// The same for another.
StatusOr<IssuedToken> CreateToken(WriteSession& session, PolicyPermit permit, const Credentials& credentials,
                                  const TokenWish& wish);

// The token of a login, for the session's viewer; ended tokens of the viewer go in the same commit.
StatusOr<IssuedToken> CreateSessionToken(WriteSession& session, OwnPermit permit, const Credentials& credentials);

// Revokes the sessions that a person's logins began and every token made through them, whoever's it is: a new password
// shuts out who knew the old one. The token the viewer came with stays, and stands for the new password from now on;
// what is made through another at the same moment opens nothing (Credentials::IsEnded). Without a hash, of a person who
// is disabled, none stays. RESOURCE_EXHAUSTED above 100,000.
Status EndLogins(WriteSession& session, const RowPermit& permit, const Credentials& credentials,
                 std::string_view person, std::optional<std::string_view> password_hash);
// Revokes all tokens of a principal that is being removed or disabled.
Status EndTokens(WriteSession& session, const RowPermit& permit, const Credentials& credentials,
                 std::string_view principal);

// One of the viewer's own.
Status RevokeToken(WriteSession& session, OwnPermit permit, const Credentials& credentials, std::string_view id);
// Anybody's.
Status RevokeToken(WriteSession& session, PolicyPermit permit, const Credentials& credentials, std::string_view id);

// One of the viewer's own, or any under manage_grants on everything; else NOT_FOUND.
StatusOr<Visible<record::Token>> FindToken(GovernedView& view, const Credentials& credentials, std::string_view id);
// Tokens of `principal` (empty: the viewer) that have not ended, in order of id, after `after`, at most `max`.
StatusOr<std::vector<Visible<record::Token>>> ListTokens(GovernedView& view, const Credentials& credentials,
                                                         std::string_view principal, std::string_view after,
                                                         size_t max);

}  // namespace cadastre::authz
