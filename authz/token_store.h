// Tokens as stored: made and revoked through a WriteSession, listed for their owner or under manage_grants.
//
// Functions; owner: none. Thread rule: confined, as session and view are.
// Errors: PERMISSION_DENIED for another principal's tokens without manage_grants on
// everything, or where that principal holds what the caller does not; NOT_FOUND for
// a token that is not there or not the caller's to touch; INVALID_ARGUMENT that
// names the field; those of the session.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "authz/credentials.h"
#include "authz/policy_tables.h"
#include "authz/view.h"
#include "authz/write_session.h"
#include "base/words.h"

namespace cadastre::authz {

inline constexpr std::chrono::seconds kTokenLifetimeMax = std::chrono::hours(24) * 400;
inline constexpr std::chrono::seconds kTokenLifetimeDefault = std::chrono::hours(24) * 90;
inline constexpr std::chrono::seconds kSessionLifetime = std::chrono::hours(12);
inline constexpr size_t kTokensPerPrincipalMax = 1'000;

// What a door asks for.
struct TokenWish {
  std::string principal;  // empty: the viewer
  std::string description;
  int64_t lifetime_seconds = 0;  // 1 to 400 days; 0 for kTokenLifetimeDefault
};
// An API token. The secret in it is told once and never stored.
StatusOr<IssuedToken> CreateToken(WriteSession& session, const Credentials& credentials, const TokenWish& wish);

// The token of a login, for the session's viewer; expired tokens of the viewer go in the same commit.
StatusOr<IssuedToken> CreateSessionToken(WriteSession& session, const Credentials& credentials);

Status RevokeToken(WriteSession& session, const Credentials& credentials, std::string_view id);

// Tokens of `principal` (empty: the viewer) in order of id, after `after`, at most `max`.
StatusOr<std::vector<Visible<record::Token>>> ListTokens(GovernedView& view, const Credentials& credentials,
                                                         std::string_view principal, std::string_view after,
                                                         size_t max);

}  // namespace cadastre::authz
