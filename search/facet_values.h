// FacetValues: the values an asset has under a facet, as far as the viewer may see them.
//
// Labels are the view's own, of one revision with its bitmaps; type, platform and certification stand in the index's
// columns. A value that names another asset (a domain) is dropped where that asset is hidden. Names that the view sees
// as one asset have the values of all of them, each once. Thread rule: confined to one request. Deliberately does not:
// count (search/facets.h does).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/functional/function_ref.h"
#include "authz/view/merged_sets.h"
#include "authz/view/view.h"
#include "search/asset_columns.h"

namespace cadastre::search {

enum class FacetKind : uint8_t {
  kKind,
  kType,
  kPlatform,
  kNamespace,
  kEnvironment,
  kDomain,
  kTag,
  kOwner,
  kClassification,
  kCertification,
};
std::optional<FacetKind> FindFacetKind(std::string_view word);
std::string_view FacetKindWord(FacetKind facet);

class FacetValues {
 public:
  FacetValues(const authz::GovernedView* view, const AssetColumns* columns, authz::MergedSets* sets)
      : view_(view), columns_(columns), sets_(sets) {}

  // Numbers that stand for values within one request; each value of the asset once.
  void Each(FacetKind facet, AssetId id, absl::FunctionRef<void(uint64_t value)> visit) const;
  // What a filter names: for a domain its whole text, else the word.
  std::string TextOf(FacetKind facet, uint64_t value) const;
  // For people: a domain's name; empty where it is the text.
  std::string LabelOf(FacetKind facet, uint64_t value) const;

 private:
  // Of one name.
  void EachOf(FacetKind facet, AssetId id, absl::FunctionRef<void(uint64_t value)> visit) const;
  void EachLabel(FacetKind facet, AssetId id, const authz::AssetLabels& labels,
                 absl::FunctionRef<void(uint64_t value)> visit) const;

  const authz::GovernedView* view_;
  const AssetColumns* columns_;
  authz::MergedSets* sets_;
};

// Has an asset a value that passes? Each distinct value is looked at once.
class ValueTest {
 public:
  // As the query operators compare: folded; a namespace by its beginning; a domain by its name or whole text.
  static ValueTest Of(FacetKind facet, std::string folded);
  // As filters compare: one of these, exactly.
  static ValueTest AnyOf(FacetKind facet, std::vector<std::string> values);

  bool Passes(const FacetValues& values, AssetId id);

 private:
  using Holds = std::function<bool(const std::string& text, const std::string& label)>;
  ValueTest(FacetKind facet, Holds holds) : facet_(facet), holds_(std::move(holds)) {}

  FacetKind facet_;
  Holds holds_;
  std::unordered_map<uint64_t, bool> known_;
};

}  // namespace cadastre::search
