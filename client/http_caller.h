// Unary calls by the Connect protocol (https://connectrpc.com/docs/protocol), binary protobuf over libcurl.
//
// Owner: main(). Thread rule: confined; one connection is kept between calls.
// Bounds: answers of at most 256 MiB; 60 s a call. Never follows a redirect, so that a token goes to one server only.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "client/caller.h"
#include "client/settings.h"

namespace cadastre::client {

class HttpCaller final : public Caller {
 public:
  explicit HttpCaller(Settings settings);
  ~HttpCaller() override;

  absl::Status Call(std::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message* response) override;
  absl::StatusOr<Answer> PostJson(std::string_view path, std::string_view body) override;

 private:
  absl::StatusOr<Answer> Post(std::string_view path, std::string_view body, std::string_view content_type);

  struct Transfer;
  Settings settings_;
  std::unique_ptr<Transfer> transfer_;
};

// The status a Connect error body tells (`{"code", "message", "field"}`), or one from the HTTP status alone.
absl::Status StatusOfAnswer(const Caller::Answer& answer);

}  // namespace cadastre::client
