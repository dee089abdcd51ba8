#include "server/grpc/call.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/status.h"
#include "server/http/gzip.h"
#include "server/rpc/bearer.h"
#include "server/rpc/error_details.h"
#include "server/rpc/message_parts.h"
#include "server/rpc/request_id.h"
#include "server/rpc/status_map.h"
#include "server/rpc/wire_form.h"

namespace cadastre::server {
namespace {

std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : std::string_view(found->second.data(), found->second.size());
}

Timestamp DeadlineOf(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return kTimestampMax;
  return Timestamp(std::chrono::duration_cast<std::chrono::microseconds>(deadline.time_since_epoch()).count());
}

// gRPC tells by what a message is packed to its own readers alone.
class PackedReader : public grpc::ProtoBufferReader {
 public:
  using grpc::ProtoBufferReader::ProtoBufferReader;
  grpc_compression_algorithm packed_by() {
    return status().ok() ? reader()->buffer_in->data.raw.compression : GRPC_COMPRESS_NONE;
  }
};

grpc_compression_algorithm PackedBy(grpc::ByteBuffer& buffer) {
  return buffer.Valid() ? PackedReader(&buffer).packed_by() : GRPC_COMPRESS_NONE;
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

std::string ConnectionOf(std::string_view peer) {
  constexpr std::string_view kMapped = "::ffff:";
  const std::string address = AddressOf(peer);
  const std::string_view plain = std::string_view(address).substr(address.starts_with(kMapped) ? kMapped.size() : 0);
  return base::Cat(plain, " ", peer.substr(peer.rfind(':') + 1));
}

grpc::Status ToGrpc(const Status& status, std::string_view request_id) {
  if (status.ok()) return grpc::Status::OK;
  const Status shown = PublicStatus(status, request_id);
  const google::rpc::Status rich = RichStatusOf(shown);
  return grpc::Status(static_cast<grpc::StatusCode>(shown.code()), rich.message(),
                      rich.details().empty() ? std::string() : rich.SerializeAsString());
}

authz::Call CallOf(const grpc::CallbackServerContext& context, const authz::Operation& operation) {
  authz::Call call;
  call.operation = &operation;
  call.bearer = BearerIn(MetadataOf(context, "authorization"));
  call.peer = AddressOf(context.peer());
  call.request_id = RequestIdOf(MetadataOf(context, "x-request-id"));
  call.deadline = DeadlineOf(context);
  return call;
}

Status Unpack(grpc::ByteBuffer& buffer, size_t bytes_max, const std::function<Status(size_t)>& room) {
  const grpc_compression_algorithm packed_by = PackedBy(buffer);
  if (packed_by == GRPC_COMPRESS_NONE) return absl::OkStatus();
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return base::Internal("a message that cannot be read");
  std::string packed;
  for (const grpc::Slice& slice : slices) packed.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  const Packing packing = packed_by == GRPC_COMPRESS_GZIP ? Packing::kGzip : Packing::kZlib;
  const StatusOr<std::string> unpacked = Gunzip(packed, bytes_max, room, packing);
  // Sent again it is no shorter.
  if (absl::IsOutOfRange(unpacked.status())) {
    return base::InvalidField("body", base::Cat("at most ", bytes_max, " bytes unpacked"));
  }
  if (!unpacked.ok()) return unpacked.status();
  const grpc::Slice whole(*unpacked);
  buffer = grpc::ByteBuffer(&whole, 1);
  return absl::OkStatus();
}

Status ParseMessage(grpc::ByteBuffer& buffer, google::protobuf::Message& message,
                    const std::function<Status(size_t)>& hold) {
  if (buffer.Valid()) {
    grpc::ProtoBufferReader bytes(&buffer);
    const size_t parts = CountParts(bytes, *message.GetDescriptor());
    if (Status full = HoldParts(parts, hold); !full.ok()) {
      buffer.Clear();
      return full;
    }
  }
  const grpc::Status parsed =
      grpc::GenericDeserialize<grpc::ProtoBufferReader, google::protobuf::Message>(&buffer, &message);
  buffer.Clear();
  if (!parsed.ok()) return base::InvalidField("body", "a binary message of the method's request");
  return CheckWireForm(message);
}

StatusOr<grpc::ByteBuffer> SerializeMessage(const google::protobuf::Message& message) {
  grpc::ByteBuffer buffer;
  bool own = false;
  const grpc::Status written =
      grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(message, &buffer, &own);
  if (!written.ok()) return base::Internal("a response that does not serialize");
  return buffer;
}

}  // namespace cadastre::server
