// What commands share while they run.
//
// Owner: main() makes the caller and the session; both outlive the command. Thread rule: confined.
// Errors: what the server answered, with its code and the field it named; UNAVAILABLE where it cannot be reached.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/client_words.h"
#include "cli/completion.h"

namespace cadastre::cli {

// One run of the program.
struct Session {
  Settings settings;
  Screen screen;
  std::istream* in = nullptr;
  // Raw answers as JSON instead of tables.
  bool json = false;
  // What every read waits for; empty for nothing.
  std::string min_revision;
  // What --version tells.
  std::string version = "unknown";
  // What a shell may complete; filled in by the program.
  std::vector<CompletionPlace> places;
  Caller* caller = nullptr;
  // A caller of the same server as somebody else.
  std::function<std::unique_ptr<Caller>(const Settings&)> connect;
};

// Calls with the session's `min_revision`, where the request has that field.
absl::Status AskInto(Session& session, std::string_view method, const google::protobuf::Message& request,
                     google::protobuf::Message* response);

template <typename Response>
absl::StatusOr<Response> Ask(Session& session, std::string_view method, const google::protobuf::Message& request) {
  Response response;
  absl::Status status = AskInto(session, method, request, &response);
  if (!status.ok()) return status;
  return response;
}

// The answer as indented JSON, as the server's own JSON door would word it.
absl::Status PrintJson(Session& session, const google::protobuf::Message& message);

}  // namespace cadastre::cli
