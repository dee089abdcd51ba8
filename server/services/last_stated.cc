#include "server/services/last_stated.h"

#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "catalog/aspect_kind.h"
#include "catalog/entries.h"

namespace cadastre::server {
namespace {

using catalog::v1::Aspect;
using openlineage::MappedAspect;

// What is the same for statements of one value.
using Value = std::tuple<AssetName, openlineage::ColumnPath, uint32_t, std::string, Timestamp>;
Value ValueOf(const MappedAspect& one) {
  return {*CanonicalName(one.asset), one.column, catalog::NumberOf(one.aspect), one.aspect.facet().name(), one.held_at};
}

bool IsEntryByEntry(const Aspect& aspect) {
  const catalog::AspectKind* kind = catalog::FindAspectKind(catalog::NumberOf(aspect));
  return kind != nullptr && kind->merge == catalog::Merge::kEach;
}

// Without the entries that were stated later, which those it has are added to; nullopt where none is left.
std::optional<Aspect> WithoutLater(Aspect aspect, std::set<uint64_t>& later) {
  auto& results = *aspect.mutable_quality_results()->mutable_results();
  std::set<uint64_t> own;
  int kept = 0;
  for (int i = 0; i < results.size(); ++i) {
    const uint64_t identity = catalog::EntryIdentity(results.Get(i));
    own.insert(identity);
    if (!later.contains(identity)) results.SwapElements(kept++, i);
  }
  results.DeleteSubrange(kept, results.size() - kept);
  later.merge(own);
  return kept == 0 ? std::nullopt : std::make_optional(std::move(aspect));
}

}  // namespace

std::map<size_t, std::optional<Aspect>> OverruledIn(const std::vector<MappedAspect>& aspects) {
  std::map<Value, std::vector<size_t>> by_value;
  for (size_t i = 0; i < aspects.size(); ++i) by_value[ValueOf(aspects[i])].push_back(i);
  std::map<size_t, std::optional<Aspect>> overruled;
  for (const auto& [value, places] : by_value) {
    if (places.size() == 1) continue;
    bool stated = false;
    bool taken_back = false;
    std::set<uint64_t> entries;
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
      const MappedAspect& one = aspects[*place];
      if (!one.deleted && !catalog::CheckAspect(one.aspect).ok()) continue;
      std::optional<Aspect> left;
      if (IsEntryByEntry(one.aspect) && !one.deleted && !taken_back) left = WithoutLater(one.aspect, entries);
      if (stated) overruled[*place] = std::move(left);
      stated = true;
      taken_back = taken_back || one.deleted;
    }
  }
  return overruled;
}

}  // namespace cadastre::server
