// Whatever the bytes: a body is a request or is refused by name, and is made of no more parts than were counted; what
// is taken has every form the doors speak, and what was stored before anybody checked it has one once it is mended.
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "base/utf8.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "server/http/json_request.h"
#include "server/http/spelling.h"
#include "server/rpc/message_parts.h"
#include "server/rpc/wire_form.h"

namespace server = cadastre::server;
using Request = cadastre::catalog::v1::UpsertAspectsRequest;

namespace {

bool HasJson(const Request& request) {
  std::string json;
  return google::protobuf::util::MessageToJsonString(request, &json).ok();
}

size_t Unknown(const google::protobuf::UnknownFieldSet& fields) {
  size_t parts = 0;
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    parts += 1 + (field.type() == google::protobuf::UnknownField::TYPE_GROUP ? Unknown(field.group()) : 0);
  }
  return parts;
}

// Messages in it, and fields that no type knows.
size_t PartsIn(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  size_t parts = Unknown(reflection.GetUnknownFields(message));
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const auto* field : fields) {
    if (field->message_type() == nullptr) continue;
    if (!field->is_repeated()) {
      parts += 1 + PartsIn(reflection.GetMessage(message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      parts += 1 + PartsIn(reflection.GetRepeatedMessage(message, field, i));
    }
  }
  return parts;
}

void CheckRefusal(const cadastre::Status& status, std::string_view body) {
  CHECK(status.code() == absl::StatusCode::kInvalidArgument) << status.ToString();
  const cadastre::Status told = server::Spelling::OfJson(body).Of(status);
  CHECK(told.code() == status.code());
  CHECK(cadastre::base::IsValidUtf8(cadastre::base::MessageOf(told))) << "a refusal is text too";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Else it prints a line for each text that is no UTF-8.
  static const auto printed = google::protobuf::SetLogHandler(nullptr);
  (void)printed;
  const std::string body(reinterpret_cast<const char*>(data), size);
  Request json;
  if (const cadastre::Status parsed = server::ParseJsonRequest(body, json); !parsed.ok()) {
    CheckRefusal(parsed, body);
  } else if (const cadastre::Status form = server::CheckWireForm(json); !form.ok()) {
    CheckRefusal(form, body);
  } else {
    CHECK(HasJson(json));
  }
  Request binary;
  if (!binary.ParseFromString(body)) return 0;
  google::protobuf::io::ArrayInputStream in(body.data(), static_cast<int>(body.size()));
  CHECK(server::CountParts(in, *Request::descriptor()) >= std::min(PartsIn(binary), server::kPartsMax));
  if (server::CheckWireForm(binary).ok()) {
    CHECK(HasJson(binary)) << binary.ShortDebugString();
  } else {
    server::MendWireForm(binary);
    (void)HasJson(binary);
  }
  return 0;
}
