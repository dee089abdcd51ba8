#include "authz/accounts/deny_rules.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "authz/identity/principal_kind.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

using Rules = std::shared_ptr<const RuleSet>;
using Denies = std::vector<CompiledGrant>;

Denies DeniesOf(const Rules& rules) {
  Denies denies;
  if (rules == nullptr) return denies;
  std::copy_if(rules->grants.begin(), rules->grants.end(), std::back_inserter(denies),
               [](const CompiledGrant& grant) { return grant.deny; });
  return denies;
}

// Does the deny hold for these rules too, be it by another grant?
bool LiesUnder(const Rules& rules, const CompiledGrant& deny) {
  for (int number = 1; number < kPrivilegeCount; ++number) {
    const auto privilege = static_cast<Privilege>(number);
    if (!deny.privileges.Has(privilege)) continue;
    const bool held = std::any_of(rules->grants.begin(), rules->grants.end(), [&](const CompiledGrant& own) {
      return own.deny && own.privileges.Has(privilege) && own.Includes(deny);
    });
    if (!held) return false;
  }
  return true;
}

bool LiesUnderAll(const Rules& rules, const Denies& denies) {
  return std::all_of(denies.begin(), denies.end(), [&](const CompiledGrant& deny) { return LiesUnder(rules, deny); });
}

bool Manages(const Rules& rules) { return rules != nullptr && rules->anywhere.Has(Privilege::kManageGrants); }

Status CheckLiftsNone(const Policy& before, const Policy& after, const Denies& denies) {
  for (const auto& [id, principal] : after.records().principals) {
    if (Is(PrincipalKind::kGroup, principal.kind())) continue;
    const Rules then = before.RulesOf(id);
    const Rules now = after.RulesOf(id);
    if (now == nullptr || LiesUnderAll(now, denies)) continue;
    const bool lifted = then != nullptr && std::any_of(denies.begin(), denies.end(), [&](const CompiledGrant& deny) {
                          return LiesUnder(then, deny) && !LiesUnder(now, deny);
                        });
    if (lifted) {
      return base::PermissionDenied("it would lift a deny that holds for you: another who manages grants may do it");
    }
    if (Manages(now) && !Manages(then)) {
      return base::PermissionDenied("a deny holds for you, and who manages grants through you must lie under it too");
    }
  }
  return absl::OkStatus();
}

// Whoever could take back what `struck` holds of new denies.
bool AnotherCould(const Policy& after, const std::string& viewer, const Denies& struck) {
  const auto& principals = after.records().principals;
  return std::any_of(principals.begin(), principals.end(), [&](const auto& row) {
    if (row.first == viewer || Is(PrincipalKind::kGroup, row.second.kind())) return false;
    const Rules rules = after.RulesOf(row.first);
    return rules != nullptr && rules->everywhere.Has(Privilege::kManageGrants) &&
           std::none_of(struck.begin(), struck.end(),
                        [&](const CompiledGrant& deny) { return LiesUnder(rules, deny); });
  });
}

// Does an allow of these rules cover it, whatever their denies say?
bool IsAllowed(const RuleSet& rules, const CompiledGrant& grant) {
  for (int number = 1; number < kPrivilegeCount; ++number) {
    const auto privilege = static_cast<Privilege>(number);
    if (!grant.privileges.Has(privilege)) continue;
    const bool allowed = std::any_of(rules.grants.begin(), rules.grants.end(), [&](const CompiledGrant& own) {
      return !own.deny && own.privileges.Has(privilege) && own.Includes(grant);
    });
    if (!allowed) return false;
  }
  return true;
}

