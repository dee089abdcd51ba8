#include "authz/accounts/policy_store.h"

#include <xxhash.h>

#include <algorithm>
#include <set>
#include <utility>

#include "authz/accounts/deny_rules.h"
#include "authz/accounts/policy_rows.h"
#include "authz/accounts/token_store.h"
#include "authz/identity/credentials.h"
#include "authz/identity/principal_kind.h"
#include "authz/policy/policy_checks.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr std::string_view kSelf = "self";
// No id, so nobody's rules are narrowed to it.
constexpr std::string_view kAnyoneInPerson = "*";
// Roles walked to find a cycle or what a role hands out.
constexpr size_t kRolesWalkedMax = 4'096;

const RuleSet& RulesOfViewer(const WriteSession& session, std::shared_ptr<const RuleSet>& keep) {
  static const RuleSet nothing;
  keep = session.published().policy->RulesOf(session.viewer().principal());
  return keep == nullptr ? nothing : *keep;
}

// What the policy would be with the change, as far as this session knows it.
PolicyRecords RecordsOf(const WriteSession& session) { return session.published().policy->records(); }

// Everything `principal` could do under `records` must be held by the viewer.
Status CheckHoldsAll(const WriteSession& session, PolicyRecords records, const std::string& principal) {
  // A disabled one may be enabled later without anybody asking again.
  records.principals[principal].set_disabled(false);
  // Groups lead to roles; other people do not matter here.
  std::erase_if(records.principals, [&](const auto& row) {
    return row.first != principal && !Is(PrincipalKind::kGroup, row.second.kind());
  });
  // `self` means another in each member of a group, so only who holds for every owner may hand it out.
  for (auto& [id, grant] : records.grants) {
    if (grant.scope().owner() == kSelf) grant.mutable_scope()->set_owner(std::string(kAnyoneInPerson));
  }
  const auto rules = Policy::Compile(std::move(records), session.words())->RulesOf(principal);
  std::shared_ptr<const RuleSet> keep;
  const RuleSet& held = RulesOfViewer(session, keep);
  for (const CompiledGrant& grant : rules->grants) {
    if (!grant.deny && !held.Holds(grant)) {
      return base::PermissionDenied("you can give to others only what you hold yourself");
    }
  }
  return absl::OkStatus();
}

// May the viewer make this of the principal: new, other than he was, or disabled?
Status CheckMayMake(const WriteSession& session, PolicyRecords records, const std::string& id,
                    const record::Principal& principal) {
  records.principals[id] = principal;
  RETURN_IF_ERROR(CheckDenies(session, records));
  return CheckHoldsAll(session, std::move(records), id);
}

template <typename R, typename Ids>
Status CheckExist(WriteSession& session, const Table<R>& table, std::string_view field, const Ids& ids,
                  std::string_view expected) {
  for (int i = 0; i < ids.size(); ++i) {
    ASSIGN_OR_RETURN(const auto row, session.Find(table, IdKey(ids[i])));
    if (!row.has_value()) return base::InvalidField(base::Cat(field, "[", i, "]"), expected);
    if constexpr (std::is_same_v<R, record::Principal>) {
      if (!Is(PrincipalKind::kGroup, row->record.kind()) || row->record.deleted())
        return base::InvalidField(base::Cat(field, "[", i, "]"), expected);
    }
  }
  return absl::OkStatus();
}

// INVALID_ARGUMENT where `id` is inherited by what it inherits.
Status CheckNoCycle(WriteSession& session, std::string_view id, const record::Role& role) {
  // With the place of the role that leads there.
  std::vector<std::pair<std::string, int>> open;
  for (int i = role.inherits_size() - 1; i >= 0; --i) open.emplace_back(role.inherits(i), i);
  std::set<std::string> seen;
  while (!open.empty()) {
    const auto [at, place] = std::move(open.back());
    open.pop_back();
    if (at == id) {
      return base::InvalidField(base::Cat("role.inherits[", place, "]"), "a role that does not lead back to this one");
    }
    if (!seen.insert(at).second) continue;
    if (seen.size() > kRolesWalkedMax) return base::InvalidField("role.inherits", "fewer roles in all");
    // Read under a precondition, so that two writers cannot close a cycle together.
    ASSIGN_OR_RETURN(const auto row, session.Find(kRoleTable, IdKey(at)));
    if (!row.has_value()) continue;
    for (const std::string& next : row->record.inherits()) open.emplace_back(next, place);
  }
  return absl::OkStatus();
}

