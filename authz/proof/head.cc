#include "authz/proof/head.h"

#include <openssl/evp.h>

#include <memory>

#include "base/status.h"

namespace cadastre::proof {
namespace {

constexpr size_t kPublicKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kLogIdHexDigits = 32;

const uint8_t* Bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

}  // namespace

std::string CanonicalForm(const Head& head) {
  return base::Cat("cadastre audit head v1\n", "log ", head.log_id, "\n", "size ", head.tree_size, "\n", "root ",
                   HashText(head.root), "\n", "time ", head.time_micros, "\n");
}

bool VerifyHead(const Head& head, std::string_view signature, std::string_view public_key) {
  if (signature.size() != kSignatureBytes || public_key.size() != kPublicKeyBytes) return false;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size()), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (key == nullptr || context == nullptr) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
  const std::string form = CanonicalForm(head);
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(form), form.size()) == 1;
}

std::string LogIdOf(std::string_view first_public_key) {
  return HashText(Sha256(first_public_key)).substr(0, kLogIdHexDigits);
}

}  // namespace cadastre::proof
