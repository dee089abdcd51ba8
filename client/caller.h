// Unary calls to the server.
//
// Owner: the program makes one for each server it speaks to. Thread rule: confined.
// Errors: what the server answered, with its code and the field it named; UNAVAILABLE where it cannot be reached.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cadastre::client {

class Caller {
 public:
  virtual ~Caller() = default;

  // `method` as in the contract: `cadastre.search.v1.SearchService/Search`.
  virtual absl::Status Call(std::string_view method, const google::protobuf::Message& request,
                            google::protobuf::Message* response) = 0;

  struct Answer {
    int status = 0;
    std::string body;
    // What Retry-After said; 0 without one.
    int retry_after_seconds = 0;
  };
  // POST of JSON to a path such as `/api/v1/lineage/batch`. Any HTTP status is an answer.
  virtual absl::StatusOr<Answer> PostJson(std::string_view path, std::string_view body) = 0;
};

}  // namespace cadastre::client
