#include "server/http/connect.h"

#include <google/protobuf/util/json_util.h>

#include <charconv>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/status.h"
#include "server/http/gzip.h"
#include "server/http/json_request.h"
#include "server/rpc/status_map.h"
#include "server/rpc/text_check.h"

namespace cadastre::server {
namespace {

using google::protobuf::Message;

constexpr size_t kRequestBytesMax = 16 << 20;
// Read before anybody knows who sends it.
constexpr size_t kLoginBytesMax = 16 << 10;

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
  if (codec == Codec::kJson) return ParseJsonRequest(body, request);
  if (!request.ParseFromString(body)) return base::InvalidField("body", "a binary message of the method's request");
  return absl::OkStatus();
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

// Everything of the request but its method's own fields, into the call; then those, into the message.
Misfit Read(HttpRequest& request, Codec codec, authz::Call& call, Message& message) {
  if (request.method != "POST") return WrongMethod("POST");
  if (codec == Codec::kNone) return WrongMedia("application/json, application/proto");
  const StatusOr<Timestamp> deadline = DeadlineOf(request);
  if (!deadline.ok()) return {deadline.status(), 0, {}};
  call.deadline = *deadline;
  Misfit misfit;
  const bool login = call.operation == &authz::LoginOperation();
  const StatusOr<std::string> body = BodyOf(request, login ? kLoginBytesMax : kRequestBytesMax, misfit);
  if (!body.ok()) return misfit;
  misfit.status = ParseInto(codec, *body, message);
  if (misfit.status.ok()) misfit.status = CheckText(message);
  return misfit;
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
  response.code = shown.code();
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

HttpResponse ErrorResponse(const Status& answer, const Misfit& misfit, std::string_view request_id) {
  HttpResponse response = ErrorResponse(answer, request_id);
  // Anything else is about the caller, who comes first.
  if (answer != misfit.status) return response;
  if (misfit.http_status != 0) {
    response.status = misfit.http_status;
    std::erase_if(response.headers, [](const auto& header) { return header.first == "Retry-After"; });
  }
  response.headers.insert(response.headers.end(), misfit.headers.begin(), misfit.headers.end());
  return response;
}

Misfit WrongMethod(std::string_view allowed) {
  return {base::Unimplemented("method: expected ", allowed), 405, {{"Allow", std::string(allowed)}}};
}

Misfit WrongMedia(std::string_view accepted) {
  return {base::InvalidField("Content-Type", accepted), 415, {{"Accept-Post", std::string(accepted)}}};
}

StatusOr<std::string> BodyOf(HttpRequest& request, size_t bytes_max, Misfit& misfit) {
  const std::string_view encoding = request.Header("content-encoding");
  if (encoding.empty() || encoding == "identity") {
    if (request.body.size() <= bytes_max) return std::move(request.body);
    misfit = {base::ResourceExhausted("body: at most ", bytes_max, " bytes"), 413, {}};
    return misfit.status;
  }
  if (encoding != "gzip") {
    misfit.status = base::InvalidField("Content-Encoding", "gzip or identity");
    return misfit.status;
  }
  StatusOr<std::string> unpacked = Gunzip(request.body, bytes_max);
  misfit.status = unpacked.status();
  if (absl::IsResourceExhausted(misfit.status)) misfit.http_status = 413;
  return unpacked;
}

authz::Call CallOf(const HttpRequest& request, const authz::Operation* operation) {
  authz::Call call;
  call.operation = operation;
  call.bearer = BearerOf(request);
  call.peer = request.peer;
  call.request_id = request.request_id;
  call.trace = request.trace;
  return call;
}

const authz::Operation* ConnectDoor::Find(const HttpRequest& request) const {
  const Method* method = request.path.empty() ? nullptr : methods_->Find(std::string_view(request.path).substr(1));
  return method == nullptr ? nullptr : method->operation;
}

void ConnectDoor::Handle(HttpRequest request, HttpReply reply) const {
  struct Asked {
    HttpRequest request;
    HttpReply reply;
  };
  auto asked = std::make_shared<Asked>(Asked{std::move(request), std::move(reply)});
  const Method* method = methods_->Find(std::string_view(asked->request.path).substr(1));
  front_->Enqueue(
      asked->request.peer, [this, method, asked] { Serve(*method, asked->request, std::move(asked->reply)); },
      [asked](const Status& busy) { asked->reply(ErrorResponse(busy, asked->request.request_id)); });
}

void ConnectDoor::Serve(const Method& method, HttpRequest& request, HttpReply reply) const {
  const std::string id = request.request_id;
  authz::Call call = CallOf(request, method.operation);
  call.on_executor = true;
  // A login names its sender in the body.
  if (method.operation != &authz::LoginOperation()) {
    if (const Status unknown = front_->CheckCaller(call); !unknown.ok()) return reply(ErrorResponse(unknown, id));
  }
  const Codec codec = CodecOf(request.Header("content-type"));
  std::unique_ptr<Message> message = method.new_request();
  const Misfit misfit = Read(request, codec, call, *message);
  call.shape = misfit.status;
  if (!misfit.status.ok()) message = method.new_request();
  method.invoke(std::move(call), *message,
                [reply = std::move(reply), codec, id, misfit](StatusOr<std::unique_ptr<Message>> answer) {
                  if (!answer.ok()) return reply(ErrorResponse(answer.status(), misfit, id));
                  StatusOr<std::string> text = Serialize(codec, **answer);
                  if (!text.ok()) return reply(ErrorResponse(text.status(), id));
                  HttpResponse response;
                  response.headers = {
                      {"Content-Type", codec == Codec::kJson ? "application/json" : "application/proto"},
                      {"Cache-Control", "no-store"}};
                  response.body = *std::move(text);
                  reply(std::move(response));
                });
}

}  // namespace cadastre::server
