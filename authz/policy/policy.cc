#include "authz/policy/policy.h"
#include "authz/identity/principal_kind.h"

#include <xxhash.h>

#include <algorithm>
#include <set>
#include <utility>

#include "authz/policy/policy_checks.h"

namespace cadastre::authz {
namespace {

using GrantsOfRole = std::map<std::string_view, std::vector<const record::Grant*>>;

const record::Principal* FindGroup(const PolicyRecords& records, const std::string& id) {
  auto found = records.principals.find(id);
  if (found == records.principals.end()) return nullptr;
  return Is(PrincipalKind::kGroup, found->second.kind()) && !found->second.disabled() ? &found->second : nullptr;
}

// The groups of a principal and those they lie in. Each is walked once, so cycles end.
std::set<std::string> AllGroups(const PolicyRecords& records, const record::Principal& principal) {
  std::set<std::string> groups;
  std::vector<const record::Principal*> open{&principal};
  while (!open.empty()) {
    const record::Principal* member = open.back();
    open.pop_back();
    for (const std::string& id : member->groups()) {
      const record::Principal* group = FindGroup(records, id);
      if (group != nullptr && groups.insert(id).second) open.push_back(group);
    }
  }
  return groups;
}

std::set<std::string> AllRoles(const PolicyRecords& records, const record::Principal& principal,
                               const std::set<std::string>& groups) {
  std::vector<std::string> open(principal.roles().begin(), principal.roles().end());
  for (const std::string& group : groups) {
    const auto& held = records.principals.at(group).roles();
    open.insert(open.end(), held.begin(), held.end());
  }
  std::set<std::string> roles;
  while (!open.empty()) {
    const std::string id = std::move(open.back());
    open.pop_back();
    auto role = records.roles.find(id);
    if (role == records.roles.end() || !roles.insert(id).second) continue;
    open.insert(open.end(), role->second.inherits().begin(), role->second.inherits().end());
  }
  return roles;
}

// Whoever a grant's owner stands for; `self_words` are the viewer and its groups.
std::vector<uint32_t> OwnersOf(const record::Scope& scope, const std::vector<uint32_t>& self_words,
                               const WordTable& words) {
  if (scope.owner().empty()) return {};
  if (scope.owner() == kSelf) return self_words;
  return {words.Intern(scope.owner())};
}

uint64_t DigestOf(const std::vector<CompiledGrant>& grants) {
  std::string bytes;
  auto number = [&bytes](uint64_t value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof(value)); };
  auto text = [&](const std::string& value) {
    number(value.size());
    bytes.append(value);
  };
  for (const CompiledGrant& grant : grants) {
    number(grant.privileges.bits());
    number(grant.deny);
    number(grant.kinds);
    text(grant.namespace_text);
    number(grant.namespace_is_prefix);
    text(grant.name_prefix);
    number(grant.container.value());
    number(grant.domain.value());
    number(grant.environment);
    number(grant.tag);
    number(grant.classification);
    number(grant.owners.size());
    for (const uint32_t owner : grant.owners) number(owner);
    number(grant.asset.value());
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

RuleSet MakeRuleSet(std::vector<CompiledGrant> grants) {
  std::sort(grants.begin(), grants.end());
  grants.erase(std::unique(grants.begin(), grants.end()), grants.end());
  RuleSet rules;
  rules.digest = DigestOf(grants);
  for (int number = 1; number < kPrivilegeCount; ++number) {
    const auto privilege = static_cast<Privilege>(number);
    bool everywhere = false;
    bool denied = false;
    for (const CompiledGrant& grant : grants) {
      if (!grant.privileges.Has(privilege)) continue;
      if (grant.deny) {
        denied = true;
      } else {
        rules.anywhere.Add(privilege);
        everywhere = everywhere || grant.CoversEverything();
      }
    }
    if (everywhere && !denied) rules.everywhere.Add(privilege);
  }
  rules.grants = std::move(grants);
  return rules;
}

std::vector<CompiledGrant> GrantsOf(const GrantsOfRole& grants_of_role, const WordTable& words,
                                    std::string_view principal, const std::set<std::string>& groups,
                                    const std::set<std::string>& roles) {
  std::vector<uint32_t> self_words{words.Intern(principal)};
  for (const std::string& group : groups) self_words.push_back(words.Intern(group));
  std::sort(self_words.begin(), self_words.end());
  std::vector<CompiledGrant> grants;
  for (const std::string& role : roles) {
    auto held = grants_of_role.find(role);
    if (held == grants_of_role.end()) continue;
    for (const record::Grant* grant : held->second) grants.push_back(CompileGrant(*grant, self_words, words));
  }
  return grants;
}

}  // namespace

CompiledGrant CompileGrant(const record::Grant& grant, const std::vector<uint32_t>& self_words,
                           const WordTable& words) {
  CompiledGrant compiled;
  compiled.deny = grant.deny();
  for (const uint32_t number : grant.privileges()) {
    if (number > 0 && number < kPrivilegeCount) compiled.privileges.Add(static_cast<Privilege>(number));
  }
  const record::Scope& scope = grant.scope();
  for (const uint32_t kind : scope.kinds()) {
    compiled.kinds |= CompiledGrant::kKindsStated;
    if (kind > 0 && kind <= base::kAssetKindMax) compiled.kinds |= 1u << kind;
  }
  compiled.namespace_text = scope.namespace_();
  if (compiled.namespace_text.ends_with('*')) {
    compiled.namespace_text.pop_back();
    // A bare `*` narrows nothing.
    compiled.namespace_is_prefix = !compiled.namespace_text.empty();
  } else if (!compiled.namespace_text.empty()) {
    // One of before other spellings were refused.
    compiled.namespace_text = KeptNamespace(compiled.namespace_text);
  }
  compiled.name_prefix = scope.name_prefix();
  compiled.container = AssetId(scope.container());
  compiled.domain = AssetId(scope.domain());
  compiled.environment = words.Intern(scope.environment());
  compiled.tag = words.Intern(scope.tag());
  compiled.classification = words.Intern(scope.classification());
  compiled.owners = OwnersOf(scope, self_words, words);
  compiled.asset = AssetId(scope.asset());
  return compiled;
}

bool CompiledGrant::CoversEverything() const {
  return kinds == 0 && namespace_text.empty() && !namespace_is_prefix && name_prefix.empty() && !container.valid() &&
         !domain.valid() && environment == 0 && tag == 0 && classification == 0 && owners.empty() && !asset.valid();
}

bool CompiledGrant::Includes(const CompiledGrant& narrower) const {
  const auto same_or_any = [](auto outer, auto inner, auto any) { return outer == any || outer == inner; };
  if (kinds != 0 && (narrower.kinds == 0 || (narrower.kinds & ~kinds) != 0)) return false;
  if (namespace_is_prefix) {
    if (!narrower.namespace_text.starts_with(namespace_text)) return false;
  } else if (!namespace_text.empty() && (narrower.namespace_is_prefix || narrower.namespace_text != namespace_text)) {
    return false;
  }
  if (!narrower.name_prefix.starts_with(name_prefix)) return false;
  if (!owners.empty() && (narrower.owners.empty() || !std::includes(owners.begin(), owners.end(),
                                                                    narrower.owners.begin(), narrower.owners.end()))) {
    return false;
  }
  return same_or_any(container, narrower.container, AssetId(0)) && same_or_any(domain, narrower.domain, AssetId(0)) &&
         same_or_any(environment, narrower.environment, 0u) && same_or_any(tag, narrower.tag, 0u) &&
         same_or_any(classification, narrower.classification, 0u) && same_or_any(asset, narrower.asset, AssetId(0));
}

bool RuleSet::Holds(const CompiledGrant& grant) const {
  for (int number = 1; number < kPrivilegeCount; ++number) {
    const auto privilege = static_cast<Privilege>(number);
    if (!grant.privileges.Has(privilege) || everywhere.Has(privilege)) continue;
    bool held = false;
    for (const CompiledGrant& own : grants) {
      if (!own.privileges.Has(privilege)) continue;
      if (own.deny) return false;
      held = held || own.Includes(grant);
    }
    if (!held) return false;
  }
  return true;
}

std::shared_ptr<const Policy> Policy::Compile(PolicyRecords records, const WordTable& words) {
  return std::make_shared<const Policy>(std::move(records), words);
}

Policy::Policy(PolicyRecords records, const WordTable& words) : records_(std::move(records)), words_(words) {
  for (const auto& [id, grant] : records_.grants) grants_of_role_[grant.role()].push_back(&grant);
}

Policy::Compiled Policy::Make(const std::string& principal, const record::Principal& stated) const {
  const std::set<std::string> groups = AllGroups(records_, stated);
  const std::set<std::string> roles = AllRoles(records_, stated, groups);
  RuleSet rules = MakeRuleSet(GrantsOf(grants_of_role_, words_, principal, groups, roles));
  return {
      std::make_shared<const RuleSet>(std::move(rules)), {groups.begin(), groups.end()}, {roles.begin(), roles.end()}};
}

std::shared_ptr<const RuleSet> Policy::Share(std::shared_ptr<const RuleSet> rules) const {
  for (auto [at, end] = shared_.equal_range(rules->digest); at != end; ++at) {
    if (at->second->grants == rules->grants) return at->second;
  }
  shared_.emplace(rules->digest, rules);
  return rules;
}

const Policy::Compiled* Policy::CompiledOf(std::string_view principal) const {
  {
    base::MutexLock lock(mutex_);
    const auto found = compiled_.find(principal);
    if (found != compiled_.end()) return &found->second;
  }
  std::string id(principal);
  const auto stated = records_.principals.find(id);
  if (stated == records_.principals.end() || stated->second.disabled()) return nullptr;
  // Without the lock; of two that make the same, the first stands.
  Compiled made = Make(id, stated->second);
  base::MutexLock lock(mutex_);
  made.rules = Share(std::move(made.rules));
  return &compiled_.try_emplace(std::move(id), std::move(made)).first->second;
}

std::shared_ptr<const RuleSet> Policy::RulesOf(std::string_view principal) const {
  const Compiled* compiled = CompiledOf(principal);
  return compiled == nullptr ? nullptr : compiled->rules;
}

std::vector<std::string> Policy::GroupsOf(std::string_view principal) const {
  const Compiled* compiled = CompiledOf(principal);
  return compiled == nullptr ? std::vector<std::string>() : compiled->groups;
}

std::vector<std::string> Policy::RolesOf(std::string_view principal) const {
  const Compiled* compiled = CompiledOf(principal);
  return compiled == nullptr ? std::vector<std::string>() : compiled->roles;
}

}  // namespace cadastre::authz
