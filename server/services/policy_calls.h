// A page of accounts or policy, in order of id. Template over a service's context. Thread rule: safe.
#pragma once

#include <string>
#include <utility>

#include "base/status.h"
#include "server/rpc/page_bytes.h"
#include "server/rpc/read.h"

namespace cadastre::server {

// Where an answer holds its rows, and how one is made: Row(GovernedView&, what `list` gave), which has an id.
template <typename Response, typename Row, typename Make>
struct PageRows {
  google::protobuf::RepeatedPtrField<Row>* (Response::*in)();
  Make make;
};
// clang does not yet find it by itself.
template <typename Response, typename Row, typename Make>
PageRows(google::protobuf::RepeatedPtrField<Row>* (Response::*)(), Make) -> PageRows<Response, Row, Make>;

// `list` is asked for one more than fits: rows(GovernedView&, const Request&, const std::string& after, size_t max).
template <typename Request, typename Response, typename List, typename Row, typename Make>
void ReadPage(const ServiceContext& context, authz::Call call, Request request, List list,
              PageRows<Response, Row, Make> rows, Done<Response> done) {
  const auto handler = [list, rows](authz::GovernedView& view, const Request& asked,
                                    const Page<Request>& page) -> StatusOr<Response> {
    ASSIGN_OR_RETURN(const auto found, list(view, asked, page.position, page.size + 1));
    Response response;
    auto* const out = (response.*rows.in)();
    const auto make = [&](const auto& row) -> StatusOr<Row> { return rows.make(view, row); };
    ASSIGN_OR_RETURN(const size_t added, AddRows(view.shown(), PageBytes(), found, page.size, make, out));
    if (added < found.size()) response.set_next_page_token(page.Next(out->rbegin()->id()));
    return response;
  };
  ServeRead(context, std::move(call), std::move(request), {}, handler, std::move(done));
}

}  // namespace cadastre::server
