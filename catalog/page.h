// What a viewer sees of one asset: columns and aspects merged over producers and over its visible merged aliases.
//
// Thread rule: confined. Errors: NOT_FOUND (missing or hidden: one text),
// RESOURCE_EXHAUSTED (more than kPageRowsMax rows), and those of the view.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authz/view.h"
#include "base/words.h"
#include "catalog/alias.h"
#include "catalog/merge.h"

namespace cadastre::catalog {

inline constexpr size_t kPageRowsMax = 200'000;

struct ColumnPage {
  std::vector<std::string> path;
  std::string type;
  std::optional<bool> nullable;
  bool primary_key = false;
  int32_t ordinal = 0;
  // Facts about a vanished column are kept and shown as such.
  bool orphaned = false;
  std::vector<MergedAspect> aspects;
};

struct AssetPage {
  AssetId id;
  // Itself and the names merged with it, whose columns and aspects are shown as its own.
  std::vector<AssetId> members;
  AssetName name;
  bool deleted = false;
  // When any of the statements shown was stated last, by its own time; not told of the past.
  std::optional<Timestamp> last_seen;
  // Of the schema in its order, then those only facts speak of.
  std::vector<ColumnPage> columns;
  std::vector<MergedAspect> aspects;
  std::vector<AliasState> aliases;
  // Outermost first; ends at the first hidden one.
  std::vector<AssetName> containers;
};

// The asset at the view's point.
StatusOr<authz::Visible<AssetPage>> FindPage(authz::GovernedView& view, const AssetName& name);

// True where the asset itself, not a name merged with it, has such a column and the viewer sees it. Notes nothing.
StatusOr<bool> HasColumn(authz::GovernedView& view, AssetId asset, const std::vector<std::string>& path);

// Names of the privileges the viewer holds on the asset.
std::vector<std::string> AllowedOn(const authz::GovernedView& view, AssetId id);

}  // namespace cadastre::catalog
