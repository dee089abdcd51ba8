// The versions of an asset's aspects, and what differs between two points of time. Thread rule: confined.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authz/view.h"
#include "base/words.h"
#include "catalog/aspect_versions.h"
#include "catalog/page.h"

namespace cadastre::catalog {

inline constexpr size_t kHistoryRowsMax = 50'000;

struct HistoryItem {
  std::vector<std::string> path;
  uint32_t number = 0;
  AspectVersion version;
  // Path, kind and producer as text: with revision and held time, its place in the order.
  std::string order;
};

// Versions after `after` in the order newest committed first, at most `max`; equal neighbours
// in held time are folded. RESOURCE_EXHAUSTED over kHistoryRowsMax versions.
struct HistoryPlace {
  uint64_t revision = 0;
  int64_t held = 0;
  std::string order;
};
StatusOr<authz::Visible<std::vector<HistoryItem>>> ScanHistory(authz::GovernedView& view, const AssetName& name,
                                                               const std::optional<HistoryPlace>& after, size_t max);

struct AspectDifference {
  std::vector<std::string> path;
  uint32_t number = 0;
  std::optional<v1::Aspect> before;
  std::optional<v1::Aspect> after;
};
struct AssetDifference {
  std::vector<AspectDifference> aspects;
  std::vector<std::string> columns_added;
  std::vector<std::string> columns_removed;
  std::vector<std::string> columns_retyped;
};
// Of two pages read through one view; null where the asset did not exist (or was hidden) then. Notes nothing.
authz::Visible<AssetDifference> DiffPages(const authz::GovernedView& view, const AssetPage* before,
                                          const AssetPage* after);
// Notes what it tells of one of the pages, null or not. The view must stand at that page's point.
void NoteBefore(authz::GovernedView& view, const AssetPage* page, const AssetDifference& difference);
void NoteAfter(authz::GovernedView& view, const AssetPage* page, const AssetDifference& difference);

}  // namespace cadastre::catalog
