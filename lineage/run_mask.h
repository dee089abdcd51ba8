// What of a run a viewer of its job may see. Thread rule: compatible.
#pragma once

#include "authz/view/view.h"
#include "cadastre/record/lineage.pb.h"

namespace cadastre::lineage {

// Drops datasets and parents that are hidden, whatever facets name of what is hidden (authz/view/reference_mask.h),
// facets of datasets without read_operations, statistics of masked columns, facets that another privilege opens (SQL,
// source code and those of unknown meaning: read_code; copies of known ones: what opens their values), values of the
// data without read_samples on their dataset (of the run's own tests: on its job and on every dataset it touched), the
// run's own tests where one of these is hidden or a column of one, and what only the writing side needs.
void MaskRun(AssetId job, record::Run& run, authz::ColumnSight& sight);

}  // namespace cadastre::lineage
