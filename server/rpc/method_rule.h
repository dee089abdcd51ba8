// What the contract says of a method, as the guard takes it. Thread rule: compatible.
#pragma once

#include <string>
#include <string_view>

#include "authz/front/operation.h"
#include "base/words.h"
#include "google/protobuf/descriptor.h"

namespace cadastre::server {

// `cadastre.search.v1.SearchService/Search`, as paths and audit records name it.
std::string NameOf(const google::protobuf::MethodDescriptor& method);

// The option (cadastre.privilege.v1.rule) of a method, under `name`, which must outlive it. FAILED_PRECONDITION that
// names the method and what its rule lacks: nothing is open because somebody forgot to say who may.
StatusOr<authz::Operation> OperationOf(const google::protobuf::MethodDescriptor& method, std::string_view name);

// The operation of the one method that takes `request`: for a service function that also does, and records, what
// another method does. Its rule is complete, else no server had started. Lives as long as the process.
const authz::Operation& OperationTaking(const google::protobuf::Descriptor& request);

}  // namespace cadastre::server
