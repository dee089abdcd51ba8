#include "authz/view/merged_sets.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace cadastre::authz {
namespace {

// What orders the names of a set; the least is the living one.
struct Standing {
  bool gone = false;
  bool renamed = false;
  AssetName name;

  auto Key() const { return std::tie(gone, renamed, name.ns, name.name, name.kind); }
};

Standing StandingOf(const Sight& sight, AssetId id) {
  Standing standing;
  standing.name = sight.NameOf(id).value_or(AssetName());
  const AssetLabels* labels = sight.LabelsOf(id);
  if (labels == nullptr) return standing;
  // That its source dropped it opens with `read`.
  standing.gone = labels->deleted || (labels->dropped && sight.Allows(Privilege::kRead, id));
  standing.renamed = std::any_of(labels->merged.begin(), labels->merged.end(),
                                 [&](const MergedName& name) { return name.renamed_to && sight.Sees(name.id); });
  return standing;
}

}  // namespace

std::vector<AssetId> MergedNeighbours(const Sight& sight, AssetId id) {
  std::vector<AssetId> visible;
  // Most are merged with no other.
  if (!sight.point().known_as_of && !sight.published().merged.Has(id)) return visible;
  const AssetLabels* labels = sight.LabelsOf(id);
  if (labels == nullptr) return visible;
  for (const MergedName& name : labels->merged) {
    if (sight.Sees(name.id)) visible.push_back(name.id);
  }
  return visible;
}

const std::vector<AssetId>& MergedSets::Of(AssetId id) {
  const auto [entry, fresh] = sets_.try_emplace(id.value(), std::vector<AssetId>{id});
  if (!fresh || IsAlone(id)) return entry->second;
  std::vector<AssetId> set = {id};
  for (size_t next = 0; next < set.size() && set.size() < kMergedWalkMax; ++next) {
    for (const AssetId other : MergedNeighbours(*sight_, set[next])) {
      if (std::find(set.begin(), set.end(), other) == set.end()) set.push_back(other);
    }
  }
  // By name, because the order of ids tells of assets between.
  std::sort(set.begin() + 1, set.end(), [this](AssetId a, AssetId b) {
    return sight_->NameOf(a).value_or(AssetName()) < sight_->NameOf(b).value_or(AssetName());
  });
  entry->second = std::move(set);
  return entry->second;
}

AssetId MergedSets::LivingNameIn(AssetId id) {
  if (const auto known = living_.find(id); known != living_.end()) return known->second;
  const std::vector<AssetId> set = Of(id);
  AssetId living = id;
  std::optional<Standing> best;
  for (const AssetId member : set) {
    Standing standing = StandingOf(*sight_, member);
    if (best && !(standing.Key() < best->Key())) continue;
    best = std::move(standing);
    living = member;
  }
  for (const AssetId member : set) living_[member] = living;
  return living;
}

}  // namespace cadastre::authz
