#include "server/grpc/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
// The C library's own <netinet/tcp.h> does not know how many bytes came.
#include <linux/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
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

constexpr int kBacklog = 1024;
constexpr milliseconds kLookEvery{100};
constexpr milliseconds kAcceptPause{100};
// What a stranger's kernel may be ahead of gRPC, and of us; whoever is known may be further.
constexpr int kStrangerBufferBytes = 64 << 10;
constexpr int kKnownBufferBytes = 4 << 20;
// Within it a stranger has read all he was told at some moment, and more is never waiting: gRPC keeps what it could not
// send, and the call of each answer.
constexpr milliseconds kUnreadWait{1000};
constexpr uint64_t kUnreadMax = 32 << 10;
// A connection on which nobody known ever calls has streams of gRPC's own at most, which nobody counts.
constexpr std::chrono::minutes kStrangerStays{10};

// 0: no file.
uint64_t FileOf(int descriptor) {
  struct stat found {};
  return fstat(descriptor, &found) == 0 && S_ISSOCK(found.st_mode) ? found.st_ino : 0;
}

bool Watch(int events, int descriptor, uint32_t what) {
  epoll_event event{};
  event.events = what;
  event.data.fd = descriptor;
  return epoll_ctl(events, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

// Unlike a shutdown it drops what came and was not read.
void Disconnect(int descriptor) {
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  (void)connect(descriptor, &nobody, sizeof(nobody));
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
      // Inherited by each connection; set before the window is agreed on.
      setsockopt(listening, SOL_SOCKET, SO_RCVBUF, &kStrangerBufferBytes, sizeof(kStrangerBufferBytes)) != 0 ||
      bind(listening, address, size) != 0 || listen(listening, kBacklog) != 0 ||
      getsockname(listening, address, &size) != 0) {
    const int cause = errno;
    if (listening >= 0) close(listening);
    return base::Unavailable("grpc_address ", host, ":", port, ": ", std::strerror(cause));
  }
  const uint16_t bound = ntohs(is_six ? six.sin6_port : four.sin_port);
  const int events = epoll_create1(EPOLL_CLOEXEC);
  const int wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  std::unique_ptr<GrpcListener> made(new GrpcListener(listening, events, wake, bound, connections, known));
  if (events < 0 || wake < 0 || !Watch(events, listening, EPOLLIN) || !Watch(events, wake, EPOLLIN)) {
    return base::Unavailable("grpc_address ", host, ":", port, ": ", std::strerror(errno));
  }
  known->set_on_struck([wake] { eventfd_write(wake, 1); });
  return made;
}

GrpcListener::~GrpcListener() {
  Stop();
  known_->set_on_struck(nullptr);
  for (const int each : {listening_, events_, wake_}) {
    if (each >= 0) close(each);
  }
}

void GrpcListener::Start(std::vector<std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor>> acceptors) {
  acceptors_ = std::move(acceptors);
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void GrpcListener::Stop() { thread_ = {}; }

void GrpcListener::Run(const std::stop_token& stop) {
  auto looked = Clock::now();
  while (!stop.stop_requested()) {
    Await();
    // Some at a time, so that the others' seats are looked at under a flood too.
    for (int i = 0; i < kBacklog && AcceptOne(); ++i) {
    }
    if (std::exchange(starved_, false)) {
      connections_->MakeRoom();
      std::this_thread::sleep_for(kAcceptPause);
    }
    if (const auto now = Clock::now(); now >= looked + kLookEvery) {
      LookAround();
      looked = now;
    }
  }
}

void GrpcListener::Await() {
  std::array<epoll_event, 64> events{};
  const int count =
      epoll_wait(events_, events.data(), static_cast<int>(events.size()), static_cast<int>(kAcceptPause.count()));
  for (int i = 0; i < count; ++i) {
    const int descriptor = events[static_cast<size_t>(i)].data.fd;
    if (descriptor == wake_) {
      eventfd_t strikes = 0;
      eventfd_read(wake_, &strikes);
      LookAround();
    } else if (const auto found = open_.find(descriptor); found != open_.end()) {
      if (FileOf(descriptor) == found->second.file) LookAt(descriptor, found->second);
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
  if (connections_->count() >= connections_->max()) LookAround();
  const base::Sender address = base::Sender::OfAddress(peer.address);
  if (!strangers_.Take(address, 0, Clock::now())) {
    Disconnect(descriptor);
    close(descriptor);
    return;
  }
  auto seat = connections_->TryEnter(address, [descriptor, file] {
    if (FileOf(descriptor) == file) shutdown(descriptor, SHUT_RDWR);
  });
  if (seat == nullptr) {
    close(descriptor);
    return;
  }
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  // Of what had this descriptor before.
  if (const auto old = open_.find(descriptor); old != open_.end()) known_->Forget(old->second.connection);
  Open one;
  one.file = file;
  one.connection = ConnectionOf(base::Cat("ipv6:[", peer.address, "]:", peer.port));
  one.address = address;
  one.seat = std::move(seat);
  one.since = one.read_at = Clock::now();
  open_.insert_or_assign(descriptor, std::move(one));
  Watch(events_, descriptor, EPOLLIN | EPOLLET);
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.listener_fd = listening_;
  connection.fd = descriptor;
  acceptors_[address.number() % acceptors_.size()]->HandleNewConnection(&connection);
}

void GrpcListener::LookAround() {
  absl::erase_if(open_, [this](auto& entry) {
    auto& [descriptor, one] = entry;
    if (FileOf(descriptor) == one.file) {
      LookAt(descriptor, one);
      return false;
    }
    known_->Forget(one.connection);
    return true;
  });
}

void GrpcListener::LookAt(int descriptor, Open& one) {
  tcp_info heard{};
  socklen_t size = sizeof(heard);
  if (one.ended || getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &heard, &size) != 0) return;
  one.seat->RestedSince(Clock::now() - milliseconds(heard.tcpi_last_data_recv));
  const bool may_stay = AnswersAreRead(one, heard.tcpi_notsent_bytes) && Clock::now() - one.since <= kStrangerStays;
  if (one.was_known || may_stay) {
    return LookAtSent(descriptor, one, heard.tcpi_bytes_received);
  }
  one.ended = true;
  Disconnect(descriptor);
}

bool GrpcListener::AnswersAreRead(Open& one, uint64_t unsent) {
  const auto now = Clock::now();
  if (unsent == 0) one.read_at = now;
  return unsent <= kUnreadMax && now - one.read_at <= kUnreadWait;
}

void GrpcListener::LookAtSent(int descriptor, Open& one, uint64_t came) {
  const uint64_t more = came - std::min(came, std::exchange(one.counted, came));
  const KnownPeers::Looked looked = known_->Look(one.connection, came);
  const auto now = Clock::now();
  if (looked.struck) {
    strangers_.Shut(one.address, KnownPeers::kStruckFor, now);
    one.ended = true;
    return Disconnect(descriptor);
  }
  if (!looked.known) {
    if (more == 0 || strangers_.Take(one.address, more, now)) return;
    one.ended = true;
    // A refusal that waits to be read still is.
    shutdown(descriptor, SHUT_RDWR);
    return;
  }
  if (std::exchange(one.was_known, true)) return;
  // From now on the looks a few times a second are enough.
  epoll_ctl(events_, EPOLL_CTL_DEL, descriptor, nullptr);
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &kKnownBufferBytes, sizeof(kKnownBufferBytes));
}

}  // namespace cadastre::server
