// Lists of assets as a viewer sees them: by name, and by what they lie in. Names merged with one another are one row:
// under their living name (authz::MergedSets), in the place of the first of those of them that the list holds.
//
// Functions over a view; thread rule: confined. Errors: those of the view's reads. Names the viewer does not see count
// nowhere, so that a page is as full and as ordered as it were without them. Notes nothing of names alone; who shows
// the rows does.
// Deliberately does not: summarize.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"

namespace cadastre::catalog {

struct ListedAsset {
  // Where the row stands, and where the next page goes on.
  AssetId place;
  // What it shows.
  AssetId living;
};

// Which names a list holds.
struct NameRange {
  AssetKind first = static_cast<AssetKind>(1);
  AssetKind last = static_cast<AssetKind>(base::kAssetKindMax);
  // nullopt: all, and then `prefix` is empty.
  std::optional<std::string> ns;
  std::string prefix;

  bool Has(const AssetName& name) const;
};

// In order of kind, namespace and name, after `after`; at most `max`.
StatusOr<std::vector<ListedAsset>> ScanAssets(authz::GovernedView& view, const NameRange& range,
                                              const std::optional<AssetName>& after, size_t max);

// Visible direct members of a container or domain, by id, after `after`; at most `max`. Of a domain only those whose
// domain the viewer may read. `more`: set where visible ones follow.
StatusOr<std::vector<ListedAsset>> ScanMembers(authz::GovernedView& view, AssetId container, AssetId after, size_t max,
                                               bool* more);

}  // namespace cadastre::catalog
