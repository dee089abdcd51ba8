// StandingColumns: which columns of a dataset have not vanished from its schema, as it stands at a view's point,
// whatever way a source writes a path. A column that no schema ever named has not vanished: many sources state the
// columns somebody described and lineage of the others.
//
// Function over a view; thread rule: compatible once found. Of merged names the schema is the one their page shows.
// Errors: those of the view's reads. What was read is not noted for the audit: nothing of it is shown.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"

namespace cadastre::catalog {

class StandingColumns {
 public:
  // False for a column that an earlier schema named, or named otherwise, and the standing one does not; true where the
  // dataset has no schema that the view sees. Paths are compared as text without case (of ASCII
  // letters), since sources write one column in several ways; a column within one of a type the schema does not take
  // apart stands.
  bool Has(const std::vector<std::string>& path) const;

 private:
  friend StatusOr<StandingColumns> FindStandingColumns(authz::GovernedView& view, AssetId asset);

  bool WasKnown(const std::string& text) const;

  // By text, whether it has columns of its own.
  std::map<std::string, bool> columns_;
  // What columns that vanished were called, and those that stand were called before.
  std::set<std::string> former_;
};

StatusOr<StandingColumns> FindStandingColumns(authz::GovernedView& view, AssetId asset);

}  // namespace cadastre::catalog
