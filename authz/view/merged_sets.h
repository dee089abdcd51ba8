// MergedSets: which names one viewer sees as one asset, and which of them stands for all.
//
// Made for one request over its view; thread rule: confined. The set of a name is itself and every name merged with it
// that he sees, directly or through others he sees: what a page shows as one, what a search counts as one hit, what a
// walk steps over for nothing. (Policy takes the whole set, whoever sees what of it: see PolicyEvaluator.)
// At the view's point: in an as-of read as the names were merged then.
// Deliberately does not: note what it tells.
#pragma once

#include <unordered_map>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "authz/view/sight.h"
#include "base/words.h"

namespace cadastre::authz {

// The visible names merged with it directly, by id; none where it is hidden itself.
std::vector<AssetId> MergedNeighbours(const Sight& sight, AssetId id);

class MergedSets {
 public:
  explicit MergedSets(const Sight* sight) : sight_(sight) {}

  // The set of a visible name: itself first, then the others by name. Itself alone where it is hidden. Lives as
  // long as this does.
  const std::vector<AssetId>& Of(AssetId id);
  // The living name of its set: not deleted or dropped before those that are, not renamed to a visible other before
  // renamed, then the first by namespace and name. The same for each of its names.
  AssetId LivingNameOf(AssetId id) { return IsAlone(id) ? id : LivingNameIn(id); }
  // True where the asset is merged with no other: most are, and this costs a bit test.
  bool IsAlone(AssetId id) const { return !sight_->point().known_as_of && !sight_->published().merged.Has(id); }

 private:
  AssetId LivingNameIn(AssetId id);

  const Sight* sight_;
  // Whose values stay where they are.
  std::unordered_map<uint64_t, std::vector<AssetId>> sets_;
  absl::flat_hash_map<AssetId, AssetId> living_;
};

}  // namespace cadastre::authz
