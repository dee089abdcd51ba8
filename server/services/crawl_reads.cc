#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/crawl_lists.h"
#include "server/rpc/page_bytes.h"
#include "server/rpc/read.h"
#include "server/services/crawl_service.h"
#include "server/wire/crawl_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = ingest::v1;

constexpr size_t kObjectsDefault = 1'000;
constexpr size_t kObjectsMax = 10'000;
constexpr size_t kCrawlsDefault = 20;
constexpr size_t kCrawlsMax = 100;
// Objects counted for one page of sources: it ends with the source that reaches it.
constexpr int64_t kCountedMax = 1'000'000;

std::string EncodePlace(const AssetName& source) {
  std::string out;
  base::AppendString(out, source.ns);
  base::AppendRaw(out, source.name);
  return out;
}

StatusOr<std::optional<AssetName>> PlaceOf(std::string_view position) {
  if (position.empty()) return std::optional<AssetName>();
  base::ByteReader reader(position);
  ASSIGN_OR_RETURN(const std::string_view ns, reader.ReadString());
  return std::make_optional(AssetName{AssetKind::kJob, std::string(ns), std::string(reader.rest())});
}

StatusOr<v1::ListSourcesResponse> SourcesOf(authz::GovernedView& view, const Page<v1::ListSourcesRequest>& page,
                                            Timestamp now) {
  ASSIGN_OR_RETURN(const std::optional<AssetName> after, PlaceOf(page.position));
  ASSIGN_OR_RETURN(const std::vector<AssetId> jobs, catalog::ScanSources(view, after, page.size + 1));
  v1::ListSourcesResponse response;
  PageBytes bytes;
  int64_t counted = 0;
  std::optional<AssetName> last;
  for (const AssetId job : jobs) {
    authz::NotesHeld notes(&view.shown());
    const bool full = static_cast<size_t>(response.sources_size()) == page.size || counted >= kCountedMax;
    if (full && last) {
      response.set_next_page_token(page.Next(EncodePlace(*last)));
      break;
    }
    ASSIGN_OR_RETURN(const auto row, catalog::FindSource(view, job));
    if (!row) continue;
    v1::CrawledSource source = ToProto(*row, view, now);
    if (!bytes.Take(source)) {
      response.set_next_page_token(page.Next(EncodePlace(*last)));
      break;
    }
    notes.Keep();
    counted += source.objects();
    last = view.NameOf(job);
    *response.add_sources() = std::move(source);
  }
  return response;
}

}  // namespace

void CrawlService::ListCrawledObjects(authz::Call call, v1::ListCrawledObjectsRequest request,
                                      Done<v1::ListCrawledObjectsResponse> done) {
  call.detail = DetailOf(request.source());
  const Status wrong = SourceOf(request.source()).status();
  const auto handler = [](authz::GovernedView& view, const v1::ListCrawledObjectsRequest& asked,
                          const Page<v1::ListCrawledObjectsRequest>& page) -> StatusOr<v1::ListCrawledObjectsResponse> {
    ASSIGN_OR_RETURN(const AssetName name, SourceOf(asked.source()));
    if (!view.MayPush(name)) {
      return base::PermissionDenied("the privilege `", authz::PrivilegeName(authz::Privilege::kPush), "` is needed");
    }
    // What somebody deleted here is still there at its source.
    view.ShowDeleted();
    v1::ListCrawledObjectsResponse response;
    const StatusOr<AssetId> source = view.ResolveExact(name);
    // Before its first crawl, and to who does not see it, a source has nothing.
    if (absl::IsNotFound(source.status())) return response;
    RETURN_IF_ERROR(source.status());
    view.shown().Note(*source);
    PageBytes bytes;
    const auto take = [&](const authz::Visible<catalog::RememberedRow>& row) {
      if (static_cast<size_t>(response.objects_size()) == page.size) return false;
      v1::RememberedObject object = ToProto(row, view);
      if (!bytes.Take(object)) return false;
      *response.add_objects() = std::move(object);
      return true;
    };
    ASSIGN_OR_RETURN(const std::string next, catalog::ScanRemembered(view, *source, page.position, take));
    if (!next.empty()) response.set_next_page_token(page.Next(next));
    return response;
  };
  const ReadRule rule = {.wrong = wrong, .page_default = kObjectsDefault, .page_max = kObjectsMax};
  ServeRead(context_, std::move(call), std::move(request), rule, handler, std::move(done));
}

