#include "authz/bootstrap.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "authz/policy_tables.h"
#include "authz/privilege.h"
#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr uint32_t kPersonKind = 1;  // authz.v1.PRINCIPAL_KIND_PERSON
constexpr std::chrono::hours kTokenLifetime{24 * 400};

std::string StoredKey(Keyspace keyspace, const std::string& key) {
  return std::string(1, static_cast<char>(keyspace)) + key;
}

Status CannotWrite(const std::string& path) {
  return base::Unavailable("cannot write ", path, ": ", std::strerror(errno));
}

Status WriteAll(int file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return CannotWrite(path);
    if (written > 0) text.remove_prefix(written);
  }
  return fsync(file) == 0 ? absl::OkStatus() : CannotWrite(path);
}

}  // namespace

FirstRows MakeFirstRows(Timestamp now) {
  FirstRows first;
  record::Principal admin;
  admin.set_kind(kPersonKind);
  admin.add_roles(kAdministratorRole);
  admin.set_number(1);
  record::Role role;
  role.set_description("Every privilege on everything; made with the data folder.");
  record::Grant grant;
  grant.set_role(kAdministratorRole);
  for (uint32_t privilege = 1; privilege < kPrivilegeCount; ++privilege) grant.add_privileges(privilege);
  first.token = IssueToken(kAdminPrincipal, "made with the data folder", now, kTokenLifetime, /*session=*/false);

  storage::Work& work = first.work;
  const std::string admin_key = StoredKey(Keyspace::kPrincipal, IdKey(kAdminPrincipal));
  work.Expect(admin_key, Revision(0));
  work.Set(admin_key, admin.SerializeAsString());
  work.Set(StoredKey(Keyspace::kRole, IdKey(kAdministratorRole)), role.SerializeAsString());
  work.Set(StoredKey(Keyspace::kGrant, IdKey(kAdministratorRole)), grant.SerializeAsString());
  work.Set(StoredKey(Keyspace::kToken, first.token.digest), first.token.token.SerializeAsString());
  work.Set(StoredKey(Keyspace::kTokenOf, TokenOfKey(kAdminPrincipal, first.token.token.id())), first.token.digest);
  // The administrator's number is taken; WriteSession::NextNumber goes on after it.
  std::string counter("counter/");
  base::AppendString(counter, kPrincipalCounter);
  std::string taken;
  base::AppendU64(taken, admin.number());
  work.Set(StoredKey(Keyspace::kMeta, counter), taken);
  work.log().set_policy(true);
  return first;
}

Status WriteTokenFile(const std::string& data_dir, const std::string& secret) {
  const std::string path = data_dir + "/admin.token";
  // A file left by a start that failed before its commit holds a token of nobody.
  unlink(path.c_str());
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return CannotWrite(path);
  const Status status = WriteAll(file, path, secret + "\n");
  close(file);
  return status;
}

}  // namespace cadastre::authz
