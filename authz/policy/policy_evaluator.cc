#include <algorithm>
#include <map>

#include "authz/policy/column_mask.h"
#include "authz/policy/policy.h"

namespace cadastre::authz {
namespace {

bool Contains(const std::vector<uint32_t>& sorted, uint32_t word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

bool ContainsAny(const std::vector<uint32_t>& sorted, const std::vector<uint32_t>& words) {
  return std::any_of(words.begin(), words.end(), [&](uint32_t word) { return Contains(sorted, word); });
}

// Does the scope look at anything beside kind, namespace and name?
bool NarrowedByLabels(const CompiledGrant& grant) {
  return grant.container.valid() || grant.domain.valid() || grant.environment != 0 || grant.tag != 0 ||
         grant.classification != 0 || !grant.owners.empty() || grant.asset.valid();
}

}  // namespace

bool CompiledGrant::CoversName(const AssetNameView& name) const {
  if (kinds != 0 && ((kinds >> static_cast<int>(name.kind)) & 1u) == 0) return false;
  if (namespace_is_prefix) {
    if (!name.ns.starts_with(namespace_text)) return false;
  } else if (!namespace_text.empty() && name.ns != namespace_text) {
    return false;
  }
  return name.name.starts_with(name_prefix);
}

PolicyEvaluator::OneAsset PolicyEvaluator::Gather(const Subject& self) const {
  OneAsset asset{self, {}, true};
  if (self.labels.merged.empty()) return asset;
  const MergedSet set = MergedWith(columns_, self.id, self.labels);
  asset.whole = set.whole;
  for (const AssetId id : set.others) {
    const AssetLabels& labels = columns_.Of(id);
    if (labels.exists) asset.others.push_back({id, labels, registry_.ViewOf(id).value_or(AssetNameView{})});
  }
  return asset;
}

bool PolicyEvaluator::Allows(const RuleSet& rules, Privilege privilege, AssetId id) const {
  const AssetLabels& labels = columns_.Of(id);
  if (!labels.exists || !rules.anywhere.Has(privilege)) return false;
  return AllowsOne(rules, privilege, Gather({id, labels, registry_.ViewOf(id).value_or(AssetNameView{})}));
}

bool PolicyEvaluator::Allows(const RuleSet& rules, Privilege privilege, AssetId id, const AssetLabels& labels,
                             const AssetName& name) const {
  return AllowsOne(rules, privilege, Gather({id, labels, AssetNameView::Of(name)}));
}

bool PolicyEvaluator::AllowsOne(const RuleSet& rules, Privilege privilege, const OneAsset& asset) const {
  if (privilege == Privilege::kNone) return true;
  if (privilege != Privilege::kBrowse && !Granted(rules, Privilege::kBrowse, asset)) return false;
  return Granted(rules, privilege, asset);
}

bool PolicyEvaluator::Granted(const RuleSet& rules, Privilege privilege, const OneAsset& asset) const {
  // A deny of a name that was not reached may hold.
  if (!asset.whole) return false;
  bool allowed = false;
  for (const CompiledGrant& grant : rules.grants) {
    if (!grant.privileges.Has(privilege)) continue;
    if (!grant.deny) {
      allowed = allowed || Covers(grant, asset.self);
      continue;
    }
    if (Covers(grant, asset.self)) return false;
    for (const Subject& other : asset.others) {
      if (Covers(grant, other)) return false;
    }
  }
  return allowed;
}

bool PolicyEvaluator::AllowsPush(const RuleSet& rules, const CanonicalName& name) const {
  const AssetNameView view = AssetNameView::Of(*name);
  bool allowed = false;
  for (const CompiledGrant& grant : rules.grants) {
    if (!grant.privileges.Has(Privilege::kPush) || !grant.CoversName(view)) continue;
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
  const OneAsset asset = Gather({id, labels, AssetNameView::Of(name)});
  if (!Granted(rules, Privilege::kBrowse, asset)) return false;
  return std::all_of(classes.begin(), classes.end(),
                     [&](uint32_t classification) { return AllowsClass(rules, classification, asset); });
}

std::vector<HiddenColumn> PolicyEvaluator::HiddenColumns(const RuleSet& rules, AssetId id) const {
  const AssetLabels& labels = columns_.Of(id);
  if (labels.columns.empty() && labels.merged.empty()) return {};
  return HiddenColumns(rules, id, labels, registry_.NameOf(id).value_or(AssetName{}));
}

std::vector<HiddenColumn> PolicyEvaluator::HiddenColumns(const RuleSet& rules, AssetId id, const AssetLabels& labels,
                                                         const AssetName& name) const {
  std::vector<HiddenColumn> hidden;
  const MergedSet set = MergedWith(columns_, id, labels);
  if (labels.columns.empty() && set.others.empty()) return hidden;
  // Many columns carry the same few sets of classes.
  std::map<std::vector<uint32_t>, bool> allowed;
  const auto add = [&](const std::vector<ClassifiedColumn>& classified, AssetId member) {
    for (const ClassifiedColumn& column : classified) {
      const auto [known, fresh] = allowed.try_emplace(column.classes, false);
      if (fresh) known->second = AllowsColumn(rules, id, labels, name, column.classes);
      if (known->second) continue;
      hidden.push_back({member == id ? column.column : ColumnId(), column.path});
    }
  };
  add(labels.columns, id);
  for (const AssetId other : set.others) add(columns_.Of(other).columns, other);
  if (!hidden.empty()) HideFormerNames(labels, set, hidden);
  return hidden;
}

// A class of one name is not written to the labels of another, whose column may have had other names since before they
// were merged; and a name hidden so may be that of a third one's column.
void PolicyEvaluator::HideFormerNames(const AssetLabels& labels, const MergedSet& set,
                                      std::vector<HiddenColumn>& hidden) const {
  std::vector<const RenamedColumn*> seen;
  for (const RenamedColumn& column : labels.renamed) seen.push_back(&column);
  for (const AssetId other : set.others) {
    for (const RenamedColumn& column : columns_.Of(other).renamed) seen.push_back(&column);
  }
  ColumnMask mask;
  size_t masked = 0;
  for (bool more = !seen.empty(); more;) {
    for (; masked < hidden.size(); ++masked) mask.Hide(hidden[masked].path);
    more = std::erase_if(seen, [&](const RenamedColumn* renamed) {
             if (!mask.Hides(renamed->path)) return false;
             for (const auto& name : renamed->former) hidden.push_back({ColumnId(), name});
             return true;
           }) > 0;
  }
}

bool PolicyEvaluator::AllowsClass(const RuleSet& rules, uint32_t classification, const OneAsset& asset) const {
  bool allowed = false;
  for (const CompiledGrant& grant : rules.grants) {
    if (!grant.privileges.Has(Privilege::kReadColumns)) continue;
    if (!grant.deny) {
      allowed = allowed || CoversClass(grant, classification, asset.self);
      continue;
    }
    if (CoversClass(grant, classification, asset.self)) return false;
    for (const Subject& other : asset.others) {
      if (CoversClass(grant, classification, other)) return false;
    }
  }
  return allowed;
}

bool PolicyEvaluator::CoversClass(const CompiledGrant& grant, uint32_t classification, const Subject& subject) const {
  const bool names_it = grant.classification == 0 || grant.classification == classification;
  // A deny by class also reaches every column of an asset that carries the class itself.
  const bool fits = names_it || (grant.deny && Contains(subject.labels.classes, grant.classification));
  return fits && CoversBesidesClass(grant, subject);
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
  if (!grant.CoversName(subject.name)) return false;
  // A deny holds below what is too deep to be seen; an allow does not.
  if (grant.container.valid() && !InContainer(subject, grant.container, /*cut=*/grant.deny)) return false;
  return !grant.domain.valid() || InDomain(subject, grant.domain, /*cut=*/grant.deny);
}

bool PolicyEvaluator::InContainer(const Subject& subject, AssetId container, bool cut) const {
  if (subject.id == container) return true;
  AssetId at = subject.labels.container;
  for (int step = 0; step < kChainStepsMax && at.valid(); ++step) {
    if (at == container) return true;
    at = columns_.Of(at).container;
  }
  return at.valid() && cut;
}

std::optional<AssetId> PolicyEvaluator::DomainOf(const Subject& subject) const {
  if (subject.labels.domain.valid()) return subject.labels.domain;
  AssetId at = subject.labels.container;
  for (int step = 0; step < kChainStepsMax && at.valid(); ++step) {
    const AssetLabels& above = columns_.Of(at);
    if (above.domain.valid()) return above.domain;
    at = above.container;
  }
  return at.valid() ? std::nullopt : std::optional(AssetId(0));
}

bool PolicyEvaluator::InDomain(const Subject& subject, AssetId domain, bool cut) const {
  if (subject.id == domain) return true;
  const std::optional<AssetId> nearest = DomainOf(subject);
  if (!nearest) return cut;
  AssetId at = *nearest;
  for (int step = 0; step < kChainStepsMax && at.valid(); ++step) {
    if (at == domain) return true;
    at = columns_.Of(at).domain;
  }
  return at.valid() && cut;
}

}  // namespace cadastre::authz
