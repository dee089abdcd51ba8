#include "catalog/aspect_mask.h"

#include <string>
#include <vector>

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

}  // namespace

void MaskAspect(AssetId asset, v1::Aspect& aspect, authz::ColumnSight& sight) {
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
      break;
    case v1::Aspect::kQualityResults: {
      auto* results = aspect.mutable_quality_results()->mutable_results();
      MaskList(
          asset, results, [](const auto& r) { return r.column(); }, sight);
      break;
    }
    default: break;
  }
}

}  // namespace cadastre::catalog
