// GrpcListener: takes gRPC's connections in gRPC's place.
//
// gRPC takes whoever connects, and where the process is out of descriptors it stops listening for good. Here each
// connection gets a seat in Connections first, and out of descriptors means to wait. gRPC does not say when it closes a
// connection, so the listener looks: a descriptor that is another file by now is one that was closed.
// gRPC also keeps a header until all of it is there, and queues calls that were reset already, whoever sends them: a
// connection on which nobody known calls (KnownPeers) may send kStrangerBytesMax, and kStrangerBytesPerSecond more, and
// is ended then.
// Made by Doors; its thread ends with Stop. Thread rule: safe. Errors of Listen: UNAVAILABLE (the address is taken).
#pragma once

#include <grpcpp/server_builder.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/words.h"
#include "server/grpc/known_peers.h"
#include "server/rpc/connections.h"

namespace cadastre::server {

class GrpcListener {
 public:
  // `connections` and `known` outlive it. `host` is an address; port 0 picks a free one.
  static StatusOr<std::unique_ptr<GrpcListener>> Listen(const std::string& host, uint16_t port,
                                                        Connections* connections, KnownPeers* known);
  ~GrpcListener();
  GrpcListener(const GrpcListener&) = delete;
  GrpcListener& operator=(const GrpcListener&) = delete;

  static constexpr uint64_t kStrangerBytesMax = uint64_t{512} << 10;
  static constexpr uint64_t kStrangerBytesPerSecond = uint64_t{4} << 10;

  uint16_t port() const { return port_; }
  // Hands connections to a server that was built with `acceptor` and is started.
  void Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor);
  // Before the server is shut down. Idempotent.
  void Stop();

 private:
  struct Open {
    int descriptor;
    uint64_t file;           // its inode
    std::string connection;  // as ConnectionOf tells it
    // Of the bytes that came: up to where nothing is asked about them any more.
    uint64_t let_pass = 0;
    std::unique_ptr<Connections::Seat> seat;
  };

  GrpcListener(int listening, uint16_t port, Connections* connections, KnownPeers* known)
      : listening_(listening), port_(port), connections_(connections), known_(known) {}
  void Run(const std::stop_token& stop);
  // False where there was nothing to accept, or no descriptor for it.
  bool AcceptOne();
  void Seat(int descriptor);
  // Drops the seats of what gRPC has closed, says of the others since when their clients are silent, and ends those of
  // strangers who send too much. `passed`: since the last look.
  void LookAround(std::chrono::milliseconds passed);
  void LookAt(Open& one, std::chrono::milliseconds passed);

  const int listening_;
  const uint16_t port_;
  Connections* const connections_;
  KnownPeers* const known_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::vector<Open> open_;  // the thread's own
  bool starved_ = false;    // the thread's own: out of descriptors
  std::jthread thread_;
};

}  // namespace cadastre::server
