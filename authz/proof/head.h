// A signed head of the audit log: its canonical form, and the check of its Ed25519 signature.
//
// Owner: values. Thread rule: safe.
// Deliberately does not: hold keys that sign (authz/signing_key does), decide which public key to trust.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "authz/proof/merkle.h"

namespace cadastre::proof {

struct Head {
  std::string log_id;  // hex
  uint64_t tree_size = 0;
  Hash root{};
  int64_t time_micros = 0;
};

// The bytes that are signed; see docs/audit.md. Five lines, each ended by \n.
std::string CanonicalForm(const Head& head);

// `public_key` and `signature` are the raw 32 and 64 bytes of RFC 8032. False for any other length.
bool VerifyHead(const Head& head, std::string_view signature, std::string_view public_key);

// What `log_id` says: the log's first public key, shortened. So a log cannot pass for another.
std::string LogIdOf(std::string_view first_public_key);

}  // namespace cadastre::proof
