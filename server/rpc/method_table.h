// Every unary RPC by its full name, bound to its service function: what a door that speaks bytes dispatches on.
//
// Made once by main; thread rule: safe. Find returns null for names that are not there.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "authz/front.h"
#include "authz/operation.h"
#include "base/words.h"
#include "google/protobuf/message.h"
#include "server/rpc/services.h"

namespace cadastre::server {

struct Method {
  const authz::Operation* operation = nullptr;
  std::function<std::unique_ptr<google::protobuf::Message>()> new_request;
  using Answer = std::function<void(StatusOr<std::unique_ptr<google::protobuf::Message>>)>;
  std::function<void(authz::Call, const google::protobuf::Message&, Answer)> invoke;
};

class MethodTable {
 public:
  // NOT_FOUND naming a method without an entry in the privilege table: such a door does not start.
  static StatusOr<std::unique_ptr<MethodTable>> Make(const Services& services);

  // `cadastre.search.v1.SearchService/Search`.
  const Method* Find(std::string_view name) const;
  const std::map<std::string, Method, std::less<>>& methods() const { return methods_; }

 private:
  std::map<std::string, Method, std::less<>> methods_;
};

}  // namespace cadastre::server
