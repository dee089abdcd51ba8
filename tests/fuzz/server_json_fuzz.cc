// Whatever the bytes: a body is a request or is refused by name; what is taken has every form the doors speak, and what
// was stored before anybody checked it has one once it is mended.
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/status.h"
#include "base/utf8.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "server/http/json_request.h"
#include "server/http/spelling.h"
#include "server/rpc/wire_form.h"

namespace server = cadastre::server;
using Request = cadastre::catalog::v1::UpsertAspectsRequest;

namespace {

bool HasJson(const Request& request) {
  std::string json;
  return google::protobuf::util::MessageToJsonString(request, &json).ok();
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
  if (server::CheckWireForm(binary).ok()) {
    CHECK(HasJson(binary)) << binary.ShortDebugString();
  } else {
    server::MendWireForm(binary);
    (void)HasJson(binary);
  }
  return 0;
}
