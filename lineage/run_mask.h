// What of a run a viewer of its job may see. Thread rule: compatible.
#pragma once

#include "authz/view/view.h"
#include "cadastre/record/lineage.pb.h"

namespace cadastre::lineage {

// Drops datasets and parents that are hidden, facets of datasets without read_operations, statistics of masked
// columns, facets that another privilege opens (SQL, source code and those of unknown meaning: read_code), values of
// the data without read_samples on their dataset (of the run's own tests: on its job and on every dataset it touched),
// and what only the writing side needs.
void MaskRun(AssetId job, record::Run& run, authz::ColumnSight& sight);

}  // namespace cadastre::lineage