StatusOr<uint64_t> ScopeAsset(WriteSession& session, std::string_view field, const std::optional<AssetName>& name) {
  if (!name.has_value()) return 0;
  const auto permit = session.PermitEdit<Privilege::kBrowse>(*name);
  const Status missing = base::FieldStatus(absl::StatusCode::kNotFound, field, "there is no such asset");
  if (!permit.ok() && absl::IsInvalidArgument(permit.status())) return base::WithinField(field, permit.status());
  if (!permit.ok()) return missing;
  const std::optional<AssetId> id = session.FindName(*name);
  if (!id.has_value()) return missing;
  return id->value();
}

// A grant that can match nothing enforces nothing: worse than none, where it denies.
Status CheckMatchable(WriteSession& session, const record::Scope& scope) {
  if (!scope.environment().empty()) {
    const auto& rules = session.published().policy->records().environments;
    const bool named = std::any_of(rules.begin(), rules.end(),
                                   [&](const auto& rule) { return rule.second.environment() == scope.environment(); });
    if (!named) return base::InvalidField("grant.scope.environment", "an environment that a rule gives to namespaces");
    const std::string& name_space = scope.namespace_();
    const bool whole = !name_space.empty() && !name_space.ends_with('*');
    if (whole && session.published().environments->Of(name_space) != session.words().Intern(scope.environment())) {
      return base::InvalidField("grant.scope.environment", "that of the namespace beside it");
    }
  }
  const std::optional<AssetName> name = scope.asset() == 0 ? std::nullopt : session.NameOf(AssetId(scope.asset()));
  if (!name) return absl::OkStatus();
  record::Scope of_names = scope;
  for (const char* field : {"container", "domain", "environment", "tag", "classification", "owner", "asset"}) {
    of_names.GetReflection()->ClearField(&of_names, of_names.GetDescriptor()->FindFieldByName(field));
  }
  record::Grant probe;
  *probe.mutable_scope() = of_names;
  if (CompileGrant(probe, {}, session.words()).CoversName(AssetNameView::Of(*name))) return absl::OkStatus();
  return base::InvalidField("grant.scope.asset", "an asset of the kinds, namespace and name_prefix beside it");
}

Status NameScopeAssets(WriteSession& session, const ScopeAssets& assets, record::Scope& scope) {
  ASSIGN_OR_RETURN(const uint64_t container, ScopeAsset(session, "grant.scope.container", assets.container));
  ASSIGN_OR_RETURN(const uint64_t domain, ScopeAsset(session, "grant.scope.domain", assets.domain));
  ASSIGN_OR_RETURN(const uint64_t asset, ScopeAsset(session, "grant.scope.asset", assets.asset));
  scope.set_container(container);
  scope.set_domain(domain);
  scope.set_asset(asset);
  return absl::OkStatus();
}

// With the password's hash; nullopt where there is none.
StatusOr<std::optional<Account>> FindAccount(WriteSession& session, std::string_view id) {
  ASSIGN_OR_RETURN(auto principal, session.Find(kPrincipalTable, IdKey(id)));
  ASSIGN_OR_RETURN(auto person, session.Find(kPersonTable, IdKey(id)));
  if (!principal) return std::optional<Account>();
  Account account{std::string(id), std::move(principal->record), {}};
  if (person) account.person = std::move(person->record);
  return std::optional<Account>(std::move(account));
}

