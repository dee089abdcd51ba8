#include "catalog/aspect_mask.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "catalog/labels.h"

namespace cadastre::catalog {
namespace {

// A source writes a nested column as one text; a classified column hides it under
// every reading: whole, and split at its dots.
bool SeesText(AssetId asset, const std::string& column, authz::ColumnSight& sight) {
  if (column.empty()) return true;
  std::vector<std::string> path;
  size_t begin = 0;
  for (size_t dot = column.find('.'); dot != std::string::npos; dot = column.find('.', begin)) {
    path.push_back(column.substr(begin, dot - begin));
    begin = dot + 1;
  }
  path.push_back(column.substr(begin));
  return sight.Sees(asset, std::vector<std::string>{column}) && sight.Sees(asset, path);
}

void MaskFields(AssetId asset, std::vector<std::string>& path,
                google::protobuf::RepeatedPtrField<v1::SchemaField>* fields, authz::ColumnSight& sight) {
  int kept = 0;
  for (int i = 0; i < fields->size(); ++i) {
    v1::SchemaField* field = fields->Mutable(i);
    path.push_back(field->name());
    if (sight.Sees(asset, path)) {
      MaskFields(asset, path, field->mutable_fields(), sight);
      if (kept != i) fields->SwapElements(kept, i);
      ++kept;
    }
    path.pop_back();
  }
  fields->DeleteSubrange(kept, fields->size() - kept);
}

template <typename Repeated, typename ColumnOf>
void MaskList(AssetId asset, Repeated* list, ColumnOf column_of, authz::ColumnSight& sight) {
  int kept = 0;
  for (int i = 0; i < list->size(); ++i) {
    if (!SeesText(asset, column_of(list->Get(i)), sight)) continue;
    if (kept != i) list->SwapElements(kept, i);
    ++kept;
  }
  list->DeleteSubrange(kept, list->size() - kept);
}

bool SeesRef(const v1::AssetRef& ref, authz::ColumnSight& sight) {
  const StatusOr<AssetName> name = NameOfRef(ref, "");
  return name.ok() && sight.Sees(*name);
}

template <typename Repeated, typename RefOf>
void MaskRefs(Repeated* list, RefOf ref_of, authz::ColumnSight& sight) {
  int kept = 0;
  for (int i = 0; i < list->size(); ++i) {
    if (!SeesRef(ref_of(list->Get(i)), sight)) continue;
    if (kept != i) list->SwapElements(kept, i);
    ++kept;
  }
  list->DeleteSubrange(kept, list->size() - kept);
}

// What a value refers to is a subject of its own: hidden, it is dropped, and with it a value that says nothing else.
void MaskReferences(v1::Aspect& aspect, authz::ColumnSight& sight) {
  bool left = true;
  switch (aspect.value_case()) {
    case v1::Aspect::kContainer: left = SeesRef(aspect.container().container(), sight); break;
    case v1::Aspect::kDomain: left = SeesRef(aspect.domain().domain(), sight); break;
    case v1::Aspect::kDataProduct: left = SeesRef(aspect.data_product().data_product(), sight); break;
    case v1::Aspect::kGlossaryTerms:
      MaskRefs(
          aspect.mutable_glossary_terms()->mutable_terms(), [](const auto& t) { return t.term(); }, sight);
      break;
    case v1::Aspect::kDeprecation:
      if (!SeesRef(aspect.deprecation().replacement(), sight)) aspect.mutable_deprecation()->clear_replacement();
      break;
    case v1::Aspect::kLifecycleChange:
      if (!SeesRef(aspect.lifecycle_change().previous(), sight)) aspect.mutable_lifecycle_change()->clear_previous();
      break;
    case v1::Aspect::kJobDependencies: {
      v1::JobDependencies* jobs = aspect.mutable_job_dependencies();
      const auto job_of = [](const auto& dependency) { return dependency.job(); };
      MaskRefs(jobs->mutable_upstream(), job_of, sight);
      MaskRefs(jobs->mutable_downstream(), job_of, sight);
      break;
    }
    default: break;
  }
  if (!left) aspect.Clear();
}

void MaskSamples(v1::Profile& profile) {
  for (v1::Profile::Column& column : *profile.mutable_columns()) {
    column.clear_min();
    column.clear_max();
    column.clear_sum();
    column.clear_quantiles();
  }
}

void MaskSamples(v1::QualityResults& results) {
  for (v1::QualityResults::Result& result : *results.mutable_results()) {
    result.clear_expected();
    result.clear_actual();
    result.clear_content();
    // What an assertion accepts; that it has such a parameter stays.
    for (auto& [name, value] : *result.mutable_params()) value.clear();
  }
}

// Without a column its text may speak of any of them.
void MaskTableResults(v1::QualityResults* results) {
  auto* const list = results->mutable_results();
  list->erase(std::remove_if(list->begin(), list->end(), [](const auto& r) { return r.column().empty(); }),
              list->end());
}

// Of the kinds that are nothing but a list of what may be hidden.
bool SaysSomething(const v1::Aspect& aspect) {
  switch (aspect.value_case()) {
    case v1::Aspect::kTags: return aspect.tags().tags_size() > 0;
    case v1::Aspect::kGlossaryTerms: return aspect.glossary_terms().terms_size() > 0;
    case v1::Aspect::kQualityResults: return aspect.quality_results().results_size() > 0;
    case v1::Aspect::kPartitioning:
      return aspect.partitioning().columns_size() > 0 || !aspect.partitioning().expression().empty();
    case v1::Aspect::kJobDependencies:
      return aspect.job_dependencies().upstream_size() + aspect.job_dependencies().downstream_size() > 0;
    default: return true;
  }
}

}  // namespace

void MaskAspect(AssetId asset, ColumnId column, v1::Aspect& aspect, authz::ColumnSight& sight) {
  const bool said_something = SaysSomething(aspect);
  switch (aspect.value_case()) {
    case v1::Aspect::kSchema: {
      std::vector<std::string> path;
      MaskFields(asset, path, aspect.mutable_schema()->mutable_fields(), sight);
      break;
    }
    case v1::Aspect::kPartitioning:
      MaskList(
          asset, aspect.mutable_partitioning()->mutable_columns(), [](const std::string& c) { return c; }, sight);
      // The expression names columns in the source's own language: with one of them hidden it goes as a whole.
      if (!sight.SeesAllOf(asset)) aspect.mutable_partitioning()->clear_expression();
      break;
    case v1::Aspect::kTags:
      MaskList(
          asset, aspect.mutable_tags()->mutable_tags(), [](const auto& t) { return t.field(); }, sight);
      break;
    case v1::Aspect::kProfile:
      MaskList(
          asset, aspect.mutable_profile()->mutable_columns(), [](const auto& c) { return c.column(); }, sight);
      if (!sight.Allows(authz::Privilege::kReadSamples, asset)) MaskSamples(aspect);
      break;
    case v1::Aspect::kQualityResults: {
      auto* results = aspect.mutable_quality_results()->mutable_results();
      MaskList(
          asset, results, [](const auto& r) { return r.column(); }, sight);
      if (!column.valid() && !sight.SeesAllOf(asset)) MaskTableResults(aspect.mutable_quality_results());
      if (!sight.Allows(authz::Privilege::kReadSamples, asset)) MaskSamples(aspect);
      break;
    }
    default: MaskReferences(aspect, sight);
  }
  // What was stated empty stays so; what was emptied here is not shown at all.
  if (said_something && !SaysSomething(aspect)) aspect.Clear();
}

void MaskSamples(v1::Aspect& aspect) {
  if (aspect.has_profile()) MaskSamples(*aspect.mutable_profile());
  if (aspect.has_quality_results()) MaskSamples(*aspect.mutable_quality_results());
}

bool MayMask(AssetId asset, uint32_t number, const authz::GovernedView& view) {
  switch (number) {
    case v1::Aspect::kSchema:
    case v1::Aspect::kPartitioning:
    case v1::Aspect::kTags: return !view.SeesAllColumns(asset);
    case v1::Aspect::kProfile:
    case v1::Aspect::kQualityResults:
      return !view.SeesAllColumns(asset) || !view.Allows(authz::Privilege::kReadSamples, asset);
    case v1::Aspect::kContainer:
    case v1::Aspect::kDomain:
    case v1::Aspect::kDataProduct:
    case v1::Aspect::kGlossaryTerms:
    case v1::Aspect::kDeprecation:
    case v1::Aspect::kLifecycleChange:
    case v1::Aspect::kJobDependencies: return !view.AllowsEverywhere(authz::Privilege::kBrowse);
    default: return false;
  }
}

void NoteAspect(AssetId asset, const v1::Aspect& aspect, authz::GovernedView& view) {
  authz::ColumnSight noting = authz::ColumnSight::Noting(&view);
  v1::Aspect copy = aspect;
  MaskAspect(asset, ColumnId(0), copy, noting);
}

}  // namespace cadastre::catalog
