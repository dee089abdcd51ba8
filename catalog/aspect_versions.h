// The versions of one aspect row as one viewer sees them. Values and functions; thread rule: confined.
//
// What was masked out of versions must not be seen to have changed: versions that a viewer sees as equal are one,
// held since the first of them, as though only what he sees had ever been stated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"
#include "cadastre/record/catalog.pb.h"
#include "catalog/aspect_kind.h"
#include "catalog/merge.h"

namespace cadastre::catalog {

struct AspectVersion {
  // nullopt: withdrawn, or nothing of it may be seen.
  std::optional<v1::Aspect> aspect;
  bool claim = false;
  record::Producer producer;
  Timestamp held;
  // When it was last stated for a time of its own; `held` where never again.
  Timestamp restated;
  Timestamp committed;
  Revision revision;
};

// Of a revealed row.
AspectVersion VersionOf(const authz::RowOf<record::AspectRow>& row);

// All versions of one row, in any order; those left are in the order of revision and held time.
std::vector<AspectVersion> FoldVersions(std::vector<AspectVersion> versions);

// Since when the row stands as the viewer sees it at the view's point. Errors: those of the view.
StatusOr<AspectVersion> StandingVersion(authz::GovernedView& view, const authz::RowOf<record::AspectRow>& row);

// A statement as the viewer sees it, which may stand since an earlier time than as it was stated; and when it was last
// made.
struct SeenValue {
  Statement statement;
  Timestamp last;
};
// Of the asset's own aspect or of one of its columns. Errors: those of the view.
StatusOr<SeenValue> SeenValueOf(authz::GovernedView& view, AssetId asset, uint32_t number,
                                authz::RowOf<record::AspectRow> row);

}  // namespace cadastre::catalog