// `account` with all that it was not told from the one that stands.
StatusOr<Account> Replaced(Account account, const std::optional<Account>& before, const Replacement& how) {
  account.person.clear_password_hash();
  account.principal.clear_number();
  account.principal.clear_deleted();
  if (!before) return account;
  const record::Principal& old = before->principal;
  if (account.principal.kind() != 0 && account.principal.kind() != old.kind()) {
    return base::InvalidField("principal.kind", "the kind it was made with");
  }
  account.principal.set_kind(old.kind());
  account.principal.set_number(old.number());
  if (!how.Has("groups")) *account.principal.mutable_groups() = old.groups();
  if (!how.Has("roles")) *account.principal.mutable_roles() = old.roles();
  if (!how.Has("disabled")) account.principal.set_disabled(old.disabled());
  if (!how.Has("display_name")) account.person.set_display_name(before->person.display_name());
  if (!how.Has("email")) account.person.set_email(before->person.email());
  account.person.set_password_hash(before->person.password_hash());
  return account;
}

Status StorePassword(WriteSession& session, const RowPermit& permit, const Credentials& credentials, Account account,
                     std::string_view password) {
  ASSIGN_OR_RETURN(*account.person.mutable_password_hash(), HashPassword(password));
  session.Put(permit, kPersonTable, IdKey(account.id), account.person);
  std::optional<std::string_view> kept = account.person.password_hash();
  if (account.principal.disabled()) kept.reset();
  return EndLogins(session, permit, credentials, account.id, kept);
}

// Nothing that he had, or that his logins made for others, lives again with him.
Status EndAllOf(WriteSession& session, const RowPermit& permit, const Credentials& credentials, std::string_view id) {
  RETURN_IF_ERROR(EndLogins(session, permit, credentials, id, std::nullopt));
  return EndTokens(session, permit, credentials, id);
}

StatusOr<Visible<Account>> AccountOf(GovernedView& view, const Visible<RowOf<record::Principal>>& row) {
  Account account{row->key.substr(0, row->key.size() - 1), row->record, {}};
  ASSIGN_OR_RETURN(auto sealed, view.Find(kPersonTable, IdKey(account.id)));
  const auto person = sealed ? view.Reveal(kPersonTable, *std::move(sealed)) : std::nullopt;
  if (person) account.person = (*person)->record;
  account.person.clear_password_hash();
  return view.Merge(std::move(account), Witness(row));
}

}  // namespace

std::string HashOf(const std::string& bytes) {
  return base::Cat(absl::Hex(XXH3_64bits(bytes.data(), bytes.size()), absl::kZeroPad16));
}

Status CheckStands(const Replacement& how, std::string_view what, const std::optional<std::string>& etag) {
  if (how.only_if_absent && etag) return base::AlreadyExists("there is a ", what, " of this id already");
  if (how.etag.empty() || how.etag == etag) return absl::OkStatus();
  return base::FieldStatus(absl::StatusCode::kAborted, how.etag_field,
                           base::Cat("the ", what, " was changed since it was read; read it again"));
}

Status CheckMayActFor(const WriteSession& session, std::string_view principal) {
  PolicyRecords records = RecordsOf(session);
  auto target = records.principals.find(std::string(principal));
  // Nobody yet: whoever makes him is asked then.
  if (target == records.principals.end()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckReachedByDenies(session, std::string(principal)));
  return CheckHoldsAll(session, std::move(records), std::string(principal));
}

bool Replacement::Has(std::string_view field) const {
  return !fields || std::find(fields->begin(), fields->end(), field) != fields->end();
}

std::string EtagOf(const Account& account) {
  record::Person person = account.person;
  person.clear_password_hash();
  return HashOf(account.principal.SerializeAsString() + person.SerializeAsString());
}

std::string EtagOf(const record::Role& role) {
  record::Role stated = role;
  stated.clear_created();
  return HashOf(stated.SerializeAsString());
}
std::string EtagOf(const record::Grant& grant) { return HashOf(grant.SerializeAsString()); }

