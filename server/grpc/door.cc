#include "server/grpc/door.h"

#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/status.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "server/grpc/call.h"
#include "server/grpc/push_stream.h"
#include "server/grpc/unary_call.h"

namespace cadastre::server {
namespace {

using Begin = std::function<RawReactor*(grpc::CallbackServerContext*)>;

// One service of the contract, whatever its methods are.
class RawService final : public grpc::Service {
 public:
  void Add(std::string_view method, Begin begin) {
    // gRPC keeps the pointer.
    const std::string& path = paths_.emplace_back(base::Cat("/", method));
    AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING, nullptr));
    MarkMethodRawCallback(
        static_cast<int>(paths_.size()) - 1,
        new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(std::move(begin)));
  }

 private:
  std::deque<std::string> paths_;
};

// What a stream does between its messages is its own; null where nobody wrote it.
Begin BeginOf(const Method& method, const GrpcParts& parts) {
  if (!method.streams()) {
    return [&method, parts](grpc::CallbackServerContext* context) { return new UnaryCall(&method, parts, context); };
  }
  if (method.descriptor->input_type() == ingest::v1::PushRequest::descriptor()) {
    return [&method, parts](grpc::CallbackServerContext* context) { return new PushStream(&method, parts, context); };
  }
  return nullptr;
}

}  // namespace

StatusOr<std::unique_ptr<GrpcDoor>> GrpcDoor::Make(const GrpcParts& parts) {
  std::map<std::string, std::unique_ptr<RawService>> made;
  for (const auto& [name, method] : parts.methods->methods()) {
    std::unique_ptr<RawService>& service = made[method.descriptor->service()->full_name()];
    if (service == nullptr) service = std::make_unique<RawService>();
    Begin begin = BeginOf(method, parts);
    if (begin == nullptr) return base::FailedPrecondition(name, " is a stream without a reactor");
    service->Add(name, std::move(begin));
  }
  auto door = std::make_unique<GrpcDoor>();
  for (auto& [name, service] : made) door->services_.push_back(std::move(service));
  return door;
}

void GrpcDoor::Register(grpc::ServerBuilder& builder) {
  // gRPC bounds what arrives, and unpacks it whole whatever it grows to: the calls do it, and within their bounds
  // (Unpack).
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  for (const std::unique_ptr<grpc::Service>& service : services_) builder.RegisterService(service.get());
}

}  // namespace cadastre::server
