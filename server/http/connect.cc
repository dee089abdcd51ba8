#include "server/http/connect.h"

#include <google/protobuf/util/json_util.h>

#include <charconv>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "base/utf8.h"
#include "server/http/gzip.h"
#include "server/rpc/status_map.h"
#include "server/rpc/text_check.h"

namespace cadastre::server {
namespace {

using google::protobuf::Message;

constexpr size_t kRequestBytesMax = 16 << 20;

enum class Codec { kJson, kProto, kNone };

Codec CodecOf(std::string_view content_type) {
  const size_t end = content_type.find(';');
  std::string_view type = content_type.substr(0, end);
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  if (type == "application/json") return Codec::kJson;
  if (type == "application/proto") return Codec::kProto;
  return Codec::kNone;
}

Status ParseInto(Codec codec, const std::string& body, Message& request) {
  if (codec == Codec::kProto) {
    if (!request.ParseFromString(body)) return base::InvalidField("body", "a binary message of the method's request");
    return absl::OkStatus();
  }
  if (!base::IsValidUtf8(body)) return base::InvalidField("body", "JSON in UTF-8");
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  const auto parsed = google::protobuf::util::JsonStringToMessage(body.empty() ? "{}" : body, &request, options);
  if (parsed.ok()) return absl::OkStatus();
  return base::InvalidField("body", base::Cat("JSON of the method's request: ", std::string(parsed.message())));
}

StatusOr<std::string> Serialize(Codec codec, const Message& response) {
  std::string out;
  if (codec == Codec::kProto) {
    if (!response.SerializeToString(&out)) return base::Internal("a response that does not serialize");
    return out;
  }
  google::protobuf::util::JsonPrintOptions options;
  const auto printed = google::protobuf::util::MessageToJsonString(response, &out, options);
  if (!printed.ok()) return base::Internal("a response that does not print: ", std::string(printed.message()));
  return out;
}

// Connect-Timeout-Ms: at most 10 digits.
StatusOr<Timestamp> DeadlineOf(const HttpRequest& request) {
  const std::string_view text = request.Header("connect-timeout-ms");
  if (text.empty()) return kTimestampMax;
  int64_t millis = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), millis);
  if (error != std::errc() || end != text.data() + text.size() || millis < 0 || text.size() > 10) {
    return base::InvalidField("Connect-Timeout-Ms", "a number of at most 10 digits");
  }
  return base::SystemClock().Now() + std::chrono::milliseconds(millis);
}

StatusOr<std::string> BodyOf(HttpRequest& request) {
  const std::string_view encoding = request.Header("content-encoding");
  if (encoding.empty() || encoding == "identity") return std::move(request.body);
  if (encoding == "gzip") return Gunzip(request.body, kRequestBytesMax);
  return base::Unimplemented("Content-Encoding: expected gzip or identity");
}

HttpResponse UnsupportedMedia() {
  HttpResponse response;
  response.status = 415;
  response.headers = {{"Accept-Post", "application/json, application/proto"}};
  return response;
}

}  // namespace

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string BearerOf(const HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view value = request.Header("authorization");
  return value.starts_with(kBearer) ? std::string(value.substr(kBearer.size())) : "";
}

HttpResponse ErrorResponse(const Status& status, std::string_view request_id) {
  const Status shown = PublicStatus(status, request_id);
  HttpResponse response;
  response.status = HttpStatusOf(shown.code());
  response.headers = {{"Content-Type", "application/json"}};
  if (const int seconds = RetryAfterSeconds(shown.code()); seconds > 0) {
    response.headers.emplace_back("Retry-After", base::Cat(seconds));
  }
  if (shown.code() == absl::StatusCode::kUnauthenticated) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  response.body =
      base::Cat("{\"code\":\"", ConnectCodeOf(shown.code()), "\",\"message\":", JsonString(base::MessageOf(shown)));
  if (const auto field = base::FieldOf(status)) response.body += base::Cat(",\"field\":", JsonString(*field));
  response.body += "}";
  return response;
}

bool ConnectDoor::Serves(const HttpRequest& request) const {
  return request.path.size() > 1 && methods_->Find(std::string_view(request.path).substr(1)) != nullptr;
}

void ConnectDoor::Handle(HttpRequest request, HttpReply reply) const {
  const Method* method = methods_->Find(std::string_view(request.path).substr(1));
  if (request.method != "POST") {
    HttpResponse response;
    response.status = 405;
    response.headers = {{"Allow", "POST"}};
    return reply(std::move(response));
  }
  const Codec codec = CodecOf(request.Header("content-type"));
  if (codec == Codec::kNone) return reply(UnsupportedMedia());
  const std::string id = request.request_id;
  authz::Call call;
  call.operation = method->operation;
  call.bearer = BearerOf(request);
  call.peer = request.peer;
  call.request_id = id;
  const StatusOr<Timestamp> deadline = DeadlineOf(request);
  if (!deadline.ok()) return reply(ErrorResponse(deadline.status(), id));
  call.deadline = *deadline;
  const StatusOr<std::string> body = BodyOf(request);
  if (!body.ok()) return reply(ErrorResponse(body.status(), id));
  const std::unique_ptr<Message> message = method->new_request();
  Status checked = ParseInto(codec, *body, *message);
  if (checked.ok()) checked = CheckText(*message);
  if (!checked.ok()) return reply(ErrorResponse(checked, id));
  method->invoke(
      std::move(call), *message, [reply = std::move(reply), codec, id](StatusOr<std::unique_ptr<Message>> answer) {
        if (!answer.ok()) return reply(ErrorResponse(answer.status(), id));
        StatusOr<std::string> text = Serialize(codec, **answer);
        if (!text.ok()) return reply(ErrorResponse(text.status(), id));
        HttpResponse response;
        response.headers = {{"Content-Type", codec == Codec::kJson ? "application/json" : "application/proto"},
                            {"Cache-Control", "no-store"}};
        response.body = *std::move(text);
        reply(std::move(response));
      });
}

}  // namespace cadastre::server
