// Sources, crawls and remembered objects as a viewer sees them.
//
// Functions over a view; thread rule: confined. Errors: those of the view's reads; DEADLINE_EXCEEDED where looking at
// rows takes longer than kCrawlLookMax. Hidden sources and objects count nowhere.
// Bounds: what the callers ask for; a source's objects are counted up to kObjectsCountedMax.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"
#include "cadastre/record/crawl.pb.h"

namespace cadastre::catalog {

inline constexpr std::chrono::seconds kCrawlLookMax{10};
inline constexpr int64_t kObjectsCountedMax = 1'000'000;

struct CrawlRow {
  int64_t number = 0;
  record::Crawl crawl;
};

struct SourceRow {
  AssetId job;
  std::optional<CrawlRow> newest;
  // 0 without one.
  Timestamp complete_at;
  // Remembered objects that the viewer sees, deleted ones aside.
  int64_t objects = 0;
};

// The jobs of the sources whose operations the viewer may read, in order of namespace and name, after `after`; at most
// `max`.
StatusOr<std::vector<AssetId>> ScanSources(authz::GovernedView& view, const std::optional<AssetName>& after,
                                           size_t max);
// nullopt: hidden, or no source.
StatusOr<std::optional<authz::Visible<SourceRow>>> FindSource(authz::GovernedView& view, AssetId job);

// Newest first, from the number `from` down (0: from the newest); at most `max`.
StatusOr<std::vector<authz::Visible<CrawlRow>>> ScanCrawls(authz::GovernedView& view, AssetId source, int64_t from,
                                                           size_t max);
// `crawl` 0: the newest. nullopt: hidden, or none.
StatusOr<std::optional<authz::Visible<CrawlRow>>> FindCrawl(authz::GovernedView& view, AssetId source, int64_t crawl);
// Empty where it reported none.
StatusOr<std::optional<authz::Visible<authz::RowOf<record::CrawlScopes>>>> FindCrawlScopes(authz::GovernedView& view,
                                                                                           AssetId source,
                                                                                           int64_t crawl);

struct RememberedRow {
  AssetId asset;
  std::string scope;
  record::CrawledObject object;
};

// What is remembered of a source and visible, in order of scope and asset, from the row `start` on (empty: the first),
// until `take` is false; the row it was false for, which then was not shown, or empty at the end.
StatusOr<std::string> ScanRemembered(authz::GovernedView& view, AssetId source, std::string_view start,
                                     const std::function<bool(const authz::Visible<RememberedRow>&)>& take);

}  // namespace cadastre::catalog
