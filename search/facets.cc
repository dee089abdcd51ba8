#include "search/facets.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"

namespace cadastre::search {
namespace {

constexpr std::string_view kExpected =
    "kind, type, platform, namespace, environment, domain, tag, owner, classification or certification";

// How often each value was met. A table of its own, because this is most of a broad query's time.
class Tally {
 public:
  void Add(uint64_t value) {
    if (2 * ++used_ > slots_.size()) Grow();
    Slot& slot = SlotOf(value);
    if (slot.count > 0) --used_;
    slot.value = value;
    ++slot.count;
  }

  template <typename Visit>
  void Each(const Visit& visit) const {
    for (const Slot& slot : slots_) {
      if (slot.count > 0) visit(slot.value, slot.count);
    }
  }

 private:
  struct Slot {
    uint64_t value = 0;
    int64_t count = 0;
  };

  // Where the value stands or goes.
  Slot& SlotOf(uint64_t value) {
    constexpr uint64_t kSpread = 0x9E37'79B9'7F4A'7C15;
    size_t at = (value * kSpread) >> 32;
    while (slots_[at & (slots_.size() - 1)].count > 0 && slots_[at & (slots_.size() - 1)].value != value) ++at;
    return slots_[at & (slots_.size() - 1)];
  }

  void Grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.count > 0) SlotOf(slot.value) = slot;
    }
  }

  // A power of two, at most half of them used.
  std::vector<Slot> slots_ = std::vector<Slot>(64);
  size_t used_ = 0;
};

}  // namespace

StatusOr<std::vector<FacetKind>> ParseFacets(const std::vector<std::string>& words) {
  if (words.size() > base::kFacetsMax) return base::InvalidField("facets", "at most 10");
  std::vector<FacetKind> kinds;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::optional<FacetKind> kind = FindFacetKind(words[i]);
    if (!kind) return base::InvalidField(base::Cat("facets[", i, "]"), kExpected);
    kinds.push_back(*kind);
  }
  return kinds;
}

StatusOr<std::vector<ValueTest>> ParseFilters(const std::vector<FacetFilter>& filters) {
  if (filters.size() > base::kFacetsMax) return base::InvalidField("filters", "at most 10");
  std::vector<ValueTest> tests;
  for (size_t i = 0; i < filters.size(); ++i) {
    const FacetFilter& filter = filters[i];
    const std::optional<FacetKind> kind = FindFacetKind(filter.facet);
    if (!kind) return base::InvalidField(base::Cat("filters[", i, "].facet"), kExpected);
    if (filter.values.empty() || filter.values.size() > base::kFacetValuesMax) {
      return base::InvalidField(base::Cat("filters[", i, "].values"), "1 to 50 values");
    }
    tests.push_back(ValueTest::AnyOf(*kind, filter.values));
  }
  return tests;
}

Facet CountFacet(FacetKind kind, const MatchList& matches, const FacetValues& values) {
  Tally tally;
  for (const Match& match : matches) {
    values.Each(kind, match.id, [&](uint64_t value) { tally.Add(value); });
  }
  Facet facet;
  facet.facet = FacetKindWord(kind);
  tally.Each([&](uint64_t value, int64_t count) {
    facet.counts.push_back({values.TextOf(kind, value), count, values.LabelOf(kind, value)});
  });
  std::sort(facet.counts.begin(), facet.counts.end(), [](const FacetCount& a, const FacetCount& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  facet.truncated = facet.counts.size() > base::kFacetValuesMax;
  if (facet.truncated) facet.counts.resize(base::kFacetValuesMax);
  return facet;
}

}  // namespace cadastre::search
