// What opens a facet that is kept as it came, word for word: what would open the typed value of its name.
//
// A known facet is kept so beside its typed value where it said more than its specification has, or not what that has
// (ingestors/openlineage). Without this its copy would show, to whoever reads code, what the value hides.
// Owner: none, functions; thread rule: safe.
// Deliberately does not: know the facets of unknown meaning, which open as code alone does.
#pragma once

#include <string_view>

#include "authz/policy/privilege.h"
#include "authz/view/view.h"
#include "base/words.h"

namespace cadastre::authz {

struct TypedForm {
  std::string_view facet;
  Privilege privilege;
  // It names columns: of the asset, and of the datasets it refers to.
  bool columns = false;
  // It holds values of the data.
  bool samples = false;
};

// Null for a facet without a typed value. The facets of a job that stand with a run are called `job.<name>`.
const TypedForm* TypedFormOf(std::string_view facet);

// Beside `read_code`. A copy is not taken apart: where the typed value would be masked, it is not shown at all.
bool OpensVerbatim(std::string_view facet, AssetId asset, const ColumnSight& sight);

}  // namespace cadastre::authz
