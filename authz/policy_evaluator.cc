#include <algorithm>

#include "authz/policy.h"

namespace cadastre::authz {
namespace {

// Longer chains are cut: a scope above that sees no further, and a cycle ends.
constexpr int kChainStepsMax = 32;

bool Contains(const std::vector<uint32_t>& sorted, uint32_t word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

bool ContainsAny(const std::vector<uint32_t>& sorted, const std::vector<uint32_t>& words) {
  return std::any_of(words.begin(), words.end(), [&](uint32_t word) { return Contains(sorted, word); });
}

// The part of a scope that a name alone decides.
bool NameFits(const CompiledGrant& grant, const AssetNameView& name) {
  if (grant.kinds != 0 && ((grant.kinds >> static_cast<int>(name.kind)) & 1u) == 0) return false;
  if (grant.namespace_is_prefix) {
    if (!name.ns.starts_with(grant.namespace_text)) return false;
  } else if (!grant.namespace_text.empty() && name.ns != grant.namespace_text) {
    return false;
  }
  return name.name.starts_with(grant.name_prefix);
}

// Does the scope look at anything beside kind, namespace and name?
bool NarrowedByLabels(const CompiledGrant& grant) {
  return grant.container.valid() || grant.domain.valid() || grant.environment != 0 || grant.tag != 0 ||
         grant.classification != 0 || !grant.owners.empty() || grant.asset.valid();
}

}  // namespace

bool PolicyEvaluator::Allows(const RuleSet& rules, Privilege privilege, AssetId id) const {
  const AssetLabels& labels = columns_.Of(id);
  if (!labels.exists || !rules.anywhere.Has(privilege)) return false;
  return AllowsSubject(rules, privilege, {id, labels, registry_.ViewOf(id).value_or(AssetNameView{})});
}

bool PolicyEvaluator::Allows(const RuleSet& rules, Privilege privilege, AssetId id, const AssetLabels& labels,
                             const AssetName& name) const {
  return AllowsSubject(rules, privilege, {id, labels, AssetNameView::Of(name)});
}

bool PolicyEvaluator::AllowsSubject(const RuleSet& rules, Privilege privilege, const Subject& subject) const {
  if (privilege == Privilege::kNone) return true;
  if (privilege != Privilege::kBrowse && !Granted(rules, Privilege::kBrowse, subject)) return false;
  return Granted(rules, privilege, subject);
}

bool PolicyEvaluator::Granted(const RuleSet& rules, Privilege privilege, const Subject& subject) const {
  bool allowed = false;
  for (const CompiledGrant& grant : rules.grants) {
    if (!grant.privileges.Has(privilege)) continue;
    if (!grant.deny && allowed) continue;
    if (!Covers(grant, subject)) continue;
    if (grant.deny) return false;
    allowed = true;
  }
  return allowed;
}

bool PolicyEvaluator::AllowsPush(const RuleSet& rules, const AssetName& name) const {
  const AssetNameView view = AssetNameView::Of(name);
  bool allowed = false;
  for (const CompiledGrant& grant : rules.grants) {
    if (!grant.privileges.Has(Privilege::kPush) || !NameFits(grant, view)) continue;
    if (grant.deny) return false;
    allowed = allowed || !NarrowedByLabels(grant);
  }
  return allowed;
}

bool PolicyEvaluator::AllowsColumn(const RuleSet& rules, AssetId id, const std::vector<uint32_t>& classes) const {
  const AssetLabels& labels = columns_.Of(id);
  if (!labels.exists) return false;
  return AllowsColumn(rules, id, labels, registry_.NameOf(id).value_or(AssetName{}), classes);
}

bool PolicyEvaluator::AllowsColumn(const RuleSet& rules, AssetId id, const AssetLabels& labels, const AssetName& name,
                                   const std::vector<uint32_t>& classes) const {
  const Subject subject{id, labels, AssetNameView::Of(name)};
  if (!Granted(rules, Privilege::kBrowse, subject)) return false;
  return std::all_of(classes.begin(), classes.end(),
                     [&](uint32_t classification) { return AllowsClass(rules, classification, subject); });
}

bool PolicyEvaluator::AllowsClass(const RuleSet& rules, uint32_t classification, const Subject& subject) const {
  bool allowed = false;
  for (const CompiledGrant& grant : rules.grants) {
    if (!grant.privileges.Has(Privilege::kReadColumns)) continue;
    const bool names_it = grant.classification == 0 || grant.classification == classification;
    // A deny by class also reaches every column of an asset that carries the class itself.
    const bool fits = names_it || (grant.deny && Contains(subject.labels.classes, grant.classification));
    if (!fits || !CoversBesidesClass(grant, subject)) continue;
    if (grant.deny) return false;
    allowed = true;
  }
  return allowed;
}

bool PolicyEvaluator::Covers(const CompiledGrant& grant, const Subject& subject) const {
  if (grant.classification != 0 && !Contains(subject.labels.classes, grant.classification)) return false;
  return CoversBesidesClass(grant, subject);
}

bool PolicyEvaluator::CoversBesidesClass(const CompiledGrant& grant, const Subject& subject) const {
  const AssetLabels& labels = subject.labels;
  if (grant.asset.valid() && grant.asset != subject.id) return false;
  if (grant.environment != 0 && grant.environment != labels.environment) return false;
  if (grant.tag != 0 && !Contains(labels.tags, grant.tag)) return false;
  if (!grant.owners.empty() && !ContainsAny(labels.owners, grant.owners)) return false;
  if (!NameFits(grant, subject.name)) return false;
  if (grant.container.valid() && !InContainer(subject, grant.container)) return false;
  return !grant.domain.valid() || InDomain(subject, grant.domain);
}

bool PolicyEvaluator::InContainer(const Subject& subject, AssetId container) const {
  if (subject.id == container) return true;
  AssetId at = subject.labels.container;
  for (int step = 0; step < kChainStepsMax && at.valid(); ++step) {
    if (at == container) return true;
    at = columns_.Of(at).container;
  }
  return false;
}

AssetId PolicyEvaluator::DomainOf(const Subject& subject) const {
  if (subject.labels.domain.valid()) return subject.labels.domain;
  AssetId at = subject.labels.container;
  for (int step = 0; step < kChainStepsMax && at.valid(); ++step) {
    const AssetLabels& above = columns_.Of(at);
    if (above.domain.valid()) return above.domain;
    at = above.container;
  }
  return AssetId(0);
}

bool PolicyEvaluator::InDomain(const Subject& subject, AssetId domain) const {
  if (subject.id == domain) return true;
  AssetId at = DomainOf(subject);
  for (int step = 0; step < kChainStepsMax && at.valid(); ++step) {
    if (at == domain) return true;
    at = columns_.Of(at).domain;
  }
  return false;
}

}  // namespace cadastre::authz
