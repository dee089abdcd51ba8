// The HTTP gateway: which path goes to which door, who may go on past the header and how much he may send, and the log
// line at the end of each request. Thread rule: safe.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "authz/front/front.h"
#include "base/limits.h"
#include "server/http/connect.h"
#include "server/http/message.h"
#include "server/http/openlineage_door.h"
#include "server/rpc/budget.h"

namespace cadastre::server {

class Gateway final : public HttpHandler {
 public:
  struct Parts {
    Budget* budget;
    authz::Front* front;
    const ConnectDoor* connect;
    const OpenLineageDoor* openlineage;
    // Empty while everything is caught up; else what is being waited for.
    std::function<std::string()> not_ready;
    // GET /metrics under its privilege; replies on any thread.
    std::function<void(HttpRequest, HttpReply)> metrics;
    // Of an event, and of what an RPC is sent.
    size_t body_bytes_max = base::kBodyBytesMax;
  };
  explicit Gateway(Parts parts) : parts_(std::move(parts)) {}

  std::optional<HttpAdmission> Admit(const HttpRequest& head, const HttpReply& refuse) override;
  HttpResponse TurnAway(const HttpRequest& head) override;
  void Handle(HttpRequest request, HttpReply reply) override;

 private:
  struct Route;
  Route RouteOf(const HttpRequest& request) const;
  // What is no RPC and no endpoint of OpenLineage.
  void Others(HttpRequest request, HttpReply reply) const;

  Parts parts_;
};

}  // namespace cadastre::server
