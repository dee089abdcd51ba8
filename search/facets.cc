#include "search/facets.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "base/status.h"

namespace cadastre::search {
namespace {

constexpr std::string_view kExpected =
    "kind, type, platform, namespace, environment, domain, tag, owner, classification or certification";

}  // namespace

StatusOr<std::vector<FacetKind>> ParseFacets(const std::vector<std::string>& words) {
  if (words.size() > base::kFacetsMax) return base::InvalidField("facets", "at most 10");
  std::vector<FacetKind> kinds;
  for (const std::string& word : words) {
    const std::optional<FacetKind> kind = FindFacetKind(word);
    if (!kind) return base::InvalidField("facets", kExpected);
    kinds.push_back(*kind);
  }
  return kinds;
}

StatusOr<std::vector<ValueTest>> ParseFilters(const std::vector<FacetFilter>& filters) {
  if (filters.size() > base::kFacetsMax) return base::InvalidField("filters", "at most 10");
  std::vector<ValueTest> tests;
  for (const FacetFilter& filter : filters) {
    const std::optional<FacetKind> kind = FindFacetKind(filter.facet);
    if (!kind) return base::InvalidField("filters.facet", kExpected);
    if (filter.values.empty() || filter.values.size() > base::kFacetValuesMax) {
      return base::InvalidField("filters.values", "1 to 50 values");
    }
    tests.push_back(ValueTest::AnyOf(*kind, filter.values));
  }
  return tests;
}

Facet CountFacet(FacetKind kind, const MatchList& matches, const FacetValues& values) {
  std::unordered_map<uint64_t, int64_t> counts;
  for (const Match& match : matches) {
    values.Each(kind, match.id, [&](uint64_t value) { ++counts[value]; });
  }
  Facet facet;
  facet.facet = FacetKindWord(kind);
  for (const auto& [value, count] : counts) facet.counts.push_back({values.TextOf(kind, value), count, ""});
  for (size_t i = 0; const auto& [value, count] : counts) facet.counts[i++].label = values.LabelOf(kind, value);
  std::sort(facet.counts.begin(), facet.counts.end(), [](const FacetCount& a, const FacetCount& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  facet.truncated = facet.counts.size() > base::kFacetValuesMax;
  if (facet.truncated) facet.counts.resize(base::kFacetValuesMax);
  return facet;
}

}  // namespace cadastre::search