// Nobody gives what he does not hold, so what the last of its holders who manages grants gives up is lost to all.
// (Of what is granted by owner nothing is asked, because `self` is another in each.)
Status CheckLeavesAGiver(const Policy& after, const Rules& then, const Rules& now) {
  if (then == nullptr) return absl::OkStatus();
  std::vector<CompiledGrant> lost;
  std::copy_if(then->grants.begin(), then->grants.end(), std::back_inserter(lost), [&](const CompiledGrant& grant) {
    return !grant.deny && grant.owners.empty() && (now == nullptr || !IsAllowed(*now, grant));
  });
  if (lost.empty()) return absl::OkStatus();
  for (const auto& [id, principal] : after.records().principals) {
    if (Is(PrincipalKind::kGroup, principal.kind())) continue;
    const Rules rules = after.RulesOf(id);
    if (rules == nullptr || !rules->everywhere.Has(Privilege::kManageGrants)) continue;
    std::erase_if(lost, [&](const CompiledGrant& grant) { return rules->Holds(grant); });
    if (lost.empty()) return absl::OkStatus();
  }
  return base::FailedPrecondition(
      "you would give up what nobody else who manages grants holds, so that nobody could give it again: let another "
      "hold it first");
}

std::vector<Rules> ManagersOfAll(const Policy& policy) {
  std::vector<Rules> managers;
  for (const auto& [id, principal] : policy.records().principals) {
    if (Is(PrincipalKind::kGroup, principal.kind())) continue;
    const Rules rules = policy.RulesOf(id);
    if (rules == nullptr || !rules->everywhere.Has(Privilege::kManageGrants)) continue;
    managers.push_back(rules);
    // He could lift any: of the others nothing is asked.
    if (DeniesOf(rules).empty()) break;
  }
  return managers;
}

// Is there a deny that strikes each of them?
bool AllLieUnderOne(const std::vector<Rules>& managers) {
  if (managers.empty()) return false;
  const Denies denies = DeniesOf(managers.front());
  return std::any_of(denies.begin(), denies.end(), [&](const CompiledGrant& deny) {
    return std::all_of(managers.begin(), managers.end(), [&](const Rules& rules) { return LiesUnder(rules, deny); });
  });
}

// Whoever is left after the change: also one that is about others alone.
Status CheckLeavesALifter(const Policy& before, const Policy& after) {
  if (!AllLieUnderOne(ManagersOfAll(after)) || AllLieUnderOne(ManagersOfAll(before))) return absl::OkStatus();
  return base::FailedPrecondition(
      "a deny would hold for everybody who manages grants, so that nobody could ever lift it: let another manage them "
      "first, whom it does not reach");
}

}  // namespace

Status CheckDenies(const WriteSession& session, const PolicyRecords& after_records) {
  const Policy& before = *session.published().policy;
  const std::shared_ptr<const Policy> after = Policy::Compile(after_records, session.words());
  const std::string& viewer = session.viewer().principal();
  const Rules then = before.RulesOf(viewer);
  const Rules now = after->RulesOf(viewer);
  const Denies denies = DeniesOf(then);
  if (!denies.empty()) RETURN_IF_ERROR(CheckLiftsNone(before, *after, denies));

  Denies struck = DeniesOf(now);
  std::erase_if(struck, [&](const CompiledGrant& deny) { return then != nullptr && LiesUnder(then, deny); });
  const bool manages = now != nullptr && now->everywhere.Has(Privilege::kManageGrants);
  if ((manages && struck.empty()) || AnotherCould(*after, viewer, struck)) {
    RETURN_IF_ERROR(CheckLeavesALifter(before, *after));
    return CheckLeavesAGiver(*after, then, now);
  }
  if (!manages && struck.empty()) {
    return base::FailedPrecondition("nobody would be left who manages grants on everything: let another do so first");
  }
  return base::FailedPrecondition("it would strike you, and nobody else who manages grants could take it back");
}

Status CheckReachedByDenies(const WriteSession& session, const std::string& principal) {
  const Policy& policy = *session.published().policy;
  const Denies denies = DeniesOf(policy.RulesOf(session.viewer().principal()));
  const Rules rules = policy.RulesOf(principal);
  if (denies.empty() || !Manages(rules) || LiesUnderAll(rules, denies)) return absl::OkStatus();
  return base::PermissionDenied("a deny holds for you that does not hold for him, and he manages grants");
}

}  // namespace cadastre::authz
