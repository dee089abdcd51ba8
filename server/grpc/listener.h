// GrpcListener: takes gRPC's connections in gRPC's place.
//
// gRPC takes whoever connects, and where the process is out of descriptors it stops listening for good. Here each
// connection gets a seat in Connections first, and out of descriptors means to wait. gRPC does not say when it closes a
// connection, so the listener looks: a descriptor that is another file by now is one that was closed.
// gRPC also keeps a header until all of it is there, and makes calls of those that were reset already, whoever sends
// them: what comes on connections on which nobody known calls (KnownPeers) is counted by address (StrangerAllowance) as
// it comes, and those that bring more are ended. So is one whose client does not read what
// it is told, and one that is struck, with what of it gRPC has not read.
// Made by Doors; its thread ends with Stop. Thread rule: safe. Errors of Listen: UNAVAILABLE (the address is taken).
#pragma once

#include <grpcpp/server_builder.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/sender.h"
#include "base/words.h"
#include "server/grpc/known_peers.h"
#include "server/grpc/stranger_allowance.h"
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

  uint16_t port() const { return port_; }
  // Hands connections to a server that was built with these, of which each address has one, and is started.
  void Start(std::vector<std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor>> acceptors);
  // Before the server is shut down. Idempotent.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Open {
    uint64_t file;           // its inode
    std::string connection;  // as ConnectionOf tells it
    base::Sender address;
    // Bytes of it that were asked about, and whether somebody known ever called there.
    uint64_t counted = 0;
    bool was_known = false;
    Clock::time_point since;
    Clock::time_point read_at;  // when nothing that was said waited to be read
    bool ended = false;
    std::unique_ptr<Connections::Seat> seat;
  };

  GrpcListener(int listening, int events, int wake, uint16_t port, Connections* connections, KnownPeers* known)
      : listening_(listening), events_(events), wake_(wake), port_(port), connections_(connections), known_(known) {}
  void Run(const std::stop_token& stop);
  // Waits for who connects, for what strangers send and for strikes.
  void Await();
  // False where there was nothing to accept, or no descriptor for it.
  bool AcceptOne();
  void Seat(int descriptor);
  // Drops the seats of what gRPC has closed, says of the others since when their clients are silent, and ends those
  // that send more than they may.
  void LookAround();
  void LookAt(int descriptor, Open& one);
  // False where its client has let what it was told wait for too long.
  static bool AnswersAreRead(Open& one, uint64_t unsent);
  void LookAtSent(int descriptor, Open& one, uint64_t came);

  const int listening_;
  // An epoll instance over the listening socket, `wake_` and the connections of strangers; and a counter to wake it by.
  const int events_;
  const int wake_;
  const uint16_t port_;
  Connections* const connections_;
  KnownPeers* const known_;
  std::vector<std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor>> acceptors_;
  // The thread's own, by descriptor.
  absl::flat_hash_map<int, Open> open_;
  StrangerAllowance strangers_;
  bool starved_ = false;  // out of descriptors
  std::jthread thread_;
};

}  // namespace cadastre::server
