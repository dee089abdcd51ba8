#include "server/http/gateway.h"

#include <utility>

#include "base/status.h"
#include "server/http/static_files.h"

namespace cadastre::server {
namespace {

HttpResponse Text(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = std::move(text);
  return response;
}

}  // namespace

void Gateway::Handle(HttpRequest request, HttpReply reply) const {
  if (request.path == "/healthz") return reply(Text(200, "ok\n"));
  if (request.path == "/readyz") {
    const std::string waiting = parts_.not_ready();
    return reply(waiting.empty() ? Text(200, "ready\n") : Text(503, waiting + "\n"));
  }
  if (request.path == "/metrics") return parts_.metrics(std::move(request), std::move(reply));
  if (OpenLineageDoor::Serves(request)) return parts_.openlineage->Handle(std::move(request), std::move(reply));
  if (parts_.connect->Serves(request)) return parts_.connect->Handle(std::move(request), std::move(reply));
  // What looks like an RPC or an endpoint must not get the web UI's page with a 200.
  if (request.method == "POST" || request.path.starts_with("/api/") || request.path.starts_with("/cadastre.")) {
    return reply(ErrorResponse(base::Unimplemented("no such endpoint"), request.request_id));
  }
  reply(ServeStatic(request));
}

}  // namespace cadastre::server
