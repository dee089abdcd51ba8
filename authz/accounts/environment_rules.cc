#include "authz/accounts/environment_rules.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "authz/accounts/policy_rows.h"
#include "authz/policy/environments.h"
#include "authz/policy/policy_checks.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

using RulesByName = std::map<std::string, record::EnvironmentRule>;

// A longer prefix takes namespaces from a shorter one, so a rule moves more than it names: no grant of one's own may
// depend on any of them, save what is held on everything anyway, and nobody else's may give what one could not grant.
Status CheckMayMove(const WriteSession& session) {
  const auto own = session.published().policy->RulesOf(session.viewer().principal());
  if (own == nullptr) return absl::OkStatus();
  for (const auto& [id, grant] : session.published().policy->records().grants) {
    if (grant.deny() || grant.scope().environment().empty()) continue;
    if ((CompileGrant(grant, {}, session.words()).privileges.bits() & ~own->everywhere.bits()) == 0) continue;
    return base::PermissionDenied("the grant ", id,
                                  " names an environment and gives privileges that you do not hold on everything");
  }
  const bool named = std::any_of(own->grants.begin(), own->grants.end(), [&](const CompiledGrant& grant) {
    if (grant.environment == 0) return false;
    return grant.deny || (grant.privileges.bits() & ~own->everywhere.bits()) != 0;
  });
  if (!named) return absl::OkStatus();
  return base::PermissionDenied("a grant of your own names an environment: another who manages grants may do it");
}

// Of the rules as they would be.
Status CheckNamesStand(const WriteSession& session, const RulesByName& rules) {
  for (const auto& [id, grant] : session.published().policy->records().grants) {
    const std::string& word = grant.scope().environment();
    if (word.empty()) continue;
    const bool given =
        std::any_of(rules.begin(), rules.end(), [&](const auto& rule) { return rule.second.environment() == word; });
    if (!given) return base::FailedPrecondition("the grant ", id, " names the environment ", word);
  }
  return absl::OkStatus();
}

}  // namespace

std::string EtagOf(const record::EnvironmentRule& rule) { return HashOf(rule.SerializeAsString()); }

StatusOr<record::EnvironmentRule> PutEnvironmentRule(WriteSession& session, PolicyPermit permit, std::string_view id,
                                                     record::EnvironmentRule rule, const Replacement& how) {
  RETURN_IF_ERROR(CheckPolicyId("rule.id", id));
  ASSIGN_OR_RETURN(const auto before, session.Find(kEnvironmentTable, IdKey(id)));
  RETURN_IF_ERROR(CheckStands(how, "rule", before ? std::optional(EtagOf(before->record)) : std::nullopt));
  if (before && !how.Has("namespace")) rule.set_namespace_(before->record.namespace_());
  if (before && !how.Has("environment")) rule.set_environment(before->record.environment());
  RETURN_IF_ERROR(CheckEnvironmentRule(id, rule));
  RETURN_IF_ERROR(CheckMayMove(session));
  RulesByName rules = session.published().policy->records().environments;
  for (const auto& [other, standing] : rules) {
    if (other != id && standing.namespace_() == rule.namespace_()) {
      return base::InvalidField("rule.namespace", base::Cat("a namespace that no other rule names: ", other, " does"));
    }
  }
  rules[std::string(id)] = rule;
  if (rules.size() > kEnvironmentRulesMax) return base::ResourceExhausted("there are 1,000 rules already");
  RETURN_IF_ERROR(CheckNamesStand(session, rules));
  if (session.Put(RowPermit(permit), kEnvironmentTable, IdKey(id), rule)) session.log().set_policy(true);
  return rule;
}

Status DeleteEnvironmentRule(WriteSession& session, PolicyPermit permit, std::string_view id, std::string_view etag) {
  RETURN_IF_ERROR(CheckPolicyId("id", id));
  ASSIGN_OR_RETURN(const auto before, session.Find(kEnvironmentTable, IdKey(id)));
  if (!before) return base::NotFound("there is no such rule");
  RETURN_IF_ERROR(CheckStands(IfStill(etag), "rule", EtagOf(before->record)));
  RETURN_IF_ERROR(CheckMayMove(session));
  RulesByName rules = session.published().policy->records().environments;
  rules.erase(std::string(id));
  RETURN_IF_ERROR(CheckNamesStand(session, rules));
  session.Remove(RowPermit(permit), kEnvironmentTable, IdKey(id));
  session.log().set_policy(true);
  return absl::OkStatus();
}

StatusOr<Visible<RowOf<record::EnvironmentRule>>> FindEnvironmentRule(GovernedView& view, std::string_view id) {
  return FindRow(view, kEnvironmentTable, id, "rule");
}

StatusOr<std::vector<Visible<RowOf<record::EnvironmentRule>>>> ListEnvironmentRules(GovernedView& view,
                                                                                    std::string_view after,
                                                                                    size_t max) {
  return ListRows<record::EnvironmentRule>(view, kEnvironmentTable, after, max, [](const auto&) { return true; });
}

}  // namespace cadastre::authz
