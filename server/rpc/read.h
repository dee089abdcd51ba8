// How every read of a service begins and ends: options, page and refusal before the view is open, position and revision
// within it. Thread rule: safe.
//
// A request's own fields say what is done: `min_revision` and `as_of` become the point that is read, `page_size` and
// `page_token` the page, `include_deleted` is shown to the view; an answer with a `revision` gets that of the view.
// Errors: INVALID_ARGUMENT that names the field, recorded as any refusal; the handler's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "authz/front/front.h"
#include "authz/identity/opaque_tokens.h"
#include "base/status.h"
#include "server/rpc/budget.h"
#include "server/rpc/options.h"
#include "server/rpc/service.h"

namespace cadastre::server {

struct ReadRule {
  Status wrong = absl::OkStatus();  // with the request's own fields
  size_t page_default = 100;
  size_t page_max = 1000;
};

// The page a paged request asks for, as its handler sees it; of other requests it is empty.
template <typename Request>
class Page {
 public:
  size_t size = 0;
  std::string position;  // where the last page ended; empty on the first

  // For `next_page_token`.
  std::string Next(std::string_view end) const { return paging_->Next(end); }
  const Paging<Request>& paging() const { return *paging_; }

  Status Open(authz::Guard* guard, const authz::GovernedView& view, const authz::Operation& operation,
              const Request& request) {
    if constexpr (requires { request.page_token(); }) {
      paging_.emplace(guard, view.viewer(), operation, request);
      ASSIGN_OR_RETURN(position, paging_->Position());
    }
    return absl::OkStatus();
  }

 private:
  std::optional<Paging<Request>> paging_;
};

// `handler`: StatusOr<Response>(GovernedView&, const Request&, const Page<Request>&), or without the last of these.
template <typename Request, typename Response, typename Handler>
void ServeRead(const ServiceContext& context, authz::Call call, Request request, const ReadRule& rule, Handler handler,
               Done<Response> done) {
  StatusOr<authz::ReadOptions> options = OptionsOf(request);
  Status wrong = base::WithinField("as_of", options.status());
  size_t size = 0;
  if constexpr (requires { request.page_size(); }) {
    const StatusOr<size_t> asked = PageSizeOf(request.page_size(), rule.page_default, rule.page_max);
    if (asked.ok()) size = *asked;
    wrong.Update(asked.status());
  }
  wrong.Update(rule.wrong);
  if (!wrong.ok()) {
    // Through the front all the same: who has no token learns nothing else, and the refusal is recorded.
    call.gate = nullptr;
    options = authz::ReadOptions();
  }
  auto read = [guard = context.guard, operation = call.operation, wrong, size, request = std::move(request),
               hold = call.hold, handler = std::move(handler)](authz::GovernedView& view) -> StatusOr<Response> {
    RETURN_IF_ERROR(wrong);
    if constexpr (requires { request.include_deleted(); }) {
      if (request.include_deleted()) view.ShowDeleted();
    }
    Page<Request> page;
    page.size = size;
    RETURN_IF_ERROR(page.Open(guard, view, *operation, request));
    const auto handle = [&]() -> StatusOr<Response> {
      if constexpr (std::is_invocable_v<const Handler&, authz::GovernedView&, const Request&, const Page<Request>&>) {
        return handler(view, request, page);
      } else if constexpr (std::is_invocable_v<const Handler&, authz::GovernedView&, const Request&>) {
        return handler(view, request);
      } else {
        return handler(view);
      }
    };
    ASSIGN_OR_RETURN(Response response, handle());
    if (hold) RETURN_IF_ERROR(hold(response.ByteSizeLong() * kAnswerWorkFactor));
    if constexpr (requires { response.set_revision(std::string()); }) {
      response.set_revision(guard->opaque().SealRevision(view.revision()));
    }
    return response;
  };
  context.front->template Read<Response>(std::move(call), *std::move(options), std::move(read), std::move(done));
}

}  // namespace cadastre::server
