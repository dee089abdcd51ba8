#include "server/http/connect.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>

#include <charconv>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "base/clock.h"
#include "base/status.h"
#include "server/http/framing.h"
#include "server/http/gzip.h"
#include "server/http/json_request.h"
#include "server/http/spelling.h"
#include "server/rpc/bearer.h"
#include "server/rpc/error_details.h"
#include "server/rpc/message_parts.h"
#include "server/rpc/status_map.h"
#include "server/rpc/wire_form.h"

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
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  if (SameWord(type, "application/json")) return Codec::kJson;
  if (SameWord(type, "application/proto")) return Codec::kProto;
  return Codec::kNone;
}

size_t PartsOf(Codec codec, const std::string& body, const Message& request) {
  if (codec == Codec::kJson) return CountJsonParts(body);
  google::protobuf::io::ArrayInputStream bytes(body.data(), static_cast<int>(body.size()));
  return CountParts(bytes, *request.GetDescriptor());
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

// `,"details":[…]` as Connect writes them; nothing where there are none.
std::string DetailsOf(const Status& shown) {
  std::string out;
  const google::rpc::Status rich = RichStatusOf(shown);
  for (const google::protobuf::Any& detail : rich.details()) {
    std::string value = absl::Base64Escape(detail.value());
    while (value.ends_with('=')) value.pop_back();
    const std::string_view type = detail.type_url();
    out += base::Cat(out.empty() ? ",\"details\":[" : ",", "{\"type\":", JsonString(type.substr(type.rfind('/') + 1)),
                     ",\"value\":\"", value, "\"}");
  }
  return out.empty() ? out : out + "]";
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
Misfit Read(HttpRequest& request, Codec codec, authz::Call& call, Message& message, Spelling& spelling) {
  if (request.method != "POST") return WrongMethod("POST");
  if (codec == Codec::kNone) return WrongMedia("application/json, application/proto");
  const StatusOr<Timestamp> deadline = DeadlineOf(request);
  if (!deadline.ok()) return {deadline.status(), 0, {}};
  call.deadline = *deadline;
  Misfit misfit;
  const bool login = call.operation->effect == authz::Effect::kLogin;
  const StatusOr<std::string> body = BodyOf(request, login ? kLoginBytesMax : kRequestBytesMax, misfit);
  if (!body.ok()) return misfit;
  misfit.status = HoldParts(PartsOf(codec, *body, message), call.hold);
  if (!misfit.status.ok()) return misfit;
  if (codec == Codec::kJson) spelling = Spelling::OfJson(*body);
  misfit.status = ParseInto(codec, *body, message);
  if (misfit.status.ok()) misfit.status = spelling.Of(CheckWireForm(message));
  return misfit;
}

bool IsJsonText(std::string_view body) {
  const size_t first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (body[first] == '{' || body[first] == '[');
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

std::string BearerOf(const HttpRequest& request) { return std::string(BearerIn(request.Header("authorization"))); }

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
  if (const auto field = base::FieldOf(shown)) response.body += base::Cat(",\"field\":", JsonString(*field));
  response.body += base::Cat(DetailsOf(shown), "}");
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

// Judged by the bytes as well as by the header: some senders pack and forget to say so, some proxies unpack and go on
// saying it. Neither JSON nor a binary message begins as gzip does.
StatusOr<std::string> BodyOf(HttpRequest& request, size_t bytes_max, Misfit& misfit) {
  const std::string_view encoding = request.Header("content-encoding");
  const bool says_packed = SameWord(encoding, "gzip") || SameWord(encoding, "x-gzip");
  const bool says_plain = encoding.empty() || SameWord(encoding, "identity");
  const bool packed = request.body.starts_with("\x1f\x8b");
  if (!packed && (says_plain || (says_packed && IsJsonText(request.body)))) {
    if (request.body.size() <= bytes_max) return std::move(request.body);
    misfit = {base::ResourceExhausted("body: at most ", bytes_max, " bytes"), 413, {}};
    return misfit.status;
  }
  if (!says_packed && !says_plain) {
    misfit.status = base::InvalidField("Content-Encoding", "gzip or identity");
    return misfit.status;
  }
  const auto room = [&request](size_t bytes) {
    return request.memory == nullptr ? absl::OkStatus() : request.memory->Resize(request.body.size() + bytes);
  };
  StatusOr<std::string> unpacked = Gunzip(request.body, bytes_max, room);
  misfit.status = unpacked.status();
  if (absl::IsOutOfRange(misfit.status)) {
    misfit.status = base::ResourceExhausted(base::MessageOf(misfit.status));
    misfit.http_status = 413;
  }
  std::string().swap(request.body);
  if (unpacked.ok() && request.memory != nullptr) {
    misfit.status = request.memory->Resize(unpacked->size() * kBodyWorkFactor);
    if (!misfit.status.ok()) return misfit.status;
  }
  return unpacked;
}

authz::Call CallOf(const HttpRequest& request, const authz::Operation* operation) {
  authz::Call call;
  call.operation = operation;
  call.bearer = BearerOf(request);
  call.peer = request.peer;
  call.request_id = request.request_id;
  call.sender = request.sender;
  call.trace = request.trace;
  if (request.memory != nullptr) call.hold = [memory = request.memory](size_t bytes) { return memory->Grow(bytes); };
  return call;
}

const authz::Operation* ConnectDoor::Find(const HttpRequest& request) const {
  const Method* method = request.path.empty() ? nullptr : methods_->Find(std::string_view(request.path).substr(1));
  return method == nullptr || method->streams() ? nullptr : &method->operation;
}

void ConnectDoor::Handle(HttpRequest request, HttpReply reply) const {
  struct Asked {
    HttpRequest request;
    HttpReply reply;
    authz::Call call;
  };
  const Method* method = methods_->Find(std::string_view(request.path).substr(1));
  authz::Call call = CallOf(request, &method->operation);
  auto asked = std::make_shared<Asked>(Asked{std::move(request), std::move(reply), std::move(call)});
  front_->Enqueue(
      asked->call,
      [this, method, asked] { Serve(*method, std::move(asked->call), asked->request, std::move(asked->reply)); },
      [asked](const Status& busy) { asked->reply(ErrorResponse(busy, asked->request.request_id)); });
}

void ConnectDoor::Serve(const Method& method, authz::Call call, HttpRequest& request, HttpReply reply) const {
  const std::string id = request.request_id;
  call.on_executor = true;
  const Codec codec = CodecOf(request.Header("content-type"));
  std::unique_ptr<Message> message = method.new_request();
  Spelling spelling;
  const Misfit misfit = Read(request, codec, call, *message, spelling);
  call.shape = misfit.status;
  if (!misfit.status.ok()) message = method.new_request();
  method.invoke(std::move(call), *message,
                [reply = std::move(reply), codec, id, misfit,
                 spelling = std::move(spelling)](StatusOr<std::unique_ptr<Message>> answer) {
                  if (!answer.ok()) return reply(ErrorResponse(spelling.Of(answer.status()), misfit, id));
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
