// Which parts of an aspect of an asset speak of single columns, and their removal where the viewer may not see them.
// Thread rule: compatible.
#pragma once

#include "authz/view.h"
#include "base/words.h"
#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::catalog {

// Removes what `aspect` says of columns that `sight` does not show; the shown ones are noted by `sight`.
void MaskAspect(AssetId asset, v1::Aspect& aspect, authz::ColumnSight& sight);

}  // namespace cadastre::catalog
