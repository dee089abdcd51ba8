#include "authz/identity/credentials.h"

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/escaping.h"
#include "authz/identity/key_folder.h"
#include "authz/identity/login_limits.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/mutex.h"
#include "base/status.h"
#include "storage/keyspaces.h"

namespace cadastre::authz {
namespace {

using storage::Keyspace;

constexpr std::string_view kTokenPrefix = "cad_";
constexpr size_t kSecretBytesMax = 256;

// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
constexpr uint32_t kArgonPasses = 2;
constexpr uint32_t kArgonKib = 19 * 1024;
constexpr uint32_t kArgonLanes = 1;
constexpr size_t kArgonSaltBytes = 16;
constexpr size_t kArgonHashBytes = 32;

std::string Hex(const std::string& bytes) { return absl::BytesToHexString(bytes); }

std::string DigestOf(std::string_view secret) {
  std::array<unsigned char, 32> digest;
  unsigned int size = 0;
  CHECK(EVP_Digest(secret.data(), secret.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1 && size == 32);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Status WrongToken() { return base::Unauthenticated("the token is not valid"); }

// A hash no password has, so that unknown names cost the same.
const std::string& NobodysHash() {
  static const std::string hash = *HashPassword(Hex(RandomBytes(32)));
  return hash;
}

}  // namespace

IssuedToken IssueToken(std::string_view principal, std::string_view description, Timestamp now,
                       std::chrono::microseconds lifetime, bool session) {
  IssuedToken issued;
  issued.secret = std::string(kTokenPrefix) + Hex(RandomBytes(32));
  issued.digest = DigestOf(issued.secret);
  issued.token.set_id(Hex(RandomBytes(8)));
  issued.token.set_principal(std::string(principal));
  issued.token.set_description(std::string(description));
  issued.token.set_created(now.micros());
  issued.token.set_expires((now + lifetime).micros());
  issued.token.set_session(session);
  return issued;
}

StatusOr<std::string> HashPassword(std::string_view password) {
  if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax) {
    return base::InvalidField("password", "8 to 256 bytes");
  }
  const std::string salt = RandomBytes(kArgonSaltBytes);
  const size_t size =
      argon2_encodedlen(kArgonPasses, kArgonKib, kArgonLanes, kArgonSaltBytes, kArgonHashBytes, Argon2_id);
  std::string encoded(size, '\0');
  const int result = argon2id_hash_encoded(kArgonPasses, kArgonKib, kArgonLanes, password.data(), password.size(),
                                           salt.data(), salt.size(), kArgonHashBytes, encoded.data(), encoded.size());
  if (result != ARGON2_OK) return base::ResourceExhausted("no memory to hash the password");
  encoded.resize(encoded.find('\0'));
  return encoded;
}

std::string PasswordMark(std::string_view password_hash) {
  constexpr size_t kMarkBytes = 16;
  return DigestOf(password_hash).substr(0, kMarkBytes);
}

struct Credentials::Impl {
  bool IsEnded(const record::Token& token) const REQUIRES(mutex) {
    if (token.expires() <= clock->Now().micros()) return true;
    if (token.login_of().empty()) return false;
    const auto password = passwords.find(token.login_of());
    return password == passwords.end() || password->second.mark != token.login_mark();
  }

  struct Password {
    std::string hash;
    std::string mark;
  };
  Status ApplyToken(std::string_view digest, const std::optional<std::string>& value);
  Status ApplyPerson(std::string_view key, const std::optional<std::string>& value);