StatusOr<Account> PutPrincipal(WriteSession& session, PolicyPermit permit, const Credentials& credentials,
                               Account account, const Replacement& how) {
  RETURN_IF_ERROR(CheckPolicyId("principal.id", account.id));
  ASSIGN_OR_RETURN(const std::optional<Account> before, FindAccount(session, account.id));
  if (before && before->principal.deleted()) {
    return base::InvalidField("principal.id", "another id: this one was that of a principal who was deleted");
  }
  RETURN_IF_ERROR(CheckStands(how, "principal", before ? std::optional(EtagOf(*before)) : std::nullopt));
  ASSIGN_OR_RETURN(account, Replaced(std::move(account), before, how));
  const record::Principal& principal = account.principal;
  RETURN_IF_ERROR(CheckPrincipal(account.id, principal, account.person));
  RETURN_IF_ERROR(CheckExist(session, kPrincipalTable, "principal.groups", principal.groups(), "groups that exist"));
  RETURN_IF_ERROR(CheckExist(session, kRoleTable, "principal.roles", principal.roles(), "roles that exist"));

  RETURN_IF_ERROR(CheckMayMake(session, RecordsOf(session), account.id, principal));
  if (!before) {
    ASSIGN_OR_RETURN(const uint64_t number, session.NextNumber(kPrincipalCounter));
    account.principal.set_number(number);
  }
  const bool rights = session.Put(RowPermit(permit), kPrincipalTable, IdKey(account.id), account.principal);
  const bool person = session.Put(RowPermit(permit), kPersonTable, IdKey(account.id), account.person);
  if (rights || person) session.log().set_policy(true);
  // When he is enabled, too: what was made at the very moment he was disabled was not seen then.
  if (before && before->principal.disabled() != principal.disabled()) {
    RETURN_IF_ERROR(EndAllOf(session, RowPermit(permit), credentials, account.id));
  }
  return account;
}

Status SetPassword(WriteSession& session, PolicyPermit permit, const Credentials& credentials, std::string_view id,
                   std::string_view password) {
  ASSIGN_OR_RETURN(std::optional<Account> account, FindAccount(session, id));
  if (!account || account->principal.deleted()) return base::NotFound("there is no such principal");
  if (!Is(PrincipalKind::kPerson, account->principal.kind()))
    return base::InvalidField("password", "nothing: only persons have one");
  if (id != session.viewer().principal()) RETURN_IF_ERROR(CheckMayActFor(session, id));
  return StorePassword(session, RowPermit(permit), credentials, *std::move(account), password);
}

Status ChangeOwnPassword(WriteSession& session, OwnPermit permit, const Credentials& credentials,
                         std::string_view password) {
  ASSIGN_OR_RETURN(std::optional<Account> account, FindAccount(session, session.viewer().principal()));
  if (!account || account->person.password_hash().empty()) return base::NotFound("you have no password here");
  const Status stored = StorePassword(session, RowPermit(permit), credentials, *std::move(account), password);
  return base::FieldOf(stored) == "password" ? base::InvalidField("new_password", "8 to 256 bytes") : stored;
}

Status DeletePrincipal(WriteSession& session, PolicyPermit permit, const Credentials& credentials, std::string_view id,
                       std::string_view etag) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  if (id == session.viewer().principal()) return base::FailedPrecondition("another must delete you");
  ASSIGN_OR_RETURN(const std::optional<Account> before, FindAccount(session, id));
  if (!before || before->principal.deleted()) return base::NotFound("there is no such principal");
  RETURN_IF_ERROR(CheckStands(IfStill(etag), "principal", EtagOf(*before)));
  record::Principal gone;
  gone.set_kind(before->principal.kind());
  gone.set_number(before->principal.number());
  gone.set_disabled(true);
  gone.set_deleted(true);
  PolicyRecords records = RecordsOf(session);
  // For good what disabling is for a while: whom one could not disable one does not delete.
  record::Principal disabled = before->principal;
  disabled.set_disabled(true);
  RETURN_IF_ERROR(CheckMayMake(session, records, std::string(id), disabled));
  records.principals[std::string(id)] = gone;
  RETURN_IF_ERROR(CheckDenies(session, records));
  session.Put(RowPermit(permit), kPrincipalTable, IdKey(id), gone);
  session.Remove(RowPermit(permit), kPersonTable, IdKey(id));
  return EndTokens(session, RowPermit(permit), credentials, id);
}

