#include "catalog/crawl_lists.h"

#include <iterator>
#include <map>
#include <utility>

#include "base/status.h"
#include "catalog/crawl_tables.h"

namespace cadastre::catalog {
namespace {

using authz::GovernedView;
using authz::RowOf;
using authz::Sealed;
using authz::Visible;

constexpr size_t kRowsBetweenLooksAtTheClock = 256;

// Ends a look over rows that are not shown.
class Patience {
 public:
  Status Look() {
    if (++looked_at_ % kRowsBetweenLooksAtTheClock != 0 || std::chrono::steady_clock::now() <= end_) {
      return absl::OkStatus();
    }
    return base::DeadlineExceeded("looking at what crawls saw took too long");
  }

 private:
  size_t looked_at_ = 0;
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + kCrawlLookMax;
};

// By the bitmap: a page of sources may have a million objects.
StatusOr<int64_t> CountObjects(GovernedView& view, AssetId source) {
  if (!view.Sees(source)) return int64_t{0};
  const authz::AssetBitmap& seen = view.BitmapOf(authz::Privilege::kBrowse);
  int64_t count = 0;
  Status status;
  Patience patience;
  const auto pick = [&](std::string_view key) {
    status = patience.Look();
    const StatusOr<AssetId> asset = ParseCrawledPlaceAsset(key);
    status.Update(asset.status());
    if (!status.ok() || count == kObjectsCountedMax) return GovernedView::Pick::kStop;
    if (seen.Has(*asset)) ++count;
    return GovernedView::Pick::kSkip;
  };
  RETURN_IF_ERROR(view.ScanPicked<record::CrawledPlace>(kCrawledPlaces, CrawledPlacePrefix(source), {}, pick,
                                                        [](const Sealed<RowOf<record::CrawledPlace>>&) {}));
  RETURN_IF_ERROR(status);
  return count;
}

}  // namespace

StatusOr<std::vector<AssetId>> ScanSources(GovernedView& view, const std::optional<AssetName>& after, size_t max) {
  // By id on disk: the first `max` names are kept.
  std::map<AssetName, AssetId> first;
  Status status;
  Patience patience;
  const auto pick = [&](std::string_view key) {
    status = patience.Look();
    const StatusOr<AssetId> job = ParseCrawlSourceKey(key);
    status.Update(job.status());
    if (!status.ok()) return GovernedView::Pick::kStop;
    if (!view.Allows(authz::Privilege::kReadOperations, *job)) return GovernedView::Pick::kSkip;
    const std::optional<AssetName> name = view.NameOf(*job);
    if (!name || (after && *name <= *after)) return GovernedView::Pick::kSkip;
    first.emplace(*name, *job);
    if (first.size() > max) first.erase(std::prev(first.end()));
    return GovernedView::Pick::kSkip;
  };
  RETURN_IF_ERROR(view.ScanPicked<record::CrawlSource>(kCrawlSources, CrawlSourcePrefix(), {}, pick,
                                                       [](const Sealed<RowOf<record::CrawlSource>>&) {}));
  RETURN_IF_ERROR(status);
  std::vector<AssetId> jobs;
  jobs.reserve(first.size());
  for (const auto& [name, job] : first) jobs.push_back(job);
  return jobs;
}

StatusOr<std::optional<Visible<SourceRow>>> FindSource(GovernedView& view, AssetId job) {
  std::optional<Visible<SourceRow>> none;
  ASSIGN_OR_RETURN(auto sealed, view.Find(kCrawlSources, CrawlSourceKey(job)));
  if (!sealed) return none;
  const auto source = view.Reveal(kCrawlSources, *std::move(sealed));
  if (!source) return none;
  SourceRow row;
  row.job = job;
  row.complete_at = Timestamp((*source)->record.complete_at());
  authz::Witness parts(*source);
  ASSIGN_OR_RETURN(const auto newest, FindCrawl(view, job, (*source)->record.newest()));
  if (newest) {
    parts.Add(*newest);
    row.newest = **newest;
  }
  ASSIGN_OR_RETURN(row.objects, CountObjects(view, job));
  return std::make_optional(view.Merge(std::move(row), parts));
}

StatusOr<std::vector<Visible<CrawlRow>>> ScanCrawls(GovernedView& view, AssetId source, int64_t from, size_t max) {
  std::vector<Visible<CrawlRow>> crawls;
  Status status;
  const std::string start = from == 0 ? std::string() : CrawlKey(source, from);
  RETURN_IF_ERROR(
      view.Scan<record::Crawl>(kCrawls, CrawlPrefix(source), start, [&](Sealed<RowOf<record::Crawl>> sealed) {
        const auto row = view.Reveal(kCrawls, std::move(sealed));
        if (!row || crawls.size() == max) return false;  // all or none of a source are visible
        const StatusOr<int64_t> number = ParseCrawlNumber((*row)->key);
        status = number.status();
        if (status.ok()) crawls.push_back(view.Merge(CrawlRow{*number, (*row)->record}, authz::Witness(*row)));
        return status.ok();
      }));
  RETURN_IF_ERROR(status);
  return crawls;
}

StatusOr<std::optional<Visible<CrawlRow>>> FindCrawl(GovernedView& view, AssetId source, int64_t crawl) {
  std::optional<Visible<CrawlRow>> found;
  if (crawl == 0) {
    ASSIGN_OR_RETURN(auto newest, ScanCrawls(view, source, 0, 1));
    if (!newest.empty()) found = std::move(newest.front());
    return found;
  }
  ASSIGN_OR_RETURN(auto sealed, view.Find(kCrawls, CrawlKey(source, crawl)));
  if (!sealed) return found;
  const auto row = view.Reveal(kCrawls, *std::move(sealed));
  if (row) found = view.Merge(CrawlRow{crawl, (*row)->record}, authz::Witness(*row));
  return found;
}

StatusOr<std::optional<Visible<RowOf<record::CrawlScopes>>>> FindCrawlScopes(GovernedView& view, AssetId source,
                                                                             int64_t crawl) {
  ASSIGN_OR_RETURN(auto sealed, view.Find(kCrawlScopes, CrawlScopesKey(source, crawl)));
  if (!sealed) return std::optional<Visible<RowOf<record::CrawlScopes>>>();
  return view.Reveal(kCrawlScopes, *std::move(sealed));
}

StatusOr<std::string> ScanRemembered(GovernedView& view, AssetId source, std::string_view start,
                                     const std::function<bool(const Visible<RememberedRow>&)>& take) {
  std::string next;
  Status status;
  Patience patience;
  RETURN_IF_ERROR(view.Scan<record::CrawledObject>(
      kCrawledObjects, CrawledObjectPrefix(source), start, [&](Sealed<RowOf<record::CrawledObject>> sealed) {
        status = patience.Look();
        if (!status.ok()) return false;
        authz::NotesHeld notes(&view.shown());
        const auto row = view.Reveal(kCrawledObjects, std::move(sealed));
        if (!row) return true;
        const auto parts = ParseCrawledObjectKey((*row)->key);
        status = parts.status();
        if (!status.ok()) return false;
        RememberedRow remembered{parts->asset, std::string(parts->scope), (*row)->record};
        if (!take(view.Merge(std::move(remembered), authz::Witness(*row)))) {
          next = (*row)->key;
          return false;
        }
        notes.Keep();
        return true;
      }));
  RETURN_IF_ERROR(status);
  return next;
}

}  // namespace cadastre::catalog
