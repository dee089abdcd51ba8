// The gRPC door: every method of the table under its own service, so that reflection and health list them as they are.
//
// Made by Doors; outlives the grpc::Server it is registered with. Thread rule: safe.
// Errors of Make: FAILED_PRECONDITION that names a stream without a reactor.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <vector>

#include "base/words.h"
#include "server/grpc/call.h"

namespace cadastre::server {

class GrpcDoor {
 public:
  static StatusOr<std::unique_ptr<GrpcDoor>> Make(const GrpcParts& parts);

  void Register(grpc::ServerBuilder& builder);

 private:
  std::vector<std::unique_ptr<grpc::Service>> services_;
};

}  // namespace cadastre::server