StatusOr<record::Role> PutRole(WriteSession& session, PolicyPermit permit, std::string_view id, record::Role role,
                               const Replacement& how) {
  RETURN_IF_ERROR(CheckPolicyId("role.id", id));
  ASSIGN_OR_RETURN(const auto before, session.Find(kRoleTable, IdKey(id)));
  RETURN_IF_ERROR(CheckStands(how, "role", before ? std::optional(EtagOf(before->record)) : std::nullopt));
  if (before && !how.Has("description")) role.set_description(before->record.description());
  if (before && !how.Has("inherits")) *role.mutable_inherits() = before->record.inherits();
  RETURN_IF_ERROR(CheckRole(id, role));
  RETURN_IF_ERROR(CheckExist(session, kRoleTable, "role.inherits", role.inherits(), "roles that exist"));
  RETURN_IF_ERROR(CheckNoCycle(session, id, role));

  role.set_created(before.has_value() && before->record.created() != 0 ? before->record.created()
                                                                       : session.now().micros());
  PolicyRecords records = RecordsOf(session);
  records.roles[std::string(id)] = role;
  RETURN_IF_ERROR(CheckDenies(session, records));
  // A stand-in who holds the inherited roles alone: what they hand out must be the viewer's to give.
  const std::string probe(kPolicyIdBytesMax + 1, '-');
  records.principals[probe].set_kind(static_cast<uint32_t>(PrincipalKind::kPerson));
  *records.principals[probe].mutable_roles() = role.inherits();
  RETURN_IF_ERROR(CheckHoldsAll(session, std::move(records), probe));
  if (session.Put(RowPermit(permit), kRoleTable, IdKey(id), role)) session.log().set_policy(true);
  return role;
}

Status DeleteRole(WriteSession& session, PolicyPermit permit, std::string_view id, std::string_view etag) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  ASSIGN_OR_RETURN(const auto before, session.Find(kRoleTable, IdKey(id)));
  if (!before.has_value()) return base::NotFound("there is no such role");
  RETURN_IF_ERROR(CheckStands(IfStill(etag), "role", EtagOf(before->record)));
  const PolicyRecords& records = session.published().policy->records();
  const auto names_it = [id](const auto& ids) { return std::find(ids.begin(), ids.end(), id) != ids.end(); };
  for (const auto& [principal, record] : records.principals) {
    if (names_it(record.roles())) return base::FailedPrecondition("the principal ", principal, " holds the role");
  }
  for (const auto& [role, record] : records.roles) {
    if (names_it(record.inherits())) return base::FailedPrecondition("the role ", role, " inherits it");
  }
  for (const auto& [grant, record] : records.grants) {
    if (record.role() == id) return base::FailedPrecondition("the grant ", grant, " is the role's");
  }
  session.Remove(RowPermit(permit), kRoleTable, IdKey(id));
  session.log().set_policy(true);
  return absl::OkStatus();
}

StatusOr<record::Grant> PutGrant(WriteSession& session, PolicyPermit permit, std::string_view id, GrantWish wish,
                                 const Replacement& how) {
  RETURN_IF_ERROR(CheckPolicyId("grant.id", id));
  ASSIGN_OR_RETURN(const auto before, session.Find(kGrantTable, IdKey(id)));
  RETURN_IF_ERROR(CheckStands(how, "grant", before ? std::optional(EtagOf(before->record)) : std::nullopt));
  record::Grant& grant = wish.grant;
  if (before && !how.Has("scope")) {
    *grant.mutable_scope() = before->record.scope();
  } else {
    RETURN_IF_ERROR(NameScopeAssets(session, wish.assets, *grant.mutable_scope()));
  }
  if (before && !how.Has("role")) grant.set_role(before->record.role());
  if (before && !how.Has("privileges")) *grant.mutable_privileges() = before->record.privileges();
  if (before && !how.Has("deny")) grant.set_deny(before->record.deny());
  RETURN_IF_ERROR(CheckGrant(id, grant));
  RETURN_IF_ERROR(CheckMatchable(session, grant.scope()));
  ASSIGN_OR_RETURN(const auto role, session.Find(kRoleTable, IdKey(grant.role())));
  if (!role.has_value()) return base::InvalidField("grant.role", "a role that exists");

  const WordTable& words = session.words();
  std::shared_ptr<const RuleSet> keep;
  const CompiledGrant compiled = CompileGrant(grant, {words.Intern(kAnyoneInPerson)}, words);
  if (!grant.deny() && !RulesOfViewer(session, keep).Holds(compiled)) {
    return base::PermissionDenied("you can grant only what you hold yourself");
  }
  PolicyRecords records = RecordsOf(session);
  records.grants[std::string(id)] = grant;
  RETURN_IF_ERROR(CheckDenies(session, records));
  if (session.Put(RowPermit(permit), kGrantTable, IdKey(id), grant)) session.log().set_policy(true);
  return grant;
}

