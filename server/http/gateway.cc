#include "server/http/gateway.h"

#include <memory>
#include <utility>

#include "base/status.h"
#include "server/http/static_files.h"
#include "server/rpc/request_log.h"

namespace cadastre::server {
namespace {

constexpr std::string_view kHealth = "/healthz";
constexpr std::string_view kReady = "/readyz";
constexpr std::string_view kMetrics = "/metrics";

bool IsNoPage(const HttpRequest& request) {
  return request.method == "POST" || request.path.starts_with("/api/") || request.path.starts_with("/cadastre.");
}

// For the log, which tells no path as sent: the web UI's name assets.
std::string_view NameOf(const HttpRequest& request) {
  for (const std::string_view own : {kHealth, kReady, kMetrics}) {
    if (request.path == own) return own;
  }
  return IsNoPage(request) ? "no endpoint" : "web UI";
}

HttpResponse Text(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = std::move(text);
  return response;
}

}  // namespace

void Gateway::Handle(HttpRequest request, HttpReply reply) const {
  const authz::Operation* lineage = OpenLineageDoor::Find(request);
  const authz::Operation* rpc = lineage == nullptr ? parts_.connect->Find(request) : nullptr;
  const auto end = std::make_shared<RequestEnd>(
      "http", lineage != nullptr ? lineage->name : (rpc != nullptr ? rpc->name : NameOf(request)), request.request_id);
  request.trace = end;
  HttpReply told = [end, reply = std::move(reply)](HttpResponse response) {
    end->Tell(response.code, response.status);
    reply(std::move(response));
  };
  if (lineage != nullptr) return parts_.openlineage->Handle(std::move(request), std::move(told));
  if (rpc != nullptr) return parts_.connect->Handle(std::move(request), std::move(told));
  Others(std::move(request), std::move(told));
}

void Gateway::Others(HttpRequest request, HttpReply reply) const {
  if (request.path == kHealth) return reply(Text(200, "ok\n"));
  if (request.path == kReady) {
    const std::string waiting = parts_.not_ready();
    return reply(waiting.empty() ? Text(200, "ready\n") : Text(503, waiting + "\n"));
  }
  if (request.path == kMetrics) return parts_.metrics(std::move(request), std::move(reply));
  // What looks like an RPC or an endpoint must not get the web UI's page with a 200.
  if (IsNoPage(request)) {
    return reply(ErrorResponse(base::Unimplemented("no such endpoint"), request.request_id));
  }
  reply(ServeStatic(request));
}

}  // namespace cadastre::server
