// Credentials: tokens and local passwords in memory, as the next request must find them.
//
// Owned by the House, loaded from kToken and kPerson at start and kept up by the
// committer's hook, so a revoked token is refused from the commit on. Secrets are
// never kept: of a token its SHA-256, of a password an argon2id hash. Thread
// rule: safe.
// Errors: UNAUTHENTICATED for anything wrong, always in the same words;
// RESOURCE_EXHAUSTED after too many failures of a name (LoginLimits).
// Deliberately does not: know whether a principal is disabled (policy does), or write.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

inline constexpr size_t kPasswordBytesMin = 8;
inline constexpr size_t kPasswordBytesMax = 256;

// A fresh token: the secret, shown once, and what is stored under its digest.
struct IssuedToken {
  std::string secret;  // `cad_` and 64 hexadecimal digits: 256 random bits
  std::string digest;  // SHA-256 of the secret, 32 bytes
  record::Token token;
};
IssuedToken IssueToken(std::string_view principal, std::string_view description, Timestamp now,
                       std::chrono::microseconds lifetime, bool session);

// An argon2id encoded hash (19 MiB, 2 passes, as OWASP asks). INVALID_ARGUMENT for a length out of bounds.
StatusOr<std::string> HashPassword(std::string_view password);

// Tells one encoded hash from another, and nothing else of it.
std::string PasswordMark(std::string_view password_hash);

class Credentials {
 public:
  explicit Credentials(const Clock* clock);
  ~Credentials();

  // The stored token behind a bearer's secret, not yet ended.
  StatusOr<record::Token> FindToken(std::string_view secret) const;
  // The mark of the password where the pair is right. Takes as long for unknown names as for wrong passwords; some 30
  // ms and 19 MiB.
  StatusOr<std::string> CheckPassword(std::string_view principal, std::string_view password, std::string_view address);
  // What CheckPassword answers to any wrong pair; a disabled principal gets the same.
  static Status WrongPassword();

  // Tokens of a principal in order of id, after `after`, at most `max`; ended ones included.
  std::vector<record::Token> ScanTokens(std::string_view principal, std::string_view after, size_t max) const;
  // Its digest and row by id, whoever owns it.
  struct StoredToken {
    std::string digest;
    record::Token token;
  };
  std::optional<StoredToken> FindTokenById(std::string_view id) const;
  // A principal's ended tokens, for whoever writes next; at most `max`.
  std::vector<StoredToken> ScanEnded(std::string_view principal, size_t max) const;
  // Expired, or made through a login whose password is no longer the person's. The second is seen here and not only
  // where a new password removes tokens: one that is written at the same moment would be missed there.
  bool IsEnded(const record::Token& token) const;

  // Tokens behind which a login of this person stands; at most `max`. Looks at every token: for a new password.
  std::vector<StoredToken> ScanLoginsOf(std::string_view person, size_t max) const;

  // One row of kToken or kPerson, key with the keyspace byte; nullopt removes. Other tables are passed over.
  // DATA_LOSS for a row that does not decode.
  Status Apply(std::string_view key, const std::optional<std::string>& value);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::authz