Status DeleteGrant(WriteSession& session, PolicyPermit permit, std::string_view id, std::string_view etag) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  ASSIGN_OR_RETURN(const auto before, session.Find(kGrantTable, IdKey(id)));
  if (!before.has_value()) return base::NotFound("there is no such grant");
  RETURN_IF_ERROR(CheckStands(IfStill(etag), "grant", EtagOf(before->record)));
  PolicyRecords records = RecordsOf(session);
  records.grants.erase(std::string(id));
  RETURN_IF_ERROR(CheckDenies(session, records));
  session.Remove(RowPermit(permit), kGrantTable, IdKey(id));
  session.log().set_policy(true);
  return absl::OkStatus();
}

StatusOr<Visible<Account>> FindPrincipal(GovernedView& view, std::string_view id) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  ASSIGN_OR_RETURN(const auto row, FindRow(view, kPrincipalTable, id, "principal"));
  if (row->record.deleted()) return base::NotFound("there is no such principal");
  return AccountOf(view, row);
}

StatusOr<Visible<RowOf<record::Role>>> FindRole(GovernedView& view, std::string_view id) {
  return FindRow(view, kRoleTable, id, "role");
}

StatusOr<Visible<RowOf<record::Grant>>> FindGrant(GovernedView& view, std::string_view id) {
  return FindRow(view, kGrantTable, id, "grant");
}

StatusOr<std::vector<Visible<Account>>> ListPrincipals(GovernedView& view, std::string_view after, size_t max) {
  ASSIGN_OR_RETURN(const auto rows, ListRows<record::Principal>(
                                        view, kPrincipalTable, after, max,
                                        [](const record::Principal& principal) { return !principal.deleted(); }));
  std::vector<Visible<Account>> accounts;
  for (const auto& row : rows) {
    ASSIGN_OR_RETURN(Visible<Account> account, AccountOf(view, row));
    accounts.push_back(std::move(account));
  }
  return accounts;
}

StatusOr<std::vector<Visible<RowOf<record::Role>>>> ListRoles(GovernedView& view, std::string_view after, size_t max) {
  return ListRows<record::Role>(view, kRoleTable, after, max, [](const auto&) { return true; });
}

StatusOr<std::vector<Visible<RowOf<record::Grant>>>> ListGrants(GovernedView& view, std::string_view role,
                                                                std::string_view after, size_t max) {
  return ListRows<record::Grant>(view, kGrantTable, after, max,
                                 [role](const record::Grant& grant) { return role.empty() || grant.role() == role; });
}

StatusOr<Visible<Self>> FindSelf(GovernedView& view) {
  // Everyone may know of himself what the tables show of others under manage_grants alone.
  static constexpr Table<record::Person> kOwnPerson{Keyspace::kPerson, [](std::string_view, const record::Person&) {
                                                      return RowRule{Subjects(), Privilege::kNone};
                                                    }};
  Self self;
  self.id = view.viewer().principal();
  const Policy& policy = *view.published().policy;
  auto principal = policy.records().principals.find(self.id);
  if (principal != policy.records().principals.end()) self.principal = principal->second;
  self.groups = policy.GroupsOf(self.id);
  self.roles = policy.RolesOf(self.id);
  self.privileges = view.rules().anywhere;
  ASSIGN_OR_RETURN(auto sealed, view.Find(kOwnPerson, IdKey(self.id)));
  if (sealed.has_value()) {
    const auto person = view.Reveal(kOwnPerson, *std::move(sealed));
    if (person.has_value()) self.person = (*person)->record;
    self.person.clear_password_hash();
  }
  // That there is himself, everyone may know.
  const auto known = view.Reveal(Sealed<bool>(true, Subjects(), Privilege::kNone));
  return view.Merge(std::move(self), Witness(*known));
}

}  // namespace cadastre::authz
