#include "authz/policy_store.h"

#include <set>
#include <utility>

#include "authz/credentials.h"
#include "authz/policy_checks.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr uint32_t kPersonKind = 1;  // authz.v1.PRINCIPAL_KIND_PERSON
constexpr uint32_t kGroupKind = 2;   // authz.v1.PRINCIPAL_KIND_GROUP
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
  std::erase_if(records.principals,
                [&](const auto& row) { return row.first != principal && row.second.kind() != kGroupKind; });
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

template <typename R, typename Ids>
Status CheckExist(WriteSession& session, const Table<R>& table, std::string_view field, const Ids& ids,
                  std::string_view expected) {
  for (int i = 0; i < ids.size(); ++i) {
    ASSIGN_OR_RETURN(const auto row, session.Find(table, IdKey(ids[i])));
    if (!row.has_value()) return base::InvalidField(base::Cat(field, "[", i, "]"), expected);
    if constexpr (std::is_same_v<R, record::Principal>) {
      if (row->record.kind() != kGroupKind) return base::InvalidField(base::Cat(field, "[", i, "]"), expected);
    }
  }
  return absl::OkStatus();
}

Status SetPassword(WriteSession& session, std::string_view id, uint32_t kind, std::string_view password,
                   record::Person* person) {
  if (kind != kPersonKind) return base::InvalidField("password", "nothing: only persons have one");
  if (id != session.viewer().principal()) RETURN_IF_ERROR(CheckMayActFor(session, id));
  ASSIGN_OR_RETURN(*person->mutable_password_hash(), HashPassword(password));
  return absl::OkStatus();
}

// INVALID_ARGUMENT where `id` is inherited by what it inherits.
Status CheckNoCycle(WriteSession& session, std::string_view id, const record::Role& role) {
  std::vector<std::string> open(role.inherits().begin(), role.inherits().end());
  std::set<std::string> seen;
  while (!open.empty()) {
    const std::string at = std::move(open.back());
    open.pop_back();
    if (at == id) return base::InvalidField("role.inherits", "roles that do not lead back to this one");
    if (!seen.insert(at).second) continue;
    if (seen.size() > kRolesWalkedMax) return base::InvalidField("role.inherits", "fewer roles in all");
    // Read under a precondition, so that two writers cannot close a cycle together.
    ASSIGN_OR_RETURN(const auto row, session.Find(kRoleTable, IdKey(at)));
    if (row.has_value()) open.insert(open.end(), row->record.inherits().begin(), row->record.inherits().end());
  }
  return absl::OkStatus();
}

StatusOr<uint64_t> ScopeAsset(WriteSession& session, std::string_view field, const std::optional<AssetName>& name) {
  if (!name.has_value()) return 0;
  const auto permit = session.PermitEdit<Privilege::kBrowse>(*name);
  if (!permit.ok() && absl::IsInvalidArgument(permit.status())) return base::WithinField(field, permit.status());
  if (!permit.ok()) return base::NotFound("there is no such asset: ", field);
  const std::optional<AssetId> id = session.FindName(*name);
  if (!id.has_value()) return base::NotFound("there is no such asset: ", field);
  return id->value();
}

template <typename R>
StatusOr<std::vector<Visible<RowOf<R>>>> List(GovernedView& view, const Table<R>& table, std::string_view after,
                                              size_t max, const std::function<bool(const R&)>& wanted) {
  std::vector<Visible<RowOf<R>>> rows;
  const std::string after_key = after.empty() ? std::string() : IdKey(after);
  RETURN_IF_ERROR(view.Scan<R>(table, "", after_key, [&](Sealed<RowOf<R>> sealed) {
    auto visible = view.Reveal(table, std::move(sealed));
    if (visible.has_value() && (*visible)->key != after_key && wanted((*visible)->record)) {
      rows.push_back(*std::move(visible));
    }
    return rows.size() < max;
  }));
  return rows;
}

}  // namespace

Status CheckMayActFor(const WriteSession& session, std::string_view principal) {
  PolicyRecords records = RecordsOf(session);
  auto target = records.principals.find(std::string(principal));
  // Nobody yet: whoever makes him is asked then.
  if (target == records.principals.end()) return absl::OkStatus();
  return CheckHoldsAll(session, std::move(records), std::string(principal));
}

