// An HTTP request and its answer, free of any HTTP library, and who answers. Thread rule: confined.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/front/call.h"
#include "base/sender.h"
#include "base/words.h"
#include "server/rpc/budget.h"

namespace cadastre::server {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;
  // The path as sent, without the query; percent-escapes are left in place.
  std::string path;
  std::string query;
  HttpHeaders headers;  // names in lower case
  std::string body;
  std::string peer;
  std::string request_id;
  // As admitted: the principal where one is needed, else the address.
  base::Sender sender;
  // Of kRequests, for who makes several calls of one request. Null in tests.
  std::shared_ptr<Budget::Share> requests;
  // What is held for this request: who makes more of it (unpacks, parses) makes it grow first. Null in tests.
  std::shared_ptr<Budget::Share> memory;
  // Told the caller's name, for the log.
  std::shared_ptr<authz::CallTrace> trace;

  // The first value of a header, by its lower-case name; empty if none.
  std::string_view Header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

struct HttpResponse {
  int status = 200;
  // What the house says of it, for the log.
  absl::StatusCode code = absl::StatusCode::kOk;
  HttpHeaders headers;
  std::string body;
  // Instead of `body`: bytes that live as long as the process (the web UI's own files).
  std::string_view fixed_body;
};

using HttpReply = std::function<void(HttpResponse)>;

// What may follow a header that was let in.
struct HttpAdmission {
  std::shared_ptr<Budget::Share> requests;  // one of kRequests, until the answer
  std::shared_ptr<Budget::Share> memory;    // of kBytes: grows with the body as it arrives
  size_t body_bytes_max = 0;
  // While a body is worked on it takes so many times its bytes; no less is free before work begins.
  size_t work_factor = 1;
};

// Who answers. Its functions are called on I/O threads and must return at once. Thread rule: safe.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  // The header is complete, nothing of the body is read. Without an admission nothing more of the request is read, and
  // `refuse` is called exactly once, on any thread.
  virtual std::optional<HttpAdmission> Admit(const HttpRequest& head, const HttpReply& refuse) = 0;
  // An admitted request there turned out to be no room for: counts it; what it is answered.
  virtual HttpResponse TurnAway(const HttpRequest& head) = 0;
  // The body has arrived. Replies exactly once, on any thread.
  virtual void Handle(HttpRequest request, HttpReply reply) = 0;
};

}  // namespace cadastre::server
