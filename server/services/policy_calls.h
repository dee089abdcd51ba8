// A page of accounts or policy, in order of id. Template over a service's context. Thread rule: safe.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"
#include "server/rpc/read.h"

namespace cadastre::server {

// `list` is asked for one more than fits: rows(GovernedView&, const Request&, const std::string& after, size_t max).
// `add` puts one into the answer and says its id: std::string(GovernedView&, row, Response&).
template <typename Request, typename Response, typename List, typename Add>
void ReadPage(const ServiceContext& context, authz::Call call, Request request, List list, Add add,
              Done<Response> done) {
  const auto handler = [list, add](authz::GovernedView& view, const Request& asked,
                                   const Page<Request>& page) -> StatusOr<Response> {
    ASSIGN_OR_RETURN(const auto rows, list(view, asked, page.position, page.size + 1));
    Response response;
    std::string last;
    for (size_t i = 0; i < rows.size() && i < page.size; ++i) last = add(view, rows[i], response);
    if (rows.size() > page.size) response.set_next_page_token(page.Next(last));
    return response;
  };
  ServeRead(context, std::move(call), std::move(request), {}, handler, std::move(done));
}

}  // namespace cadastre::server
