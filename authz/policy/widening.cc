#include "authz/policy/widening.h"

#include <algorithm>

#include "authz/policy/column_case.h"

namespace cadastre::authz {
namespace {

bool Has(const std::vector<AssetId>& places, AssetId place) {
  return std::find(places.begin(), places.end(), place) != places.end();
}

// A grant that names a place is not asked where it is.
CompiledGrant Anywhere(CompiledGrant grant) {
  grant.container = AssetId(0);
  grant.domain = AssetId(0);
  return grant;
}

bool HasAll(PrivilegeSet set, PrivilegeSet wanted) { return (set.bits() & wanted.bits()) == wanted.bits(); }

}  // namespace

bool Widening::Of(AssetId id, const AssetName& name, const AssetLabels& before, const AssetLabels& after) const {
  if (OnItself(id, name, before, after) || OnColumns(id, name, before, after)) return true;
  if (before.container == after.container && before.domain == after.domain) return false;
  return OnContents(PlacesOf(before_.columns, before), PlacesOf(after_.columns, after));
}

bool Widening::OnItself(AssetId id, const AssetName& name, const AssetLabels& before, const AssetLabels& after) const {
  for (int number = 1; number < kPrivilegeCount; ++number) {
    const auto privilege = static_cast<Privilege>(number);
    if (!rules_.anywhere.Has(privilege)) continue;
    if (after_.evaluator.Allows(rules_, privilege, id, after, name) &&
        !before_.evaluator.Allows(rules_, privilege, id, before, name)) {
      return true;
    }
  }
  return false;
}

bool Widening::OnColumns(AssetId id, const AssetName& name, const AssetLabels& before, const AssetLabels& after) const {
  if (!after_.evaluator.Allows(rules_, Privilege::kBrowse, id, after, name)) return false;
  const std::vector<HiddenColumn> was_hidden = before_.evaluator.HiddenColumns(rules_, id, before, name);
  if (was_hidden.empty()) return false;
  const std::vector<HiddenColumn> hidden = after_.evaluator.HiddenColumns(rules_, id, after, name);
  return std::any_of(was_hidden.begin(), was_hidden.end(), [&](const HiddenColumn& was) {
    return std::none_of(hidden.begin(), hidden.end(),
                        [&](const HiddenColumn& is) { return LiesUnder(was.path, is.path, ColumnCase::kIgnored); });
  });
}

Widening::Places Widening::PlacesOf(const LabelColumns& columns, const AssetLabels& labels) {
  Places places;
  AssetId domain = labels.domain;
  AssetId at = labels.container;
  for (int step = 0; step < kChainStepsMax && at.valid(); ++step) {
    places.containers.push_back(at);
    const AssetLabels& above = columns.Of(at);
    if (!domain.valid()) domain = above.domain;
    at = above.container;
  }
  for (int step = 0; step < kChainStepsMax && domain.valid(); ++step) {
    places.domains.push_back(domain);
    domain = columns.Of(domain).domain;
  }
  return places;
}

bool Widening::OnContents(const Places& before, const Places& after) const {
  // Does the grant begin to reach into the one by leaving the other out?
  const auto reaches = [](const CompiledGrant& grant, const Places& in, const Places& not_in) {
    return (grant.container.valid() && Has(in.containers, grant.container) &&
            !Has(not_in.containers, grant.container)) ||
           (grant.domain.valid() && Has(in.domains, grant.domain) && !Has(not_in.domains, grant.domain));
  };
  const auto stands_in = [](const CompiledGrant& grant, const Places& in) {
    return (!grant.container.valid() || Has(in.containers, grant.container)) &&
           (!grant.domain.valid() || Has(in.domains, grant.domain));
  };
  const auto another = [&](const CompiledGrant& grant, const Places& in) {
    return std::any_of(rules_.grants.begin(), rules_.grants.end(), [&](const CompiledGrant& own) {
      return own.deny == grant.deny && stands_in(own, in) && HasAll(own.privileges, grant.privileges) &&
             Anywhere(own).Includes(Anywhere(grant));
    });
  };
  return std::any_of(rules_.grants.begin(), rules_.grants.end(), [&](const CompiledGrant& grant) {
    if (grant.deny) return reaches(grant, before, after) && !another(grant, after);
    return reaches(grant, after, before) && !another(grant, before);
  });
}

}  // namespace cadastre::authz
