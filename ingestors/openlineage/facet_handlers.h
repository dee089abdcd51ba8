// The handlers of known facets, one declaration each; the tables that name them are in facet_table.cc.
//
// Thread rule: safe.
// Errors: none; a handler marks what is not as specified on the facet's root, and the facet is then also kept verbatim.
// Deliberately does not: appear outside this folder.
#pragma once

#include "ingestors/openlineage/facet.h"

namespace cadastre::openlineage {

// facets_dataset.cc
void ReadSchema(Facet& facet);
void ReadDataSource(Facet& facet);
void ReadVersion(Facet& facet);
void ReadStorage(Facet& facet);
void ReadCatalog(Facet& facet);
void ReadHierarchy(Facet& facet);
void ReadDatasetType(Facet& facet);
void ReadLifecycle(Facet& facet);
void ReadTableStateChange(Facet& facet);
void ReadSymlinks(Facet& facet);

// facets_business.cc
void ReadDocumentation(Facet& facet);
void ReadOwnership(Facet& facet);
void ReadTags(Facet& facet);

// facets_quality.cc
void ReadMetrics(Facet& facet);
void ReadAssertions(Facet& facet);
void ReadStatistics(Facet& facet);
void ReadStats(Facet& facet);
void ReadSubset(Facet& facet);
void ReadIcebergReport(Facet& facet);
void ReadTests(Facet& facet);

// facets_job.cc
void ReadSql(Facet& facet);
void ReadSourceCode(Facet& facet);
void ReadSourceLocation(Facet& facet);
void ReadJobType(Facet& facet);

// facets_run.cc
void ReadNominalTime(Facet& facet);
void ReadParent(Facet& facet);
void ReadFormerParent(Facet& facet);
void ReadErrorMessage(Facet& facet);
void ReadProcessingEngine(Facet& facet);
void ReadExternalQuery(Facet& facet);
void ReadExtractionError(Facet& facet);
void ReadExecutionParameters(Facet& facet);
void ReadJobDependencies(Facet& facet);

// facets_lineage.cc
void ReadDatasetLineage(Facet& facet);
void ReadEntriesLineage(Facet& facet);
void ReadColumnLineage(Facet& facet);

}  // namespace cadastre::openlineage
