#include "server/services/search_service.h"

#include <chrono>
#include <utility>

#include "base/status.h"
#include "catalog/summary.h"
#include "search/find.h"
#include "search/suggest.h"
#include "server/rpc/options.h"
#include "server/wire/catalog_wire.h"
#include "server/wire/search_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = search::v1;

constexpr size_t kPageMax = 100;
constexpr size_t kPageDefault = 20;
constexpr std::chrono::seconds kSearchTimeMax{10};

StatusOr<search::FindRequest> RequestOf(const v1::SearchRequest& request) {
  search::FindRequest out;
  out.query = request.query();
  for (const v1::FacetFilter& filter : request.filters()) {
    out.filters.push_back({filter.facet(), {filter.values().begin(), filter.values().end()}});
  }
  out.facets.assign(request.facets().begin(), request.facets().end());
  ASSIGN_OR_RETURN(out.page_size, PageSizeOf(request.page_size(), kPageDefault, kPageMax));
  out.order_by = request.order_by();
  out.explain = request.explain();
  out.include_deleted = request.include_deleted();
  out.deadline = std::chrono::steady_clock::now() + kSearchTimeMax;
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
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  const StatusOr<search::FindRequest> parsed = RequestOf(request);
  if (!parsed.ok()) return context_.RefuseRead(std::move(call), parsed.status(), std::move(done));
  call.gate = &index_->gate();
  const auto handler = [guard = context_.guard, index = index_, operation = call.operation, parsed = *parsed,
                        request](authz::GovernedView& view) -> StatusOr<v1::SearchResponse> {
    if (request.include_deleted()) view.ShowDeleted();
    const Paging paging(guard, view.viewer(), *operation, request);
    search::FindRequest find = parsed;
    ASSIGN_OR_RETURN(find.after, paging.Position());
    ASSIGN_OR_RETURN(const search::Found found, search::Find(view, *index, find));
    v1::SearchResponse response;
    for (const auto& hit : found.hits) {
      ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, hit->id));
      v1::Hit* one = response.add_hits();
      ToProto(hit, *one);
      *one->mutable_asset() = ToProto(std::move(summary));
    }
    ToProto(found, response);
    if (!found.next.empty()) response.set_next_page_token(paging.Next(found.next));
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::SearchResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

void SearchService::Suggest(authz::Call call, v1::SuggestRequest request, Done<v1::SuggestResponse> done) {
  call.detail = request.prefix();
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  if (request.limit() < 0 || request.limit() > 20)
    return context_.RefuseRead(std::move(call), base::InvalidField("limit", "1 to 20"), std::move(done));
  call.gate = &index_->gate();
  const auto handler = [guard = context_.guard, index = index_,
                        request](authz::GovernedView& view) -> StatusOr<v1::SuggestResponse> {
    search::SuggestRequest suggest;
    suggest.prefix = request.prefix();
    if (request.limit() > 0) suggest.limit = static_cast<size_t>(request.limit());
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
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::SuggestResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

}  // namespace cadastre::server
