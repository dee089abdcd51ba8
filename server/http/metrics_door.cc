#include "server/http/metrics_door.h"

#include <utility>

#include "base/status.h"
#include "server/http/connect.h"

namespace cadastre::server {

std::optional<HttpAdmission> MetricsDoor::Admit(const HttpRequest& head, const HttpReply& refuse) {
  if (head.path != "/metrics" || head.method != "GET") {
    refuse(ErrorResponse(base::NotFound("GET /metrics is all there is at this address"), head.request_id));
    return std::nullopt;
  }
  if (governed_ != nullptr) return governed_->Admit(head, refuse);
  const base::Sender sender = base::Sender::OfAddress(head.peer);
  StatusOr<Budget::Share> request = budget_->Take(Budget::Resource::kRequests, sender, 1);
  if (!request.ok()) {
    refuse(TurnAway(head));
    return std::nullopt;
  }
  HttpAdmission admission;
  admission.requests = std::make_shared<Budget::Share>(*std::move(request));
  admission.memory = std::make_shared<Budget::Share>(budget_->Begin(Budget::Resource::kBytes, sender));
  return admission;
}

HttpResponse MetricsDoor::TurnAway(const HttpRequest& head) {
  if (governed_ != nullptr) return governed_->TurnAway(head);
  return ErrorResponse(base::ResourceExhausted("too many at once"), head.request_id);
}

void MetricsDoor::Handle(HttpRequest request, HttpReply reply) {
  if (governed_ != nullptr) return governed_->Handle(std::move(request), std::move(reply));
  HttpResponse response;
  response.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}, {"Cache-Control", "no-store"}};
  response.body = expose_();
  reply(std::move(response));
}

}  // namespace cadastre::server
