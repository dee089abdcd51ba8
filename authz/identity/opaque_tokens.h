// OpaqueTokens: revisions and page positions in a form that tells the client nothing and that nobody else can make.
//
// Owned by the House; thread rule: safe.
// A token is base64url of a version byte, a random salt and an AES-256-GCM box under a key derived for that salt alone,
// so that two tokens of one revision have nothing in common. What a token is bound to is authenticated, not carried.
// Errors: INVALID_ARGUMENT that names the field, for anything this server did not make for this use.
// Bounds: tokens up to 4 KiB are looked at. Deliberately does not: expire, or say how a token is wrong.
#pragma once

#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::authz {

// Where a page token is good: for this principal, method and request alone.
struct PageBinding {
  std::string principal;
  std::string method;
  // Of the request without its page token; see RequestDigest.
  std::string request_digest;
};

// SHA-256: of the bytes of a request as the door serialises it deterministically.
std::string RequestDigest(std::string_view request);

class OpaqueTokens {
 public:
  static constexpr size_t kKeyBytes = 32;
  static constexpr size_t kTokenBytesMax = 4096;

  explicit OpaqueTokens(std::string key);

  std::string SealRevision(Revision revision) const;
  StatusOr<Revision> OpenRevision(std::string_view field, std::string_view token) const;

  // `sort_key`: of the last row given; at most 2,048 bytes, and of a visible row, because its length shows.
  std::string SealPage(const PageBinding& binding, std::string_view sort_key) const;
  // The sort key; the field is `page_token`.
  StatusOr<std::string> OpenPage(const PageBinding& binding, std::string_view token) const;

 private:
  std::string Seal(std::string_view bound_to, std::string_view content) const;
  StatusOr<std::string> Open(std::string_view field, std::string_view bound_to, std::string_view token) const;

  std::string key_;
};

}  // namespace cadastre::authz
