// GET /metrics on an address of its own: to everybody who reaches it, or as governed as on the HTTP address.
//
// Made by the doors; what it is made from outlives it. Thread rule: safe. Everything else is NOT_FOUND there.
#pragma once

#include <functional>
#include <string>

#include "server/http/message.h"

namespace cadastre::server {

class MetricsDoor final : public HttpHandler {
 public:
  // `governed` answers where a token is needed; null: `expose` answers everybody.
  MetricsDoor(std::function<std::string()> expose, Budget* budget, HttpHandler* governed)
      : expose_(std::move(expose)), budget_(budget), governed_(governed) {}

  std::optional<HttpAdmission> Admit(const HttpRequest& head, const HttpReply& refuse) override;
  HttpResponse TurnAway(const HttpRequest& head) override;
  void Handle(HttpRequest request, HttpReply reply) override;

 private:
  const std::function<std::string()> expose_;
  Budget* const budget_;
  HttpHandler* const governed_;
};

}  // namespace cadastre::server
