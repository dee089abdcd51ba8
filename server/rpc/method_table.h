// Every RPC of the contract with what its options say of it, bound to its service function: what all doors dispatch on.
//
// No name is typed: MethodBinder finds a method by the types of its request and answer, and its privilege and effect in
// its options. Made once by Rooms and outlives every call; thread rule: safe.
// Errors: FAILED_PRECONDITION that names the method which is not bound, is bound twice, or has no complete rule: such a
// server does not start.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/front/front.h"
#include "authz/front/operation.h"
#include "base/words.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "server/rpc/service.h"
#include "server/rpc/services.h"

namespace cadastre::server {

struct Method {
  using Answer = std::function<void(StatusOr<std::unique_ptr<google::protobuf::Message>>)>;

  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  authz::Operation operation;
  // Null for a stream, which only gRPC offers, with a reactor of its own.
  std::function<std::unique_ptr<google::protobuf::Message>()> new_request;
  std::function<void(authz::Call, const google::protobuf::Message&, Answer)> invoke;

  bool streams() const { return invoke == nullptr; }
};

class MethodTable {
 public:
  using Methods = std::map<std::string, Method, std::less<>>;

  // All services of this server.
  static StatusOr<std::unique_ptr<MethodTable>> Make(const Services& services);

  // `cadastre.search.v1.SearchService/Search`; null for names that are not there.
  const Method* Find(std::string_view name) const;
  const Methods& methods() const { return methods_; }

 private:
  friend class MethodBinder;
  Methods methods_;  // an operation's name is its key here
};

// Fills a table. Confined; errors are kept until Finish.
class MethodBinder {
 public:
  template <typename Service, typename Request, typename Response>
  void Bind(Service* service, void (Service::*function)(authz::Call, Request, Done<Response>)) {
    Method method;
    method.new_request = [] { return std::make_unique<Request>(); };
    method.invoke = [service, function](authz::Call call, const google::protobuf::Message& request,
                                        Method::Answer answer) {
      (service->*function)(std::move(call), static_cast<const Request&>(request),
                           [answer = std::move(answer)](StatusOr<Response> response) {
                             if (!response.ok()) return answer(response.status());
                             answer(std::make_unique<Response>(*std::move(response)));
                           });
    };
    Add(*Request::descriptor(), *Response::descriptor(), std::move(method));
  }
  template <typename Request, typename Response>
  void BindStream() {
    Add(*Request::descriptor(), *Response::descriptor(), Method());
  }

  // Once; also an error where a method of the contract that is linked here was not bound.
  StatusOr<std::unique_ptr<MethodTable>> Finish();

 private:
  void Add(const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& response, Method method);

  std::unique_ptr<MethodTable> table_ = std::make_unique<MethodTable>();
  Status status_;
};

// Every method of every service of the contract that is linked into this program.
std::vector<const google::protobuf::MethodDescriptor*> MethodsOfContract();

}  // namespace cadastre::server
