#include "server/grpc/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
// The C library's own <netinet/tcp.h> does not know how many bytes came.
#include <linux/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "base/log.h"
#include "base/status.h"
#include "server/grpc/call.h"

namespace cadastre::server {
namespace {

using std::chrono::milliseconds;
using Clock = Connections::Clock;

constexpr int kBacklog = 1024;
constexpr milliseconds kLookEvery{200};
constexpr milliseconds kAcceptPause{100};

// 0: no file.
uint64_t FileOf(int descriptor) {
  struct stat found {};
  return fstat(descriptor, &found) == 0 && S_ISSOCK(found.st_mode) ? found.st_ino : 0;
}

struct Peer {
  std::string address;
  uint16_t port = 0;
};
Peer PeerOf(int descriptor) {
  sockaddr_storage peer{};
  socklen_t size = sizeof(peer);
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  const uint16_t port = peer.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_port
                                                   : reinterpret_cast<const sockaddr_in*>(&peer)->sin_port;
  const void* address = peer.ss_family == AF_INET6
                            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&peer)->sin6_addr)
                            : &reinterpret_cast<const sockaddr_in*>(&peer)->sin_addr;
  if (inet_ntop(peer.ss_family, address, text.data(), text.size()) == nullptr) return {};
  return {text.data(), ntohs(port)};
}

}  // namespace

StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Listen(const std::string& host, uint16_t port,
                                                             Connections* connections, KnownPeers* known) {
  sockaddr_in6 six{};
  sockaddr_in four{};
  const bool is_six = inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1;
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  four.sin_family = AF_INET;
  four.sin_port = htons(port);
  if (!is_six && inet_pton(AF_INET, host.c_str(), &four.sin_addr) != 1) {
    return base::InvalidField("grpc_address", "ADDRESS:PORT, such as 127.0.0.1:8081 or [::1]:0");
  }
  auto* address = is_six ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
  socklen_t size = is_six ? sizeof(six) : sizeof(four);
  const int listening = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  // No SO_REUSEPORT: a second server on the same port would share its calls.
  if (listening < 0 || setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
      bind(listening, address, size) != 0 || listen(listening, kBacklog) != 0 ||
      getsockname(listening, address, &size) != 0) {
    const int cause = errno;
    if (listening >= 0) close(listening);
    return base::Unavailable("grpc_address ", host, ":", port, ": ", std::strerror(cause));
  }
  const uint16_t bound = ntohs(is_six ? six.sin6_port : four.sin_port);
  return std::unique_ptr<GrpcListener>(new GrpcListener(listening, bound, connections, known));
}

GrpcListener::~GrpcListener() {
  Stop();
  close(listening_);
}

void GrpcListener::Start(std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor) {
  acceptor_ = std::move(acceptor);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void GrpcListener::Stop() { thread_ = {}; }

void GrpcListener::Run(const std::stop_token& stop) {
  auto looked = Clock::now();
  while (!stop.stop_requested()) {
    pollfd waited{listening_, POLLIN, 0};
    poll(&waited, 1, static_cast<int>(kAcceptPause.count()));
    // Some at a time, so that the others' seats are looked at under a flood too.
    for (int i = 0; i < kBacklog && AcceptOne(); ++i) {
    }
    if (std::exchange(starved_, false)) {
      connections_->MakeRoom();
      std::this_thread::sleep_for(kAcceptPause);
    }
    if (const auto now = Clock::now(); now >= looked + kLookEvery) {
      LookAround(std::chrono::duration_cast<milliseconds>(now - looked));
      looked = now;
    }
  }
}

bool GrpcListener::AcceptOne() {
  const int descriptor = accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (descriptor >= 0) {
    Seat(descriptor);
    return true;
  }
  if (errno == EINTR || errno == ECONNABORTED) return true;
  if (errno == EAGAIN || errno == EWOULDBLOCK) return false;
  base::LogWarning("no gRPC connection can be accepted", {{"cause", std::strerror(errno)}});
  starved_ = true;
  return false;
}

void GrpcListener::Seat(int descriptor) {
  const Peer peer = PeerOf(descriptor);
  const uint64_t file = FileOf(descriptor);
  if (peer.address.empty() || file == 0) {
    close(descriptor);
    return;
  }
  // gRPC has closed some of those that were told to go, and nobody has looked yet.
  if (connections_->count() >= connections_->max()) LookAround(milliseconds(0));
  auto seat = connections_->TryEnter(base::Sender::OfAddress(peer.address), [descriptor, file] {
    if (FileOf(descriptor) == file) shutdown(descriptor, SHUT_RDWR);
  });
  if (seat == nullptr) {
    close(descriptor);
    return;
  }
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const std::string name = ConnectionOf(base::Cat("ipv6:[", peer.address, "]:", peer.port));
  open_.push_back({descriptor, file, name, 0, std::move(seat)});
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.listener_fd = listening_;
  connection.fd = descriptor;
  acceptor_->HandleNewConnection(&connection);
}

void GrpcListener::LookAround(milliseconds passed) {
  std::erase_if(open_, [&](Open& one) {
    if (FileOf(one.descriptor) == one.file) {
      LookAt(one, passed);
      return false;
    }
    known_->Forget(one.connection);
    return true;
  });
}

void GrpcListener::LookAt(Open& one, milliseconds passed) {
  tcp_info heard{};
  socklen_t size = sizeof(heard);
  if (getsockopt(one.descriptor, IPPROTO_TCP, TCP_INFO, &heard, &size) != 0) return;
  one.seat->RestedSince(Clock::now() - milliseconds(heard.tcpi_last_data_recv));
  const uint64_t came = heard.tcpi_bytes_received;
  const uint64_t more = kStrangerBytesPerSecond * static_cast<uint64_t>(passed.count()) / 1000;
  one.let_pass = known_->Look(one.connection) ? came : std::min(came, one.let_pass + more);
  if (came - one.let_pass > kStrangerBytesMax) shutdown(one.descriptor, SHUT_RDWR);
}

}  // namespace cadastre::server
