#include "server/services/search_service.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/status.h"
#include "catalog/summary.h"
#include "search/find.h"
#include "search/suggest.h"
#include "server/rpc/page_bytes.h"
#include "server/rpc/read.h"
#include "server/wire/catalog_wire.h"
#include "server/wire/search_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = search::v1;

constexpr size_t kSuggestionsMax = 20;
constexpr std::chrono::seconds kSearchTimeMax{10};
// 50 values of one facet, with their labels.
constexpr size_t kFacetBytesMax = size_t{100} << 10;

search::FindRequest FindOf(const v1::SearchRequest& request, const Page<v1::SearchRequest>& page) {
  search::FindRequest out;
  out.query = request.query();
  for (const v1::FacetFilter& filter : request.filters()) {
    out.filters.push_back({filter.facet(), {filter.values().begin(), filter.values().end()}});
  }
  out.facets.assign(request.facets().begin(), request.facets().end());
  out.page_size = page.size;
  out.after = page.position;
  out.order_by = request.order_by();
  out.explain = request.explain();
  out.include_deleted = request.include_deleted();
  out.deadline = std::chrono::steady_clock::now() + kSearchTimeMax;
  return out;
}

StatusOr<v1::Hit> HitOf(authz::GovernedView& view, const authz::Visible<search::Hit>& hit) {
  ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, hit->id));
  v1::Hit out;
  ToProto(hit, out);
  *out.mutable_asset() = ToProto(std::move(summary));
  return out;
}

// The query and the filters, as an auditor reads them.
std::string DetailOf(const v1::SearchRequest& request) {
  std::string out = request.query();
  for (const v1::FacetFilter& filter : request.filters()) {
    out += base::Cat(out.empty() ? "" : " ", filter.facet(), "=");
    for (int i = 0; i < filter.values_size(); ++i) out += base::Cat(i == 0 ? "" : "|", filter.values(i));
  }
  return out;
}

}  // namespace

void SearchService::Search(authz::Call call, v1::SearchRequest request, Done<v1::SearchResponse> done) {
  call.detail = DetailOf(request);
  call.gate = &index_->gate();
  const auto handler = [index = index_](authz::GovernedView& view, const v1::SearchRequest& asked,
                                        const Page<v1::SearchRequest>& page) -> StatusOr<v1::SearchResponse> {
    v1::SearchResponse response;
    const PageBytes empty(kFacetBytesMax * static_cast<size_t>(asked.facets_size()));
    PageBytes bytes = empty;
    Status failed = absl::OkStatus();
    search::FindRequest find = FindOf(asked, page);
    find.fits = [&](size_t before, const authz::Visible<search::Hit>& hit) {
      if (before == 0) {
        bytes = empty;
        response.clear_hits();
      }
      StatusOr<v1::Hit> one = HitOf(view, hit);
      failed.Update(one.status());
      if (!one.ok() || !bytes.Take(*one)) return false;
      *response.add_hits() = *std::move(one);
      return true;
    };
    ASSIGN_OR_RETURN(const search::Found found, search::Find(view, *index, find));
    RETURN_IF_ERROR(failed);
    ToProto(found, response);
    if (!found.next.empty()) response.set_next_page_token(page.Next(found.next));
    return response;
  };
  const ReadRule rule = {.page_default = 20, .page_max = 100};
  ServeRead(context_, std::move(call), std::move(request), rule, handler, std::move(done));
}

void SearchService::Suggest(authz::Call call, v1::SuggestRequest request, Done<v1::SuggestResponse> done) {
  call.detail = request.prefix();
  call.gate = &index_->gate();
  const Status wrong = request.limit() < 0 ? base::InvalidField("limit", "1 to 20") : absl::OkStatus();
  const auto handler = [index = index_](authz::GovernedView& view,
                                        const v1::SuggestRequest& asked) -> StatusOr<v1::SuggestResponse> {
    search::SuggestRequest suggest;
    suggest.prefix = asked.prefix();
    if (asked.limit() > 0) suggest.limit = std::min(static_cast<size_t>(asked.limit()), kSuggestionsMax);
    suggest.deadline = std::chrono::steady_clock::now() + kSearchTimeMax;
    ASSIGN_OR_RETURN(const search::Suggested suggested, search::Suggest(view, *index, suggest));
    v1::SuggestResponse response;
    for (const auto& suggestion : suggested.suggestions) {
      auto summary = catalog::SummarizeBriefly(view, suggestion->id);
      if (!summary) continue;
      v1::Suggestion* one = response.add_suggestions();
      ToProto(suggestion, *one);
      *one->mutable_asset() = ToProto(*std::move(summary));
    }
    for (const std::string& word : suggested.completions) response.add_completions(word);
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {wrong}, handler, std::move(done));
}

}  // namespace cadastre::server
