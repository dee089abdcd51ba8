#include "authz/identity/signing_key.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace cadastre::authz {
namespace {

constexpr size_t kPublicKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;

const uint8_t* BytesOf(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

}  // namespace

SigningKey::SigningKey(uint32_t version, std::string_view seed) : version_(version) {
  CHECK(seed.size() == kSeedBytes) << "seed length";
  EVP_PKEY* const key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, BytesOf(seed), seed.size());
  CHECK(key != nullptr) << "Ed25519";
  key_ = std::shared_ptr<void>(key, [](void* held) { EVP_PKEY_free(static_cast<EVP_PKEY*>(held)); });
  public_key_.resize(kPublicKeyBytes);
  size_t size = public_key_.size();
  CHECK(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<uint8_t*>(public_key_.data()), &size) == 1) << "Ed25519";
}

std::string SigningKey::Sign(std::string_view message) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  size_t size = signature.size();
  CHECK(context != nullptr &&
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, static_cast<EVP_PKEY*>(key_.get())) == 1 &&
        EVP_DigestSign(context.get(), reinterpret_cast<uint8_t*>(signature.data()), &size, BytesOf(message),
                       message.size()) == 1)
      << "Ed25519";
  return signature;
}

}  // namespace cadastre::authz