Status PutPrincipal(WriteSession& session, std::string_view id, record::Principal principal, record::Person person,
                    std::string_view password) {
  RETURN_IF_ERROR(session.PermitEverywhere<Privilege::kManageGrants>().status());
  RETURN_IF_ERROR(CheckPrincipal(id, principal, person));
  RETURN_IF_ERROR(CheckExist(session, kPrincipalTable, "principal.groups", principal.groups(), "groups that exist"));
  RETURN_IF_ERROR(CheckExist(session, kRoleTable, "principal.roles", principal.roles(), "roles that exist"));

  ASSIGN_OR_RETURN(const auto before, session.Find(kPrincipalTable, IdKey(id)));
  if (before.has_value() && before->record.kind() != principal.kind()) {
    return base::InvalidField("principal.kind", "the kind it was made with");
  }
  PolicyRecords records = RecordsOf(session);
  records.principals[std::string(id)] = principal;
  RETURN_IF_ERROR(CheckHoldsAll(session, std::move(records), std::string(id)));

  ASSIGN_OR_RETURN(const auto known, session.Find(kPersonTable, IdKey(id)));
  person.set_password_hash(known.has_value() ? known->record.password_hash() : std::string());
  if (!password.empty()) RETURN_IF_ERROR(SetPassword(session, id, principal.kind(), password, &person));
  if (before.has_value()) {
    principal.set_number(before->record.number());
  } else {
    ASSIGN_OR_RETURN(const uint64_t number, session.NextNumber(kPrincipalCounter));
    principal.set_number(number);
  }
  session.Put(kPrincipalTable, IdKey(id), principal);
  session.Put(kPersonTable, IdKey(id), person);
  session.log().set_policy(true);
  return absl::OkStatus();
}

Status PutRole(WriteSession& session, std::string_view id, record::Role role) {
  RETURN_IF_ERROR(session.PermitEverywhere<Privilege::kManageGrants>().status());
  RETURN_IF_ERROR(CheckRole(id, role));
  RETURN_IF_ERROR(CheckExist(session, kRoleTable, "role.inherits", role.inherits(), "roles that exist"));
  RETURN_IF_ERROR(CheckNoCycle(session, id, role));

  ASSIGN_OR_RETURN(const auto before, session.Find(kRoleTable, IdKey(id)));
  role.set_created(before.has_value() && before->record.created() != 0 ? before->record.created()
                                                                       : session.now().micros());
  // A stand-in who holds the inherited roles alone: what they hand out must be the viewer's to give.
  PolicyRecords records = RecordsOf(session);
  const std::string probe(kPolicyIdBytesMax + 1, '-');
  records.principals[probe].set_kind(kPersonKind);
  *records.principals[probe].mutable_roles() = role.inherits();
  RETURN_IF_ERROR(CheckHoldsAll(session, std::move(records), probe));
  session.Put(kRoleTable, IdKey(id), role);
  session.log().set_policy(true);
  return absl::OkStatus();
}

Status PutGrant(WriteSession& session, std::string_view id, record::Grant grant, const ScopeAssets& assets) {
  RETURN_IF_ERROR(session.PermitEverywhere<Privilege::kManageGrants>().status());
  record::Scope& scope = *grant.mutable_scope();
  ASSIGN_OR_RETURN(const uint64_t container, ScopeAsset(session, "grant.scope.container", assets.container));
  ASSIGN_OR_RETURN(const uint64_t domain, ScopeAsset(session, "grant.scope.domain", assets.domain));
  ASSIGN_OR_RETURN(const uint64_t asset, ScopeAsset(session, "grant.scope.asset", assets.asset));
  scope.set_container(container);
  scope.set_domain(domain);
  scope.set_asset(asset);
  RETURN_IF_ERROR(CheckGrant(id, grant));
  ASSIGN_OR_RETURN(const auto role, session.Find(kRoleTable, IdKey(grant.role())));
  if (!role.has_value()) return base::InvalidField("grant.role", "a role that exists");

  const WordTable& words = session.words();
  std::shared_ptr<const RuleSet> keep;
  const CompiledGrant compiled = CompileGrant(grant, {words.Intern(kAnyoneInPerson)}, words);
  if (!grant.deny() && !RulesOfViewer(session, keep).Holds(compiled)) {
    return base::PermissionDenied("you can grant only what you hold yourself");
  }
  // Read under a precondition: two who write the same grant must not overwrite one another unseen.
  RETURN_IF_ERROR(session.Find(kGrantTable, IdKey(id)).status());
  session.Put(kGrantTable, IdKey(id), grant);
  session.log().set_policy(true);
  return absl::OkStatus();
}

Status DeleteGrant(WriteSession& session, std::string_view id) {
  RETURN_IF_ERROR(session.PermitEverywhere<Privilege::kManageGrants>().status());
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  ASSIGN_OR_RETURN(const auto before, session.Find(kGrantTable, IdKey(id)));
  if (!before.has_value()) return base::NotFound("there is no such grant");
  session.Remove(kGrantTable, IdKey(id));
  session.log().set_policy(true);
  return absl::OkStatus();
}

StatusOr<std::vector<Visible<RowOf<record::Principal>>>> ListPrincipals(GovernedView& view, std::string_view after,
                                                                        size_t max) {
  return List<record::Principal>(view, kPrincipalTable, after, max, [](const auto&) { return true; });
}

StatusOr<std::vector<Visible<RowOf<record::Role>>>> ListRoles(GovernedView& view, std::string_view after, size_t max) {
  return List<record::Role>(view, kRoleTable, after, max, [](const auto&) { return true; });
}

StatusOr<std::vector<Visible<RowOf<record::Grant>>>> ListGrants(GovernedView& view, std::string_view role,
                                                                std::string_view after, size_t max) {
  return List<record::Grant>(view, kGrantTable, after, max,
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
  return view.Merge(std::move(self));
}

}  // namespace cadastre::authz
