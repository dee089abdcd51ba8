#include "lineage/run_mask.h"

#include <algorithm>
#include <string>
#include <vector>

#include "authz/view/reference_mask.h"
#include "authz/view/statistics_mask.h"
#include "authz/view/verbatim_facets.h"

namespace cadastre::lineage {
namespace {

using authz::Privilege;

template <typename Repeated, typename Keep>
void KeepIf(Repeated* list, Keep keep) {
  int kept = 0;
  for (int i = 0; i < list->size(); ++i) {
    if (!keep(*list->Mutable(i))) continue;
    if (kept != i) list->SwapElements(kept, i);
    ++kept;
  }
  list->DeleteSubrange(kept, list->size() - kept);
}

// What opens a facet of a run or of its dataset, as it would on an asset. One of unknown meaning may carry code.
Privilege OpenedBy(const record::TimedFacet& facet) {
  using catalog::v1::Aspect;
  switch (facet.aspect().value_case()) {
    case Aspect::kFacet:
    case Aspect::kDefinition:
    case Aspect::kSourceCode: return Privilege::kReadCode;
    case Aspect::kJobType: return Privilege::kBrowse;
    default: break;
  }
  const bool operational = facet.aspect().value_case() >= Aspect::kFreshness;
  return operational ? Privilege::kReadOperations : Privilege::kRead;
}

// JSON that may name any column.
bool NamesAnyColumn(const record::TimedFacet& facet) {
  return facet.aspect().has_subset() || facet.aspect().has_iceberg_report();
}

bool IsVerbatimTest(const catalog::v1::Aspect& aspect) {
  return aspect.has_facet() && (aspect.facet().name() == "test" || aspect.facet().name() == "job.test");
}

// What a run's tests say may be of any of the datasets it touched: all of these must be seen, with all their columns,
// and values of the data need the right to each. One that was left out of the run may be hidden.
void MaskTests(AssetId job, record::Run& run, authz::ColumnSight& sight) {
  const bool all_columns = (!run.trimmed() || sight.ShowsEveryAsset()) &&
                           std::all_of(run.io().begin(), run.io().end(),
                                       [&](const record::RunIo& io) { return sight.SeesAllOf(AssetId(io.dataset())); });
  const bool samples = sight.Allows(Privilege::kReadSamples, job) &&
                       std::all_of(run.io().begin(), run.io().end(), [&](const record::RunIo& io) {
                         return sight.Allows(Privilege::kReadSamples, AssetId(io.dataset()));
                       });
  KeepIf(run.mutable_facets(), [&](record::TimedFacet& facet) {
    // The same as they came, word for word.
    if (IsVerbatimTest(facet.aspect())) return all_columns && samples;
    if (!facet.aspect().has_test_execution()) return true;
    if (!all_columns) return false;
    authz::MaskReferences(*facet.mutable_aspect(), sight, samples);
    if (!samples) authz::MaskSamples(*facet.mutable_aspect());
    return true;
  });
}

// Of the kinds that take the place of what was said before and then say nothing.
bool SaysNothing(const catalog::v1::Aspect& aspect) {
  using catalog::v1::Aspect;
  switch (aspect.value_case()) {
    case Aspect::kFacet: return aspect.facet().json().empty();
    case Aspect::kJobDependencies:
      return aspect.job_dependencies().upstream_size() + aspect.job_dependencies().downstream_size() == 0;
    case Aspect::kParentRun: return !aspect.parent_run().has_job() && !aspect.parent_run().has_root_job();
    case Aspect::kTestExecution: return aspect.test_execution().tests_size() == 0;
    case Aspect::kSubset: return aspect.subset().condition_json().empty();
    case Aspect::kIcebergReport: return aspect.iceberg_report().report_json().empty();
    default: return false;
  }
}

// Without what it names that is not seen; `owner`: whose facet it is.
bool KeepFacet(AssetId owner, record::TimedFacet& facet, authz::ColumnSight& sight) {
  catalog::v1::Aspect& aspect = *facet.mutable_aspect();
  if (aspect.has_facet() && !authz::OpensVerbatim(aspect.facet().name(), owner, sight)) return false;
  // Tests and results are looked at before their values are taken out, and after columns are.
  if (!aspect.has_test_execution() && !aspect.has_quality_results()) authz::MaskReferences(aspect, sight);
  return !SaysNothing(aspect);
}

// True where something is left of it.
bool KeepParent(record::RunParent& parent, authz::ColumnSight& sight) {
  if (parent.job() != 0 && !sight.Allows(Privilege::kBrowse, AssetId(parent.job()))) {
    parent.clear_job();
    parent.clear_run_id();
  }
  if (parent.root_job() != 0 && !sight.Allows(Privilege::kBrowse, AssetId(parent.root_job()))) {
    parent.clear_root_job();
    parent.clear_root_run_id();
  }
  return parent.job() != 0 || parent.root_job() != 0;
}

// The latest that is not hidden, as though the hidden ones had never been stated.
void MaskParent(record::Run& run, authz::ColumnSight& sight) {
  bool kept = run.has_parent() && KeepParent(*run.mutable_parent(), sight);
  for (record::RunParent& other : *run.mutable_other_parents()) {
    if (kept || !KeepParent(other, sight)) continue;
    run.mutable_parent()->Swap(&other);
    kept = true;
  }
  if (!kept) run.clear_parent();
  run.clear_other_parents();
}

size_t Parts(const record::Run& run) {
  size_t parts = static_cast<size_t>(run.facets_size()) + static_cast<size_t>(run.io_size());
  for (const record::RunIo& io : run.io()) parts += static_cast<size_t>(io.facets_size());
  return parts;
}

}  // namespace

void MaskRun(AssetId job, record::Run& run, authz::ColumnSight& sight) {
  const size_t whole = Parts(run);
  KeepIf(run.mutable_facets(), [&](const record::TimedFacet& facet) { return sight.Allows(OpenedBy(facet), job); });
  MaskTests(job, run, sight);
  KeepIf(run.mutable_facets(), [&](record::TimedFacet& facet) { return KeepFacet(job, facet, sight); });
  KeepIf(run.mutable_io(), [&](record::RunIo& io) {
    const AssetId dataset(io.dataset());
    if (!sight.Allows(Privilege::kBrowse, dataset)) return false;
    if (!sight.Allows(Privilege::kReadOperations, dataset)) io.clear_facets();
    const bool all_columns = sight.SeesAllOf(dataset);
    KeepIf(io.mutable_facets(), [&](record::TimedFacet& facet) {
      return sight.Allows(OpenedBy(facet), dataset) && (all_columns || !NamesAnyColumn(facet)) &&
             KeepFacet(dataset, facet, sight);
    });
    // Emptied, it still takes the place of what an earlier event of the run said.
    for (record::TimedFacet& facet : *io.mutable_facets()) {
      if (facet.has_aspect()) authz::MaskStatistics(dataset, /*of_column=*/false, *facet.mutable_aspect(), sight);
    }
    return true;
  });
  MaskParent(run, sight);
  // What is hidden takes room too, and is not to be told of.
  if (Parts(run) != whole) run.clear_trimmed();
  run.clear_edges();
  run.clear_completes();
}

}  // namespace cadastre::lineage
