#include "server/grpc/unary.h"

#include <atomic>
#include <chrono>

#include "base/check.h"
#include "base/status.h"
#include "server/rpc/request_id.h"

namespace cadastre::server {
namespace {

constexpr std::string_view kBearer = "Bearer ";

std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : std::string_view(found->second.data(), found->second.size());
}

std::string BearerOf(const grpc::CallbackServerContext& context) {
  const std::string_view value = MetadataOf(context, "authorization");
  return value.starts_with(kBearer) ? std::string(value.substr(kBearer.size())) : "";
}

Timestamp DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return kTimestampMax;
  return Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(deadline.time_since_epoch()).count());
}

}  // namespace

std::string AddressOf(std::string_view peer) {
  const size_t scheme = peer.find(':');
  if (!peer.starts_with("ipv4:") && !peer.starts_with("ipv6:")) return std::string(peer);
  std::string_view address = peer.substr(scheme + 1, peer.rfind(':') - scheme - 1);
  for (const std::string_view open : {"%5B", "["}) {
    if (address.starts_with(open)) address.remove_prefix(open.size());
  }
  for (const std::string_view close : {"%5D", "]"}) {
    if (address.ends_with(close)) address.remove_suffix(close.size());
  }
  return std::string(address);
}

grpc::Status ToGrpc(const Status& status, std::string_view request_id) {
  if (status.ok()) return grpc::Status::OK;
  const Status shown = PublicStatus(status, request_id);
  return grpc::Status(static_cast<grpc::StatusCode>(shown.code()), std::string(base::MessageOf(shown)));
}

authz::Call CallOf(const grpc::CallbackServerContext& context, std::string_view operation) {
  authz::Call call;
  call.operation = OperationOf(operation);
  CHECK(call.operation != nullptr) << "a door without an entry in the privilege table";
  call.bearer = BearerOf(context);
  call.peer = AddressOf(context.peer());
  call.request_id = RequestIdOf(MetadataOf(context, "x-request-id"));
  call.deadline = DeadlineOf(context);
  return call;
}

}  // namespace cadastre::server
