// EchoServer: a gRPC server that gives back the bytes of each call's one message, whatever the method.
//
// What a governed answer is measured beside: the same library and transport with nothing behind. In the process of the
// bench, because the daemon itself takes no flood of calls that nobody sends. Thread rule: safe.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "base/words.h"

namespace cadastre::bench {

class EchoServer {
 public:
  // On a free port of the loopback. UNAVAILABLE where there is none.
  static StatusOr<std::unique_ptr<EchoServer>> Start();
  ~EchoServer();
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  std::string address() const;

 private:
  class Service;
  EchoServer();

  const std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace cadastre::bench
