#include "server/http/gateway.h"

#include <memory>
#include <utility>

#include "base/status.h"
#include "server/http/endpoints.h"
#include "server/http/static_files.h"
#include "server/rpc/request_log.h"
#include "server/rpc/status_map.h"

namespace cadastre::server {
namespace {

// Of a login and of what needs no token.
constexpr size_t kUnknownSenderBytesMax = 16 << 10;

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

// What the operations of a path are, and which door has them.
struct Gateway::Route {
  const authz::Operation* lineage = nullptr;
  const authz::Operation* rpc = nullptr;
  const authz::Operation* metrics = nullptr;

  const authz::Operation* operation() const { return lineage != nullptr ? lineage : (rpc != nullptr ? rpc : metrics); }
};

Gateway::Route Gateway::RouteOf(const HttpRequest& request) const {
  Route route;
  route.lineage = OpenLineageDoor::Find(request);
  if (route.lineage == nullptr) route.rpc = parts_.connect->Find(request);
  if (request.path == kMetrics) route.metrics = &kMetricsEndpoint;
  return route;
}

HttpResponse Gateway::TurnAway(const HttpRequest& head) {
  const authz::Call call = CallOf(head, RouteOf(head).operation());
  const Status busy = parts_.front->TurnAway(call);
  RequestEnd("http", "turned away", head.request_id).Tell(busy.code(), HttpStatusOf(busy.code()));
  return ErrorResponse(busy, head.request_id);
}

std::optional<HttpAdmission> Gateway::Admit(const HttpRequest& head, const HttpReply& refuse) {
  const Route route = RouteOf(head);
  const authz::Operation* operation = route.operation();
  const auto end =
      std::make_shared<RequestEnd>("http", operation != nullptr ? operation->name : NameOf(head), head.request_id);
  const auto answer = [end, refuse, id = head.request_id](const Status& status) {
    HttpResponse response = ErrorResponse(status, id);
    end->Tell(response.code, response.status);
    refuse(std::move(response));
  };
  // What looks like an RPC or an endpoint must not get the web UI's page with a 200.
  if (operation == nullptr && IsNoPage(head)) {
    answer(base::NotFound("no such endpoint"));
    return std::nullopt;
  }
  authz::Call call = CallOf(head, operation);
  call.trace = end;
  call.sender = base::Sender::OfAddress(head.peer);
  HttpAdmission admission;
  admission.body_bytes_max = kUnknownSenderBytesMax;
  // A login names its sender in the body.
  if (operation != nullptr && operation->effect != authz::Effect::kLogin) {
    // Events tell nothing of what is asked for, so nobody without the right to push need send one; an RPC's own
    // refusal names what it was asked.
    if (route.lineage != nullptr) {
      if (!parts_.front->AdmitCaller(call, answer)) return std::nullopt;
    } else if (const Status unknown = parts_.front->CheckCaller(call); !unknown.ok()) {
      answer(unknown);
      return std::nullopt;
    }
    admission.body_bytes_max = route.metrics != nullptr ? 0 : parts_.body_bytes_max;
    admission.work_factor = kBodyWorkFactor;
  }
  StatusOr<Budget::Share> request = parts_.budget->Take(Budget::Resource::kRequests, call.sender, 1);
  if (!request.ok()) {
    answer(parts_.front->TurnAway(call));
    return std::nullopt;
  }
  admission.requests = std::make_shared<Budget::Share>(*std::move(request));
  admission.memory = std::make_shared<Budget::Share>(parts_.budget->Begin(Budget::Resource::kBytes, call.sender));
  return admission;
}

void Gateway::Handle(HttpRequest request, HttpReply reply) {
  const Route route = RouteOf(request);
  const authz::Operation* operation = route.operation();
  const auto end = std::make_shared<RequestEnd>("http", operation != nullptr ? operation->name : NameOf(request),
                                                request.request_id);
  request.trace = end;
  HttpReply told = [end, reply = std::move(reply)](HttpResponse response) {
    end->Tell(response.code, response.status);
    reply(std::move(response));
  };
  if (route.lineage != nullptr) return parts_.openlineage->Handle(std::move(request), std::move(told));
  if (route.rpc != nullptr) return parts_.connect->Handle(std::move(request), std::move(told));
  if (route.metrics != nullptr) return parts_.metrics(std::move(request), std::move(told));
  Others(std::move(request), std::move(told));
}

void Gateway::Others(HttpRequest request, HttpReply reply) const {
  if (request.path == kHealth) return reply(Text(200, "ok\n"));
  if (request.path == kReady) {
    const std::string waiting = parts_.not_ready();
    return reply(waiting.empty() ? Text(200, "ready\n") : Text(503, waiting + "\n"));
  }
  reply(ServeStatic(request));
}

}  // namespace cadastre::server
