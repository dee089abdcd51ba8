// The versions of an asset's aspects, and what differs between two points of time. Thread rule: confined.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"
#include "catalog/aspect_versions.h"
#include "catalog/page.h"

namespace cadastre::catalog {

// Versions looked at for one page.
inline constexpr size_t kHistoryRowsMax = 50'000;
// What a page may hold, and of that one value: so much is well below the 4 MiB that clients take.
inline constexpr size_t kHistoryBytesMax = 2 << 20;
inline constexpr size_t kHistoryValueBytesMax = 1 << 20;

struct HistoryItem {
  // The name it was said under: the asset asked for, or one merged with it.
  AssetId asset;
  std::vector<std::string> path;
  uint32_t number = 0;
  AspectVersion version;
  // Other than 0 where the value was cut for its length (page_bounds.h).
  size_t omitted_bytes = 0;
  // Path, kind, producer and name as text: with revision and held time, its place in the order.
  std::string order;
};

// Where the next page goes on.
struct HistoryPlace {
  // The stretch of versions the page is of: those from this row on (empty: the first), and of this row those told to be
  // older than the version named.
  std::string row;
  Timestamp row_held;
  Revision row_revision;
  // Within the stretch, after this item; nullopt at its beginning.
  struct Item {
    uint64_t revision = 0;
    int64_t held = 0;
    std::string order;
  };
  std::optional<Item> item;
};
// At most `max` versions under all visible merged names after `after`, newest committed first; equal neighbours in held
// time are folded. An asset with more than kHistoryRowsMax visible versions is told in stretches of so many, aspect by
// aspect, each newest first, so that no page looks at more; then a page may be short, or empty, before the end. A page
// also ends at kHistoryBytesMax. `next` is where to go on, nullopt at the end.
StatusOr<authz::Visible<std::vector<HistoryItem>>> ScanHistory(authz::GovernedView& view, const AssetName& name,
                                                               const std::optional<HistoryPlace>& after, size_t max,
                                                               std::optional<HistoryPlace>* next = nullptr);

struct AspectDifference {
  std::vector<std::string> path;
  uint32_t number = 0;
  std::optional<v1::Aspect> before;
  std::optional<v1::Aspect> after;
  // Other than 0 where that value was cut for its length.
  size_t before_omitted_bytes = 0;
  size_t after_omitted_bytes = 0;
};
struct AssetDifference {
  std::vector<AspectDifference> aspects;
  std::vector<std::vector<std::string>> columns_added;
  std::vector<std::vector<std::string>> columns_removed;
  std::vector<std::vector<std::string>> columns_retyped;
  // True where anything was left out or cut.
  bool truncated = false;
};
// Of two pages read through one view; null where the asset did not exist (or was hidden) then. Notes nothing. Of the
// changes and of the columns at most kDifferenceListBytesMax each are told, and values, the shorter ones first, as far
// as kDifferenceValueBytesMax goes.
inline constexpr size_t kDifferenceListBytesMax = 512 << 10;
inline constexpr size_t kDifferenceValueBytesMax = 2 << 20;
authz::Visible<AssetDifference> DiffPages(const authz::GovernedView& view, const authz::Visible<AssetPage>* old_page,
                                          const authz::Visible<AssetPage>* new_page);
// Notes what it tells of one of the pages, null or not. The view must stand at that page's point.
void NoteBefore(authz::GovernedView& view, const AssetPage* page, const AssetDifference& difference);
void NoteAfter(authz::GovernedView& view, const AssetPage* page, const AssetDifference& difference);

}  // namespace cadastre::catalog
