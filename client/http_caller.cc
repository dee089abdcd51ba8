#include "client/http_caller.h"

#include <curl/curl.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <map>
#include <utility>

#include "base/status.h"

namespace cadastre::client {
namespace {

constexpr size_t kAnswerBytesMax = size_t{256} << 20;
constexpr long kConnectMs = 10'000;
constexpr long kCallMs = 60'000;

struct Received {
  std::string body;
  int retry_after_seconds = 0;
};

size_t TakeBody(char* bytes, size_t size, size_t count, void* to) {
  std::string& body = static_cast<Received*>(to)->body;
  if (body.size() + size * count > kAnswerBytesMax) return 0;
  body.append(bytes, size * count);
  return size * count;
}

size_t TakeHeader(char* bytes, size_t size, size_t count, void* to) {
  constexpr std::string_view kName = "retry-after:";
  const std::string line(bytes, size * count);
  if (line.size() > kName.size() && curl_strnequal(line.c_str(), kName.data(), kName.size())) {
    static_cast<Received*>(to)->retry_after_seconds = std::atoi(line.c_str() + kName.size());
  }
  return size * count;
}

absl::StatusCode CodeOfWord(const std::string& word, int http) {
  static const std::map<std::string, absl::StatusCode> kCodes = {
      {"canceled", absl::StatusCode::kCancelled},
      {"invalid_argument", absl::StatusCode::kInvalidArgument},
      {"deadline_exceeded", absl::StatusCode::kDeadlineExceeded},
      {"not_found", absl::StatusCode::kNotFound},
      {"already_exists", absl::StatusCode::kAlreadyExists},
      {"permission_denied", absl::StatusCode::kPermissionDenied},
      {"resource_exhausted", absl::StatusCode::kResourceExhausted},
      {"failed_precondition", absl::StatusCode::kFailedPrecondition},
      {"aborted", absl::StatusCode::kAborted},
      {"out_of_range", absl::StatusCode::kOutOfRange},
      {"unimplemented", absl::StatusCode::kUnimplemented},
      {"internal", absl::StatusCode::kInternal},
      {"unavailable", absl::StatusCode::kUnavailable},
      {"data_loss", absl::StatusCode::kDataLoss},
      {"unauthenticated", absl::StatusCode::kUnauthenticated}};
  if (const auto found = kCodes.find(word); found != kCodes.end()) return found->second;
  switch (http) {
    case 401: return absl::StatusCode::kUnauthenticated;
    case 403: return absl::StatusCode::kPermissionDenied;
    case 404: return absl::StatusCode::kUnimplemented;
    case 429: return absl::StatusCode::kResourceExhausted;
    case 502:
    case 503:
    case 504: return absl::StatusCode::kUnavailable;
    default: return absl::StatusCode::kUnknown;
  }
}

}  // namespace

absl::Status StatusOfAnswer(const Caller::Answer& answer) {
  if (answer.status >= 200 && answer.status < 300) return absl::OkStatus();
  google::protobuf::Struct body;
  const bool told = google::protobuf::util::JsonStringToMessage(answer.body, &body).ok();
  const auto word = [&](const char* name) {
    const auto found = body.fields().find(name);
    return found == body.fields().end() ? std::string() : found->second.string_value();
  };
  std::string message = told ? word("message") : "";
  if (message.empty()) message = base::Cat("the server answered HTTP ", answer.status);
  return {CodeOfWord(told ? word("code") : "", answer.status), message};
}

struct HttpCaller::Transfer {
  Transfer() : handle(curl_easy_init()) {}
  ~Transfer() { curl_easy_cleanup(handle); }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  CURL* handle;
};

HttpCaller::HttpCaller(Settings settings) : settings_(std::move(settings)), transfer_(std::make_unique<Transfer>()) {}
HttpCaller::~HttpCaller() = default;

absl::StatusOr<Caller::Answer> HttpCaller::Post(std::string_view path, std::string_view body,
                                                std::string_view content_type) {
  CURL* curl = transfer_->handle;
  if (curl == nullptr) return base::Internal("libcurl does not start");
  curl_easy_reset(curl);
  curl_slist* headers = nullptr;
  const auto add = [&](const std::string& line) { headers = curl_slist_append(headers, line.c_str()); };
  add(base::Cat("Content-Type: ", content_type));
  add("Connect-Protocol-Version: 1");
  add("Expect:");
  if (!settings_.token.empty()) add(base::Cat("Authorization: Bearer ", settings_.token));
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> owned(headers, curl_slist_free_all);
  const std::string url = base::Cat(settings_.url, path);
  Received received;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &received);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &received);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kCallMs);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  if (!settings_.ca.empty()) {
    // This authority and no other: the system's folder of certificates would be asked besides.
    curl_easy_setopt(curl, CURLOPT_CAINFO, settings_.ca.c_str());
    curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
  }
  if (!settings_.key.empty()) {
    curl_easy_setopt(curl, CURLOPT_SSLCERT, settings_.certificate.c_str());
    curl_easy_setopt(curl, CURLOPT_SSLKEY, settings_.key.c_str());
  }
  const CURLcode code = curl_easy_perform(curl);
  if (code != CURLE_OK) {
    const std::string why = base::Cat(settings_.url, ": ", curl_easy_strerror(code));
    return code == CURLE_WRITE_ERROR ? base::OutOfRange(why, ": an answer above 256 MiB") : base::Unavailable(why);
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return Answer{static_cast<int>(status), std::move(received.body), received.retry_after_seconds};
}

absl::Status HttpCaller::Call(std::string_view method, const google::protobuf::Message& request,
                              google::protobuf::Message* response) {
  ASSIGN_OR_RETURN(const Answer answer, Post(base::Cat("/", method), request.SerializeAsString(), "application/proto"));
  RETURN_IF_ERROR(StatusOfAnswer(answer));
  if (!response->ParseFromString(answer.body)) {
    return base::Internal(settings_.url, " did not answer ", method, " in its contract's form");
  }
  return absl::OkStatus();
}

absl::StatusOr<Caller::Answer> HttpCaller::PostJson(std::string_view path, std::string_view body) {
  return Post(path, body, "application/json");
}

}  // namespace cadastre::client
