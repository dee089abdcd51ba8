#include "lineage/run_mask.h"

#include <string>
#include <string_view>
#include <vector>

namespace cadastre::lineage {
namespace {

using authz::Privilege;

std::vector<std::string> SplitPath(std::string_view text) {
  std::vector<std::string> path;
  size_t begin = 0;
  while (true) {
    const size_t dot = text.find('.', begin);
    path.emplace_back(text.substr(begin, dot - begin));
    if (dot == std::string_view::npos) return path;
    begin = dot + 1;
  }
}

// Statistics name a column by one string, which is a path or a name with dots in it: both readings must be visible.
bool SeesNamed(authz::ColumnSight& sight, AssetId dataset, const std::string& column) {
  if (column.empty()) return true;
  const std::vector<std::string> path = SplitPath(column);
  if (path.size() > 1 && !sight.Sees(dataset, path)) return false;
  return sight.Sees(dataset, std::vector<std::string>{column});
}

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

void MaskFacet(AssetId dataset, catalog::v1::Aspect& aspect, authz::ColumnSight& sight) {
  if (aspect.has_profile()) {
    KeepIf(aspect.mutable_profile()->mutable_columns(),
           [&](const catalog::v1::Profile::Column& column) { return SeesNamed(sight, dataset, column.column()); });
  } else if (aspect.has_quality_results()) {
    KeepIf(aspect.mutable_quality_results()->mutable_results(), [&](const catalog::v1::QualityResults::Result& result) {
      return SeesNamed(sight, dataset, result.column());
    });
  }
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

}  // namespace

void MaskRun(AssetId job, record::Run& run, authz::ColumnSight& sight) {
  KeepIf(run.mutable_facets(), [&](const record::TimedFacet& facet) { return sight.Allows(OpenedBy(facet), job); });
  KeepIf(run.mutable_io(), [&](record::RunIo& io) {
    const AssetId dataset(io.dataset());
    if (!sight.Allows(Privilege::kBrowse, dataset)) return false;
    if (!sight.Allows(Privilege::kReadOperations, dataset)) io.clear_facets();
    const bool all_columns = sight.SeesAllOf(dataset);
    KeepIf(io.mutable_facets(), [&](const record::TimedFacet& facet) {
      return sight.Allows(OpenedBy(facet), dataset) && (all_columns || !NamesAnyColumn(facet));
    });
    // Emptied, it still takes the place of what an earlier event of the run said.
    for (record::TimedFacet& facet : *io.mutable_facets()) {
      if (facet.has_aspect()) MaskFacet(dataset, *facet.mutable_aspect(), sight);
    }
    return true;
  });
  MaskParent(run, sight);
  run.clear_edges();
  run.clear_completes();
}

}  // namespace cadastre::lineage
