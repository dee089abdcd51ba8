#include "authz/view/statistics_mask.h"

#include <algorithm>
#include <string>
#include <vector>

#include "authz/view/reference_mask.h"

namespace cadastre::authz {
namespace {

using catalog::v1::Aspect;
using catalog::v1::Profile;
using catalog::v1::QualityResults;

template <typename Repeated, typename Keep>
void KeepIf(Repeated* list, Keep keep) {
  list->erase(std::remove_if(list->begin(), list->end(), [&](const auto& one) { return !keep(one); }), list->end());
}

void EmptyValues(Profile::Column& column) {
  column.clear_min();
  column.clear_max();
  column.clear_sum();
  column.clear_quantiles();
}

// Of an assertion and of a test.
template <typename Result>
void EmptyValues(Result& result) {
  result.clear_expected();
  result.clear_actual();
  result.clear_content();
  // What an assertion accepts; that it has such a parameter stays.
  for (auto& [name, value] : *result.mutable_params()) value.clear();
}

}  // namespace

void MaskStatistics(AssetId asset, bool of_column, Aspect& aspect, ColumnSight& sight) {
  // A source writes a nested column as one text.
  const auto sees = [&](const std::string& column) {
    return column.empty() || sight.Sees(asset, std::vector<std::string>{column});
  };
  const bool samples = sight.Allows(Privilege::kReadSamples, asset);
  if (aspect.has_profile()) {
    KeepIf(aspect.mutable_profile()->mutable_columns(), [&](const Profile::Column& one) { return sees(one.column()); });
  } else if (aspect.has_quality_results()) {
    const bool any_column = of_column || sight.SeesAllOf(asset);
    KeepIf(aspect.mutable_quality_results()->mutable_results(),
           [&](const QualityResults::Result& one) { return one.column().empty() ? any_column : sees(one.column()); });
    // When those of hidden columns are gone.
    MaskReferences(aspect, sight, samples);
  } else {
    return;
  }
  if (!samples) MaskSamples(aspect);
}

void MaskSamples(Aspect& aspect) {
  switch (aspect.value_case()) {
    case Aspect::kProfile:
      for (Profile::Column& column : *aspect.mutable_profile()->mutable_columns()) EmptyValues(column);
      break;
    case Aspect::kQualityResults:
      for (auto& result : *aspect.mutable_quality_results()->mutable_results()) EmptyValues(result);
      break;
    case Aspect::kTestExecution:
      for (auto& test : *aspect.mutable_test_execution()->mutable_tests()) EmptyValues(test);
      break;
    default: break;
  }
}

}  // namespace cadastre::authz
