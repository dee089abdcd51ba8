#include "authz/view/verbatim_facets.h"

#include <algorithm>
#include <array>

namespace cadastre::authz {
namespace {

constexpr TypedForm Plain(std::string_view facet, Privilege privilege) { return {facet, privilege, false, false}; }
constexpr TypedForm WithColumns(std::string_view facet, Privilege privilege) { return {facet, privilege, true, false}; }
constexpr TypedForm WithValues(std::string_view facet) { return {facet, Privilege::kReadOperations, true, true}; }

// Each facet of ingestors/openlineage/facet_table.cc that has a typed value, or says what edges and aliases say.
constexpr std::array kForms = {
    WithColumns("schema", Privilege::kRead),
    Plain("dataSource", Privilege::kRead),
    Plain("version", Privilege::kRead),
    Plain("storage", Privilege::kRead),
    Plain("catalog", Privilege::kRead),
    Plain("hierarchy", Privilege::kRead),
    Plain("datasetType", Privilege::kBrowse),
    Plain("lifecycleStateChange", Privilege::kRead),
    Plain("tableStateChange", Privilege::kRead),
    Plain("symlinks", Privilege::kBrowse),
    Plain("documentation", Privilege::kRead),
    Plain("ownership", Privilege::kRead),
    WithColumns("tags", Privilege::kRead),
    WithValues("dataQualityMetrics"),
    WithValues("dataQuality"),
    WithValues("dataQualityAssertions"),
    WithColumns("columnLineage", Privilege::kBrowse),
    WithColumns("lineage", Privilege::kBrowse),
    Plain("stats", Privilege::kReadOperations),
    Plain("inputStatistics", Privilege::kReadOperations),
    Plain("outputStatistics", Privilege::kReadOperations),
    WithColumns("subset", Privilege::kReadOperations),
    WithColumns("icebergScanReport", Privilege::kReadOperations),
    WithColumns("icebergCommitReport", Privilege::kReadOperations),
    Plain("sql", Privilege::kReadCode),
    Plain("sourceCode", Privilege::kReadCode),
    Plain("sourceCodeLocation", Privilege::kRead),
    Plain("jobType", Privilege::kBrowse),
    Plain("nominalTime", Privilege::kReadOperations),
    Plain("parent", Privilege::kReadOperations),
    Plain("parentRun", Privilege::kReadOperations),
    Plain("errorMessage", Privilege::kReadOperations),
    Plain("processing_engine", Privilege::kReadOperations),
    Plain("externalQuery", Privilege::kReadOperations),
    Plain("extractionError", Privilege::kReadOperations),
    Plain("executionParameters", Privilege::kReadOperations),
    Plain("jobDependencies", Privilege::kRead),
    WithValues("test"),
};

}  // namespace

const TypedForm* TypedFormOf(std::string_view facet) {
  constexpr std::string_view kOfJob = "job.";
  if (facet.starts_with(kOfJob)) facet.remove_prefix(kOfJob.size());
  const auto* const form =
      std::find_if(kForms.begin(), kForms.end(), [&](const TypedForm& one) { return one.facet == facet; });
  return form == kForms.end() ? nullptr : form;
}

bool OpensVerbatim(std::string_view facet, AssetId asset, const ColumnSight& sight) {
  const TypedForm* form = TypedFormOf(facet);
  if (form == nullptr) return true;
  return sight.Allows(form->privilege, asset) && (!form->columns || sight.SeesAllOf(asset)) &&
         (!form->samples || sight.Allows(Privilege::kReadSamples, asset));
}

}  // namespace cadastre::authz