void CrawlService::ListSources(authz::Call call, v1::ListSourcesRequest request, Done<v1::ListSourcesResponse> done) {
  const auto handler = [clock = &context_.guard->clock()](authz::GovernedView& view, const v1::ListSourcesRequest&,
                                                          const Page<v1::ListSourcesRequest>& page) {
    return SourcesOf(view, page, clock->Now());
  };
  ServeRead(context_, std::move(call), std::move(request), ReadRule(), handler, std::move(done));
}

void CrawlService::ListCrawls(authz::Call call, v1::ListCrawlsRequest request, Done<v1::ListCrawlsResponse> done) {
  call.detail = DetailOf(request.source());
  const Status wrong = SourceOf(request.source()).status();
  const auto handler = [clock = &context_.guard->clock()](
                           authz::GovernedView& view, const v1::ListCrawlsRequest& asked,
                           const Page<v1::ListCrawlsRequest>& page) -> StatusOr<v1::ListCrawlsResponse> {
    ASSIGN_OR_RETURN(const AssetName name, SourceOf(asked.source()));
    ASSIGN_OR_RETURN(const AssetId source, view.ResolveExact(name));
    view.shown().Note(source);
    int64_t from = 0;
    if (!page.position.empty()) {
      ASSIGN_OR_RETURN(from, base::ByteReader(page.position).ReadI64());
    }
    ASSIGN_OR_RETURN(const auto crawls, catalog::ScanCrawls(view, source, from, page.size + 1));
    v1::ListCrawlsResponse response;
    for (const authz::Visible<catalog::CrawlRow>& crawl : crawls) {
      if (static_cast<size_t>(response.crawls_size()) == page.size) {
        std::string next;
        base::AppendI64(next, crawl->number);
        response.set_next_page_token(page.Next(next));
        break;
      }
      *response.add_crawls() = ToProto(crawl, clock->Now());
    }
    return response;
  };
  const ReadRule rule = {.wrong = wrong, .page_default = kCrawlsDefault, .page_max = kCrawlsMax};
  ServeRead(context_, std::move(call), std::move(request), rule, handler, std::move(done));
}

void CrawlService::GetCrawl(authz::Call call, v1::GetCrawlRequest request, Done<v1::GetCrawlResponse> done) {
  call.detail = base::Cat(DetailOf(request.source()), " ", request.crawl());
  Status wrong = SourceOf(request.source()).status();
  if (request.crawl() < 0) wrong.Update(base::InvalidField("crawl", "a number of BeginCrawl, or 0 for the newest"));
  const auto handler = [clock = &context_.guard->clock()](
                           authz::GovernedView& view,
                           const v1::GetCrawlRequest& asked) -> StatusOr<v1::GetCrawlResponse> {
    ASSIGN_OR_RETURN(const AssetName name, SourceOf(asked.source()));
    ASSIGN_OR_RETURN(const AssetId source, view.ResolveExact(name));
    ASSIGN_OR_RETURN(const auto crawl, catalog::FindCrawl(view, source, asked.crawl()));
    if (!crawl) return base::NotFound("there is no such crawl");
    v1::GetCrawlResponse response;
    *response.mutable_crawl() = ToProto(*crawl, clock->Now());
    ASSIGN_OR_RETURN(const auto scopes, catalog::FindCrawlScopes(view, source, (*crawl)->number));
    if (scopes) FillScopes(*scopes, *response.mutable_crawl());
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {.wrong = wrong}, handler, std::move(done));
}

}  // namespace cadastre::server
