// What every service function needs, and the shape they share.
//
// A service function takes a call, a parsed request and a continuation; it
// returns at once and answers through the continuation, exactly once, on any
// thread. It knows no protocol: gRPC and Connect both bind to it. What it has in common with others is ServeRead
// (read.h) and ServeWrite (write.h). Thread rule: safe.
#pragma once

#include <functional>

#include "authz/front/front.h"
#include "authz/front/guard.h"
#include "base/status.h"
#include "base/words.h"
#include "search/index.h"

namespace cadastre::server {

template <typename Response>
using Done = std::function<void(StatusOr<Response>)>;

// Made by main, outlives all services.
struct ServiceContext {
  authz::Front* front;
  authz::Guard* guard;
  const search::Index* index;

  // What writes of searchable text answer while the index is too far behind; inside a handler, so that it is audited.
  Status CheckIndexKeepsUp() const {
    return index->overloaded() ? base::Unavailable("the search index is behind; repeat in a few seconds")
                               : absl::OkStatus();
  }
};

}  // namespace cadastre::server
