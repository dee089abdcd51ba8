// An HTTP request and its answer, free of any HTTP library. Thread rule: confined.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/call.h"
#include "base/words.h"

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
// Called on an I/O thread; must return at once and reply exactly once, on any thread.
using HttpHandler = std::function<void(HttpRequest, HttpReply)>;

}  // namespace cadastre::server
