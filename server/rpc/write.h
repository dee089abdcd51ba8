// How every write of a service begins and ends: refusal, `validate_only` and the idempotency key before the session is
// open, the revision once it is committed. Thread rule: safe.
//
// A request's own fields say what is done: `validate_only` checks all and commits nothing, `idempotency_key` makes a
// repetition answer as the first did; an answer with a `revision` gets that of the commit. Who may call at all stands
// with the method; what a handler writes needs the permit of its session.
// Errors: INVALID_ARGUMENT that names the field, recorded as any refusal; the handler's.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "authz/front/front.h"
#include "authz/identity/opaque_tokens.h"
#include "authz/write/write_session.h"
#include "base/status.h"
#include "server/rpc/asked_targets.h"
#include "server/rpc/options.h"
#include "server/rpc/service.h"

namespace cadastre::server {

template <typename Request, typename Response>
struct WriteRule {
  Status wrong = absl::OkStatus();  // with the request's own fields
  // Set where the caller also has to say his password.
  std::optional<std::string> password = std::nullopt;
  // Where set, the answer also shows what the write left behind: after the commit, as a read of its own at that
  // revision or later, recorded under the name of `shown_as`. The answer goes without where that read fails, or nothing
  // was committed, or `may_show` (null: always) says so at the end of the handler.
  const authz::Operation* shown_as = nullptr;
  std::function<bool(const authz::WriteSession&, const Request&)> may_show = nullptr;
  std::function<Status(authz::GovernedView&, const Request&, Response&)> show = nullptr;
};

// Adds to a committed answer what `rule` shows.
template <typename Request, typename Response>
Done<Response> Showing(const ServiceContext& context, authz::Call call, std::shared_ptr<const Request> request,
                       const WriteRule<Request, Response>& rule, std::shared_ptr<const bool> may_show,
                       Done<Response> done) {
  call.operation = rule.shown_as;
  call.on_executor = false;
  return [front = context.front, call = std::move(call), request = std::move(request), show = rule.show,
          may_show = std::move(may_show), done = std::move(done)](StatusOr<Response> written) {
    if (!written.ok() || !*may_show) return done(std::move(written));
    authz::ReadOptions options;
    options.min_revision = written->revision();
    auto look = [written = *written, request, show](authz::GovernedView& view) -> StatusOr<Response> {
      Response shown = written;
      RETURN_IF_ERROR(show(view, *request, shown));
      return shown;
    };
    // What is written is written, whether or not it can be shown.
    auto answer = [written = *written, done](StatusOr<Response> shown) {
      done(shown.ok() ? std::move(shown) : StatusOr<Response>(written));
    };
    front->template Read<Response>(call, std::move(options), std::move(look), std::move(answer));
  };
}

// `handler`: StatusOr<Response>(WriteSession&, const Request&), or Status where there is nothing to answer but what the
// commit knows; run again after a conflict.
template <typename Request, typename Response, typename Handler>
void ServeWrite(const ServiceContext& context, authz::Call call, Request request, WriteRule<Request, Response> rule,
                Handler handler, Done<Response> done) {
  const authz::Call bare = call;
  if constexpr (requires { request.validate_only(); }) {
    call.validate_only = request.validate_only();
  }
  if constexpr (requires { request.idempotency_key(); }) {
    if (rule.wrong.ok() && !request.idempotency_key().empty()) {
      call.idempotency_key = std::exchange(*request.mutable_idempotency_key(), {});
      call.request_digest = DigestOf(request);
    }
  }
  // What is written names itself, and a stream's own records name what it brings.
  if constexpr (std::is_base_of_v<google::protobuf::Message, Request>) call.asked = AskedTargets(request);
  if (call.validate_only) {
    if (call.detail.empty()) call.detail = std::exchange(call.asked, {});
    call.detail = base::Cat("validate_only", call.detail.empty() ? "" : " ", call.detail);
  }
  const auto asked = std::make_shared<const Request>(std::move(request));
  const auto may_show = std::make_shared<bool>(false);
  auto write = [asked, may_show, wrong = rule.wrong, may = rule.may_show,
                handler = std::move(handler)](authz::WriteSession& session) -> StatusOr<Response> {
    RETURN_IF_ERROR(wrong);
    if constexpr (std::is_same_v<decltype(handler(session, *asked)), Status>) {
      RETURN_IF_ERROR(handler(session, *asked));
      return Response();
    } else {
      StatusOr<Response> response = handler(session, *asked);
      *may_show = response.ok() && (!may || may(session, *asked));
      return response;
    }
  };
  auto finish = [guard = context.guard](Response& response, Revision revision) {
    if constexpr (requires { response.set_revision(std::string()); }) {
      response.set_revision(guard->opaque().SealRevision(revision));
    } else {
      (void)guard;  // clang minds a capture that no branch names
    }
  };
  if constexpr (requires(Response response) { response.revision(); }) {
    if (rule.show && !call.validate_only) done = Showing(context, bare, asked, rule, may_show, std::move(done));
  }
  if (rule.password && rule.wrong.ok()) {
    return context.front->template Confirm<Response>(std::move(call), *std::move(rule.password), std::move(write),
                                                     std::move(finish), std::move(done));
  }
  context.front->template Write<Response>(std::move(call), std::move(write), std::move(finish), std::move(done));
}

}  // namespace cadastre::server
