// The HTTP gateway: which path goes to which door, and the log line at the end of each request. Thread rule: safe.
#pragma once

#include <functional>
#include <string>

#include "server/http/connect.h"
#include "server/http/message.h"
#include "server/http/openlineage_door.h"

namespace cadastre::server {

class Gateway {
 public:
  struct Parts {
    const ConnectDoor* connect;
    const OpenLineageDoor* openlineage;
    // Empty while everything is caught up; else what is being waited for.
    std::function<std::string()> not_ready;
    // GET /metrics under its privilege; replies on any thread.
    HttpHandler metrics;
  };
  explicit Gateway(Parts parts) : parts_(std::move(parts)) {}

  void Handle(HttpRequest request, HttpReply reply) const;

 private:
  // What is no RPC and no endpoint of OpenLineage.
  void Others(HttpRequest request, HttpReply reply) const;

  Parts parts_;
};

}  // namespace cadastre::server
