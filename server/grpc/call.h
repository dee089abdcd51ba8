// What a gRPC call's metadata say of it, known before any of its messages is read. Thread rule: safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>
#include <string_view>

#include "authz/front/call.h"
#include "authz/front/front.h"
#include "authz/front/operation.h"
#include "base/words.h"
#include "google/protobuf/message.h"
#include "server/grpc/known_peers.h"
#include "server/rpc/budget.h"
#include "server/rpc/method_table.h"
#include "server/rpc/services.h"

namespace cadastre::server {

// What the reactors of this door work with; all outlive the server.
struct GrpcParts {
  const MethodTable* methods;
  const Services* services;
  authz::Front* front;
  Budget* budget;
  KnownPeers* known;
  size_t message_bytes_max;
};

// Both directions in bytes: what all reactors of this door are made of.
using RawReactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

// With google.rpc.Status in `grpc-status-details-bin` where there is more to say.
grpc::Status ToGrpc(const Status& status, std::string_view request_id);
// The address of `ipv4:127.0.0.1:50051` or `ipv6:%5B::1%5D:50051`, without its port, as the HTTP door tells it.
std::string AddressOf(std::string_view peer);
// Its address and port: which connection it is.
std::string ConnectionOf(std::string_view peer);
// Token, peer, request id and deadline of a call; `operation` outlives it.
authz::Call CallOf(const grpc::CallbackServerContext& context, const authz::Operation& operation);

// Of a message that its sender packed the unpacked one. INVALID_ARGUMENT where it does not unpack, or grows past
// `bytes_max`; what `room` refuses with, which is asked before memory for so many more bytes is taken. Else, and where
// it is not packed, the buffer stays.
Status Unpack(grpc::ByteBuffer& buffer, size_t bytes_max, const std::function<Status(size_t)>& room);
// INVALID_ARGUMENT that names the field, or says that there are too many; what `hold` says, which is asked for room for
// them (server/rpc/message_parts.h). The buffer is empty after.
Status ParseMessage(grpc::ByteBuffer& buffer, google::protobuf::Message& message,
                    const std::function<Status(size_t)>& hold = nullptr);
StatusOr<grpc::ByteBuffer> SerializeMessage(const google::protobuf::Message& message);

}  // namespace cadastre::server
