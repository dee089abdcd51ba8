#include "authz/identity/opaque_tokens.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "authz/identity/key_folder.h"
#include "authz/proof/merkle.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr char kVersion = 1;
constexpr size_t kSaltBytes = 16;
constexpr size_t kTagBytes = 16;
constexpr size_t kHeadBytes = 1 + kSaltBytes;
// The key serves one box, so the nonce may stand still.
constexpr std::array<uint8_t, 12> kNonce{};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

uint8_t* Bytes(std::string& text) { return reinterpret_cast<uint8_t*>(text.data()); }
const uint8_t* Bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }
int Size(std::string_view text) { return static_cast<int>(text.size()); }

std::array<uint8_t, 32> KeyFor(const std::string& key, std::string_view salt) {
  std::array<uint8_t, 32> derived;
  unsigned size = 0;
  CHECK(HMAC(EVP_sha256(), key.data(), Size(key), Bytes(salt), salt.size(), derived.data(), &size) != nullptr &&
        size == derived.size());
  return derived;
}

std::string PageText(const PageBinding& binding) {
  std::string text("page");
  for (const std::string* part : {&binding.principal, &binding.method, &binding.request_digest}) {
    base::AppendU32(text, static_cast<uint32_t>(part->size()));
    text += *part;
  }
  return text;
}

Status NotOurs(std::string_view field) {
  return base::InvalidField(field, "a token of this server, as an earlier answer to the same request gave it");
}

}  // namespace

std::string RequestDigest(std::string_view request) {
  const proof::Hash hash = proof::Sha256(request);
  return std::string(hash.begin(), hash.end());
}

OpaqueTokens::OpaqueTokens(std::string key) : key_(std::move(key)) { CHECK(key_.size() == kKeyBytes) << "key length"; }

std::string OpaqueTokens::Seal(std::string_view bound_to, std::string_view content) const {
  std::string box(1, kVersion);
  box += RandomBytes(kSaltBytes);
  const std::array<uint8_t, 32> key = KeyFor(key_, std::string_view(box).substr(1));
  std::string sealed(content.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int done = 0;
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  CHECK(context != nullptr &&
        EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), kNonce.data()) == 1 &&
        EVP_EncryptUpdate(context.get(), nullptr, &done, Bytes(bound_to), Size(bound_to)) == 1 &&
        EVP_EncryptUpdate(context.get(), Bytes(sealed), &done, Bytes(content), Size(content)) == 1 &&
        EVP_EncryptFinal_ex(context.get(), nullptr, &done) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1)
      << "AES-256-GCM";
  box += tag;
  box += sealed;
  return absl::WebSafeBase64Escape(box);
}

StatusOr<std::string> OpaqueTokens::Open(std::string_view field, std::string_view bound_to,
                                         std::string_view token) const {
  std::string box;
  if (token.size() > kTokenBytesMax || !absl::WebSafeBase64Unescape(base::ToAbsl(token), &box)) return NotOurs(field);
  if (box.size() < kHeadBytes + kTagBytes || box[0] != kVersion) return NotOurs(field);
  const std::array<uint8_t, 32> key = KeyFor(key_, std::string_view(box).substr(1, kSaltBytes));
  std::string tag = box.substr(kHeadBytes, kTagBytes);
  const std::string sealed = box.substr(kHeadBytes + kTagBytes);
  std::string content(sealed.size(), '\0');
  int done = 0;
  const CipherContext context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  CHECK(context != nullptr &&
        EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), kNonce.data()) == 1 &&
        EVP_DecryptUpdate(context.get(), nullptr, &done, Bytes(bound_to), Size(bound_to)) == 1 &&
        EVP_DecryptUpdate(context.get(), Bytes(content), &done, Bytes(sealed), Size(sealed)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1)
      << "AES-256-GCM";
  if (EVP_DecryptFinal_ex(context.get(), nullptr, &done) != 1) return NotOurs(field);
  return content;
}

std::string OpaqueTokens::SealRevision(Revision revision) const {
  std::string content;
  base::AppendU64(content, revision.value());
  return Seal("revision", content);
}

StatusOr<Revision> OpaqueTokens::OpenRevision(std::string_view field, std::string_view token) const {
  ASSIGN_OR_RETURN(const std::string content, Open(field, "revision", token));
  base::ByteReader reader(content);
  const StatusOr<uint64_t> revision = reader.ReadU64();
  if (!revision.ok() || !reader.empty()) return NotOurs(field);
  return Revision(*revision);
}

std::string OpaqueTokens::SealPage(const PageBinding& binding, std::string_view sort_key) const {
  return Seal(PageText(binding), sort_key);
}

StatusOr<std::string> OpaqueTokens::OpenPage(const PageBinding& binding, std::string_view token) const {
  return Open("page_token", PageText(binding), token);
}

}  // namespace cadastre::authz
