#include "authz/house/bootstrap.h"

#include <unistd.h>

#include "authz/accounts/policy_tables.h"
#include "authz/audit/audit_leaf.h"
#include "authz/identity/principal_kind.h"
#include "authz/policy/privilege.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/durable_file.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr std::chrono::hours kTokenLifetime{24 * 400};

}  // namespace

FirstRows MakeFirstRows(Timestamp now) {
  FirstRows first;
  record::Principal admin;
  admin.set_kind(static_cast<uint32_t>(PrincipalKind::kPerson));
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
  AuditedCall made;
  made.time = now;
  made.operation = "system/bootstrap";
  made.write = true;
  ShownAssets targets;
  NoteTargets(work, &targets);
  work.mutable_leaves() = MakeLeaves(made, targets, [](AssetId) { return std::optional<AssetName>(); });
  return first;
}

Status WriteTokenFile(const std::string& data_dir, const std::string& secret) {
  const std::string path = data_dir + "/admin.token";
  // A file left by a start that failed before its commit holds a token of nobody.
  unlink(path.c_str());
  RETURN_IF_ERROR(base::WriteNewFile(path, secret + "\n"));
  return base::SyncFolderOf(path);
}

}  // namespace cadastre::authz
