#include "catalog/aspect_mask.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "authz/view/reference_mask.h"
#include "authz/view/statistics_mask.h"
#include "authz/view/verbatim_facets.h"
#include "base/status.h"
#include "catalog/aspect_kind.h"

namespace cadastre::catalog {
namespace {

// A source writes a nested column as one text.
bool SeesText(AssetId asset, const std::string& column, authz::ColumnSight& sight) {
  return column.empty() || sight.Sees(asset, std::vector<std::string>{column});
}

bool Opens(char c) { return c == '<' || c == '(' || c == '{' || c == '['; }

bool IsOfWord(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// A class may be of a column that the schema names in the type of another alone. Of whatever grammar the type is, a
// column below is named in it by its words.
bool TypeNamesHidden(AssetId asset, const std::vector<std::string>& path, const std::string& type,
                     const authz::ColumnSight& sight) {
  if (sight.SeesAllOf(asset) || std::all_of(type.begin(), type.end(), IsOfWord)) return false;
  std::vector<std::string> named = path;
  named.push_back(type);
  return !sight.SeesNamed(asset, named);
}

// Of types that hold columns. Any other word may be the name of one.
constexpr std::string_view kOuterTypes[] = {"array",  "bag", "list", "map",    "multiset", "nested", "object",
                                            "record", "row", "set",  "struct", "tuple",    "union",  "variant"};

// `struct` of `struct<a:string>`; empty where that is no such word. What is one word is told as it is.
std::string OuterType(std::string_view type) {
  if (std::all_of(type.begin(), type.end(), IsOfWord)) return std::string(type);
  std::string_view outer =
      type.substr(0, static_cast<size_t>(std::find_if(type.begin(), type.end(), Opens) - type.begin()));
  outer = base::FromAbsl(absl::StripAsciiWhitespace(base::ToAbsl(outer)));
  const std::string word = absl::AsciiStrToLower(base::ToAbsl(outer));
  const bool known = std::find(std::begin(kOuterTypes), std::end(kOuterTypes), word) != std::end(kOuterTypes);
  return known ? std::string(outer) : std::string();
}

// True where a column was taken out: the types of those above it name it too.
bool MaskFields(AssetId asset, std::vector<std::string>& path,
                google::protobuf::RepeatedPtrField<v1::SchemaField>* fields, authz::ColumnSight& sight) {
  int kept = 0;
  bool hid = false;
  for (int i = 0; i < fields->size(); ++i) {
    v1::SchemaField* field = fields->Mutable(i);
    path.push_back(field->name());
    if (sight.Sees(asset, path)) {
      bool hid_below = MaskFields(asset, path, field->mutable_fields(), sight);
      hid_below = hid_below || TypeNamesHidden(asset, path, field->type(), sight);
      if (hid_below) field->set_type(OuterType(field->type()));
      hid = hid || hid_below;
      if (kept != i) fields->SwapElements(kept, i);
      ++kept;
    } else {
      hid = true;
    }
    path.pop_back();
  }
  fields->DeleteSubrange(kept, fields->size() - kept);
  return hid;
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
  const bool opens = !aspect.has_facet() || authz::OpensVerbatim(aspect.facet().name(), asset, sight);
  if (!opens) return aspect.Clear();
  // Results are looked at when those of hidden columns are gone.
  if (!aspect.has_quality_results() && !authz::MaskReferences(aspect, sight)) return aspect.Clear();
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
    case v1::Aspect::kQualityResults: authz::MaskStatistics(asset, column.valid(), aspect, sight); break;
    default: break;
  }
  // What was stated empty stays so; what was emptied here is not shown at all.
  if (said_something && !SaysSomething(aspect)) aspect.Clear();
}

bool MayMask(AssetId asset, uint32_t number, const authz::GovernedView& view) {
  switch (number) {
    case v1::Aspect::kSchema:
    case v1::Aspect::kPartitioning:
    case v1::Aspect::kTags: return !view.SeesAllColumns(asset);
    case v1::Aspect::kProfile:
      return !view.SeesAllColumns(asset) || !view.Allows(authz::Privilege::kReadSamples, asset);
    case v1::Aspect::kQualityResults:
      return !view.SeesAllColumns(asset) || !view.Allows(authz::Privilege::kReadSamples, asset) ||
             !view.AllowsEverywhere(authz::Privilege::kBrowse);
    default:
      return authz::NamesAssets(std::min(number, kFacetNumber)) && !view.AllowsEverywhere(authz::Privilege::kBrowse);
  }
}

void NoteAspect(AssetId asset, const v1::Aspect& aspect, authz::GovernedView& view) {
  authz::ColumnSight noting = authz::ColumnSight::Noting(&view);
  v1::Aspect copy = aspect;
  MaskAspect(asset, ColumnId(0), copy, noting);
}

}  // namespace cadastre::catalog
