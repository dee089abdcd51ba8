#include "authz/write/stand_in.h"

#include <algorithm>
#include <optional>

#include "authz/policy/policy.h"

namespace cadastre::authz {
namespace {

// Where an allow of it on everything would not help, it is a deny that keeps it.
bool IsDenied(const WriteSession& session, const RuleSet& rules, Privilege privilege, AssetId asset) {
  // Most have none, and their rules need no copy.
  if (!Denies(rules, privilege)) return false;
  RuleSet allowed = rules;
  CompiledGrant everything;
  everything.privileges.Add(privilege);
  allowed.grants.push_back(everything);
  allowed.anywhere.Add(privilege);
  return !session.EvaluatorOver(session.published().labels).Allows(allowed, privilege, asset);
}

}  // namespace

bool Denies(const RuleSet& rules, Privilege privilege) {
  return std::any_of(rules.grants.begin(), rules.grants.end(),
                     [&](const CompiledGrant& grant) { return grant.deny && grant.privileges.Has(privilege); });
}

bool DeniesByName(const RuleSet& rules, Privilege privilege, const CanonicalName& name) {
  const AssetNameView view = AssetNameView::Of(*name);
  return std::any_of(rules.grants.begin(), rules.grants.end(), [&](const CompiledGrant& grant) {
    return grant.deny && grant.privileges.Has(privilege) && grant.CoversName(view);
  });
}

bool MayPushInstead(WriteSession& session, Privilege privilege, const CanonicalName& name) {
  if (!session.MayPush(name)) return false;
  const RuleSet& rules = session.view().rules();
  const StatusOr<AssetId> seen = session.view().ResolveExact(name);
  return seen.ok() ? !IsDenied(session, rules, privilege, *seen) : !DeniesByName(rules, privilege, name);
}

bool HoldsByPolicy(WriteSession& session, Privilege privilege, const CanonicalName& name) {
  const std::optional<AssetId> id = session.FindName(name);
  if (id && session.IsNew(*id)) return session.May(privilege, *id);
  const RuleSet& rules = session.view().rules();
  const PolicyEvaluator evaluator = session.EvaluatorOver(session.published().labels);
  if (id) return evaluator.Allows(rules, privilege, *id) && session.HoldLabels(*id).ok();
  record::AssetHeader header;
  header.set_kind(static_cast<uint32_t>(name->kind));
  header.set_namespace_(name->ns);
  header.set_name(name->name);
  const AssetLabels labels = InternLabels(header, session.words(), *session.published().environments);
  return evaluator.Allows(rules, privilege, AssetId(0), labels, *name);
}

}  // namespace cadastre::authz