  const Clock* clock;
  mutable base::Mutex mutex;
  absl::flat_hash_map<std::string, record::Token> tokens GUARDED_BY(mutex);                      // by digest
  std::map<std::pair<std::string, std::string>, std::string> digests GUARDED_BY(mutex);          // by principal and id
  absl::flat_hash_map<std::string, std::pair<std::string, std::string>> keys GUARDED_BY(mutex);  // by id
  absl::flat_hash_map<std::string, Password> passwords GUARDED_BY(mutex);                        // by principal
  LoginLimits limits;
};

Credentials::Credentials(const Clock* clock) : impl_(std::make_unique<Impl>()) { impl_->clock = clock; }
Credentials::~Credentials() = default;

StatusOr<record::Token> Credentials::FindToken(std::string_view secret) const {
  if (secret.empty() || secret.size() > kSecretBytesMax || !secret.starts_with(kTokenPrefix)) return WrongToken();
  const std::string digest = DigestOf(secret);
  base::MutexLock lock(impl_->mutex);
  auto found = impl_->tokens.find(digest);
  if (found == impl_->tokens.end() || CRYPTO_memcmp(found->first.data(), digest.data(), digest.size()) != 0) {
    return WrongToken();
  }
  if (impl_->IsEnded(found->second)) return WrongToken();
  return found->second;
}

StatusOr<std::string> Credentials::CheckPassword(std::string_view principal, std::string_view password,
                                                 std::string_view address) {
  const std::string name(principal.substr(0, 128));
  RETURN_IF_ERROR(impl_->limits.Enter(name, address, impl_->clock->Now()));
  std::string hash;
  {
    base::MutexLock lock(impl_->mutex);
    auto found = impl_->passwords.find(name);
    if (found != impl_->passwords.end()) hash = found->second.hash;
  }
  const bool known = !hash.empty() && principal.size() <= 128;
  if (!known) hash = NobodysHash();
  const std::string_view tried = password.substr(0, kPasswordBytesMax + 1);
  const bool right = argon2id_verify(hash.c_str(), tried.data(), tried.size()) == ARGON2_OK;
  if (!known || !right) return WrongPassword();
  impl_->limits.Succeeded(name, address);
  return PasswordMark(hash);
}

Status Credentials::WrongPassword() { return base::Unauthenticated("the user or the password is wrong"); }

std::vector<record::Token> Credentials::ScanTokens(std::string_view principal, std::string_view after,
                                                   size_t max) const {
  std::vector<record::Token> found;
  base::MutexLock lock(impl_->mutex);
  auto at = impl_->digests.upper_bound({std::string(principal), std::string(after)});
  for (; at != impl_->digests.end() && at->first.first == principal && found.size() < max; ++at) {
    found.push_back(impl_->tokens.at(at->second));
  }
  return found;
}

std::optional<Credentials::StoredToken> Credentials::FindTokenById(std::string_view id) const {
  base::MutexLock lock(impl_->mutex);
  auto key = impl_->keys.find(std::string(id));
  if (key == impl_->keys.end()) return std::nullopt;
  const std::string& digest = impl_->digests.at(key->second);
  return StoredToken{digest, impl_->tokens.at(digest)};
}

bool Credentials::IsEnded(const record::Token& token) const {
  base::MutexLock lock(impl_->mutex);
  return impl_->IsEnded(token);
}

std::vector<Credentials::StoredToken> Credentials::ScanEnded(std::string_view principal, size_t max) const {
  std::vector<StoredToken> found;
  base::MutexLock lock(impl_->mutex);
  auto at = impl_->digests.lower_bound({std::string(principal), std::string()});
  for (; at != impl_->digests.end() && at->first.first == principal && found.size() < max; ++at) {
    const record::Token& token = impl_->tokens.at(at->second);
    if (impl_->IsEnded(token)) found.push_back({at->second, token});
  }
  return found;
}

std::vector<Credentials::StoredToken> Credentials::ScanLoginsOf(std::string_view person, size_t max) const {
  std::vector<StoredToken> found;
  base::MutexLock lock(impl_->mutex);
  for (const auto& [digest, token] : impl_->tokens) {
    if (found.size() == max) break;
    if (token.login_of() == person) found.push_back({digest, token});
  }
  return found;
}

Status Credentials::Apply(std::string_view key, const std::optional<std::string>& value) {
  if (key.empty()) return base::DataLoss("a row without a key");
  const auto keyspace = static_cast<Keyspace>(key.front());
  key.remove_prefix(1);
  if (keyspace == Keyspace::kToken) return impl_->ApplyToken(key, value);
  if (keyspace == Keyspace::kPerson) return impl_->ApplyPerson(key, value);
  return absl::OkStatus();
}

Status Credentials::Impl::ApplyToken(std::string_view digest, const std::optional<std::string>& value) {
  record::Token token;
  if (digest.size() != 32) return base::DataLoss("a token's key is not a SHA-256");
  if (value.has_value() && !token.ParseFromString(*value)) return base::DataLoss("a token does not decode");
  base::MutexLock lock(mutex);
  const std::string at(digest);
  if (auto old = tokens.find(at); old != tokens.end()) {
    digests.erase({old->second.principal(), old->second.id()});
    keys.erase(old->second.id());
    tokens.erase(old);
  }
  if (!value.has_value()) return absl::OkStatus();
  digests[{token.principal(), token.id()}] = at;
  keys[token.id()] = {token.principal(), token.id()};
  tokens[at] = std::move(token);
  return absl::OkStatus();
}

Status Credentials::Impl::ApplyPerson(std::string_view key, const std::optional<std::string>& value) {
  base::ByteReader reader(key);
  ASSIGN_OR_RETURN(const std::string_view id, reader.ReadString());
  RETURN_IF_ERROR(reader.ExpectEnd());
  record::Person person;
  if (value.has_value() && !person.ParseFromString(*value)) return base::DataLoss("a person does not decode");
  base::MutexLock lock(mutex);
  if (person.password_hash().empty()) {
    passwords.erase(std::string(id));
  } else {
    passwords[std::string(id)] = {person.password_hash(), PasswordMark(person.password_hash())};
  }
  return absl::OkStatus();
}

}  // namespace cadastre::authz
