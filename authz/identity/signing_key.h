// SigningKey: one version of the Ed25519 key that signs heads of the audit log.
//
// Owned by the AuditLog; thread rule: compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::authz {

class SigningKey {
 public:
  // The 32 bytes of RFC 8032's private key.
  static constexpr size_t kSeedBytes = 32;

  SigningKey(uint32_t version, std::string_view seed);

  uint32_t version() const { return version_; }
  // Raw, 32 bytes.
  const std::string& public_key() const { return public_key_; }
  // Raw, 64 bytes.
  std::string Sign(std::string_view message) const;

 private:
  uint32_t version_;
  std::shared_ptr<void> key_;
  std::string public_key_;
};

}  // namespace cadastre::authz
