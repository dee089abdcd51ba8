// One gRPC unary call: check, hand to the service function, answer from its continuation.
//
// The callback API's threads only parse and enqueue (two callbacks run at once
// with gRPC 1.51 on two cores); everything else runs on the executor behind Front.
// Thread rule: safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "authz/front.h"
#include "authz/operation.h"
#include "server/rpc/request_log.h"
#include "server/rpc/service.h"
#include "server/rpc/status_map.h"
#include "server/rpc/text_check.h"

namespace cadastre::server {

grpc::Status ToGrpc(const Status& status, std::string_view request_id);
// The address of `ipv4:127.0.0.1:50051` or `ipv6:%5B::1%5D:50051`, without its port, as the HTTP door tells it.
std::string AddressOf(std::string_view peer);
// Token, peer, request id and deadline of a call.
authz::Call CallOf(const grpc::CallbackServerContext& context, std::string_view operation);

template <typename Service, typename Request, typename Response>
grpc::ServerUnaryReactor* RunUnary(grpc::CallbackServerContext* context, const Request* request, Response* response,
                                   Service* service, void (Service::*function)(authz::Call, Request, Done<Response>),
                                   std::string_view operation) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  authz::Call call = CallOf(*context, operation);
  const auto end = std::make_shared<RequestEnd>("grpc", call.operation->name, call.request_id);
  call.trace = end;
  context->AddInitialMetadata("x-request-id", end->request_id());
  call.shape = CheckText(*request);
  const Request empty;
  const Request& usable = call.shape.ok() ? *request : empty;
  (service->*function)(std::move(call), usable, [=](StatusOr<Response> answer) {
    if (answer.ok()) *response = *std::move(answer);
    end->Tell(answer.status().code());
    reactor->Finish(ToGrpc(answer.status(), end->request_id()));
  });
  return reactor;
}

}  // namespace cadastre::server
