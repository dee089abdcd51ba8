#include <array>

#include "ingestors/openlineage/facet_handlers.h"

namespace cadastre::openlineage {

namespace {

using catalog::v1::Aspect;

constexpr auto kNoAspect = Aspect::VALUE_NOT_SET;

// The names are those of the specification's facets (https://openlineage.io/spec/facets/).
constexpr std::array kDatasetFacets = {
    KnownFacet{"schema", ReadSchema, Aspect::kSchema},
    KnownFacet{"dataSource", ReadDataSource, Aspect::kDataSource},
    KnownFacet{"version", ReadVersion, Aspect::kDatasetVersion},
    KnownFacet{"storage", ReadStorage, Aspect::kStorage},
    KnownFacet{"catalog", ReadCatalog, Aspect::kCatalogEntry},
    KnownFacet{"hierarchy", ReadHierarchy, Aspect::kHierarchy},
    KnownFacet{"datasetType", ReadDatasetType, Aspect::kDatasetType},
    KnownFacet{"lifecycleStateChange", ReadLifecycle, Aspect::kLifecycleChange},
    KnownFacet{"symlinks", ReadSymlinks, kNoAspect},
    KnownFacet{"documentation", ReadDocumentation, Aspect::kDocumentation},
    KnownFacet{"ownership", ReadOwnership, Aspect::kOwnership},
    KnownFacet{"tags", ReadTags, Aspect::kTags},
    KnownFacet{"dataQualityMetrics", ReadMetrics, Aspect::kProfile},
    KnownFacet{"dataQualityAssertions", ReadAssertions, Aspect::kQualityResults},
    KnownFacet{"columnLineage", ReadColumnLineage, kNoAspect},
    KnownFacet{"lineage", ReadDatasetLineage, kNoAspect},
    KnownFacet{"tableStateChange", ReadTableStateChange, Aspect::kLifecycleChange, /*legacy=*/true},
    KnownFacet{"dataQuality", ReadMetrics, Aspect::kProfile, /*legacy=*/true},
    KnownFacet{"stats", ReadStats, Aspect::kVolume, /*legacy=*/true},
};

constexpr std::array kInputFacets = {
    KnownFacet{"dataQualityMetrics", ReadMetrics, Aspect::kProfile},
    KnownFacet{"dataQualityAssertions", ReadAssertions, Aspect::kQualityResults},
    KnownFacet{"inputStatistics", ReadStatistics, Aspect::kIoStatistics},
    KnownFacet{"subset", ReadSubset, Aspect::kSubset},
    KnownFacet{"icebergScanReport", ReadIcebergReport, Aspect::kIcebergReport},
    KnownFacet{"dataQuality", ReadMetrics, Aspect::kProfile, /*legacy=*/true},
};

constexpr std::array kOutputFacets = {
    KnownFacet{"dataQualityAssertions", ReadAssertions, Aspect::kQualityResults},
    KnownFacet{"outputStatistics", ReadStatistics, Aspect::kIoStatistics},
    KnownFacet{"subset", ReadSubset, Aspect::kSubset},
    KnownFacet{"icebergCommitReport", ReadIcebergReport, Aspect::kIcebergReport},
};

constexpr std::array kJobFacets = {
    KnownFacet{"documentation", ReadDocumentation, Aspect::kDocumentation},
    KnownFacet{"ownership", ReadOwnership, Aspect::kOwnership},
    KnownFacet{"tags", ReadTags, Aspect::kTags},
    KnownFacet{"sql", ReadSql, Aspect::kDefinition},
    KnownFacet{"sourceCode", ReadSourceCode, Aspect::kSourceCode},
    KnownFacet{"sourceCodeLocation", ReadSourceLocation, Aspect::kSourceLocation},
    KnownFacet{"jobType", ReadJobType, Aspect::kJobType},
    KnownFacet{"lineage", ReadEntriesLineage, kNoAspect},
};

constexpr std::array kRunFacets = {
    KnownFacet{"nominalTime", ReadNominalTime, Aspect::kNominalTime},
    KnownFacet{"parent", ReadParent, Aspect::kParentRun},
    KnownFacet{"errorMessage", ReadErrorMessage, Aspect::kErrorMessage},
    KnownFacet{"processing_engine", ReadProcessingEngine, Aspect::kProcessingEngine},
    KnownFacet{"externalQuery", ReadExternalQuery, Aspect::kExternalQuery},
    KnownFacet{"extractionError", ReadExtractionError, Aspect::kExtractionError},
    KnownFacet{"executionParameters", ReadExecutionParameters, Aspect::kExecutionParameters},
    KnownFacet{"jobDependencies", ReadJobDependencies, Aspect::kJobDependencies},
    KnownFacet{"test", ReadTests, Aspect::kTestExecution},
    KnownFacet{"tags", ReadTags, Aspect::kTags},
    KnownFacet{"lineage", ReadEntriesLineage, kNoAspect},
    KnownFacet{"parentRun", ReadFormerParent, Aspect::kParentRun, /*legacy=*/true},
    // They hold passwords and tokens more often than metadata.
    KnownFacet{"environmentVariables", nullptr, kNoAspect},
};

}  // namespace

std::span<const KnownFacet> DatasetFacets() { return kDatasetFacets; }
std::span<const KnownFacet> InputFacets() { return kInputFacets; }
std::span<const KnownFacet> OutputFacets() { return kOutputFacets; }
std::span<const KnownFacet> JobFacets() { return kJobFacets; }
std::span<const KnownFacet> RunFacets() { return kRunFacets; }

}  // namespace cadastre::openlineage
