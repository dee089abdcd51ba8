// What every service function needs, and the shape they share.
//
// A service function takes a call, a parsed request and a continuation; it
// returns at once and answers through the continuation, exactly once, on any
// thread. It knows no protocol: gRPC and Connect both bind to it. Thread rule: safe.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "authz/front.h"
#include "authz/guard.h"
#include "authz/operation.h"
#include "base/status.h"
#include "base/words.h"
#include "search/index.h"

namespace cadastre::server {

template <typename Response>
using Done = std::function<void(StatusOr<Response>)>;

// The entry of an RPC in the privilege table, AuthzService.Login's included; null if there is none.
inline const authz::Operation* OperationOf(std::string_view name) {
  if (name == authz::LoginOperation().name) return &authz::LoginOperation();
  return authz::FindOperation(name);
}

// Made by main, outlives all services.
struct ServiceContext {
  authz::Front* front;
  authz::Guard* guard;
  const search::Index* index;

  // Answers a request that cannot be served through the front all the same: who has no token learns nothing else, and
  // the refusal is audited.
  template <typename Response>
  void RefuseRead(authz::Call call, Status status, Done<Response> done) const {
    const auto handler = [status](authz::GovernedView&) -> StatusOr<Response> { return status; };
    front->template Read<Response>(std::move(call), authz::ReadOptions(), handler, std::move(done));
  }
  template <typename Response>
  void RefuseWrite(authz::Call call, Status status, Done<Response> done) const {
    const auto handler = [status](authz::WriteSession&) -> StatusOr<Response> { return status; };
    front->template Write<Response>(
        std::move(call), handler, [](Response&, Revision) {}, std::move(done));
  }

  // What writes of searchable text answer while the index is too far behind; inside a handler, so that it is audited.
  Status CheckIndexKeepsUp() const {
    return index->overloaded() ? base::Unavailable("the search index is behind; repeat in a few seconds")
                               : absl::OkStatus();
  }
};

}  // namespace cadastre::server
