// What a profile, quality results and tests say of single columns, and the values of the data in them; and their
// removal, for assets and runs alike.
//
// Owner: none, functions; thread rule: compatible.
#pragma once

#include "authz/view/view.h"
#include "cadastre/catalog/v1/aspects.pb.h"

namespace cadastre::authz {

// Of a profile or of quality results of `asset`: removes what is told of columns that `sight` does not show, values of
// the data without read_samples, and what results name of other assets. The shown columns are noted by `sight`.
// `of_column`: it is stated of a single column, so that results without one are that column's; else their text may
// speak of any, and they go where one is hidden. Of other kinds: nothing.
void MaskStatistics(AssetId asset, bool of_column, catalog::v1::Aspect& aspect, ColumnSight& sight);
// Of whatever kind: empties what opens under read_samples alone, values of the data itself. How many there are stays.
void MaskSamples(catalog::v1::Aspect& aspect);

}  // namespace cadastre::authz
