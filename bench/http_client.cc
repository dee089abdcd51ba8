#include "bench/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/status.h"

namespace cadastre::bench {

HttpClient::~HttpClient() {
  if (socket_ >= 0) ::close(socket_);
}

Status HttpClient::Connect() {
  if (socket_ >= 0) return absl::OkStatus();
  socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  if (socket_ < 0) return base::Unavailable("no socket");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port_));
  ::inet_pton(AF_INET, host_.c_str(), &address.sin_addr);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return absl::OkStatus();
  ::close(socket_);
  socket_ = -1;
  return base::Unavailable("nobody listens");
}

StatusOr<int> HttpClient::Get(std::string_view path) {
  return Exchange(base::Cat("GET ", path, " HTTP/1.1\r\nHost: ", host_, "\r\n\r\n"));
}

StatusOr<int> HttpClient::PostJson(std::string_view path, std::string_view bearer, std::string_view body) {
  return Exchange(base::Cat("POST ", path, " HTTP/1.1\r\nHost: ", host_, "\r\nAuthorization: Bearer ", bearer,
                            "\r\nContent-Type: application/json\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
}

StatusOr<int> HttpClient::Exchange(const std::string& request) {
  if (Status status = Connect(); !status.ok()) return status;
  for (size_t sent = 0; sent < request.size();) {
    const ssize_t some = ::send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (some <= 0) return base::Unavailable("the connection broke while sending");
    sent += static_cast<size_t>(some);
  }
  return ReadAnswer();
}

StatusOr<int> HttpClient::ReadAnswer() {
  size_t head = std::string::npos;
  size_t whole = 0;
  buffer_.clear();
  while (head == std::string::npos || buffer_.size() < whole) {
    std::array<char, 16'384> some;
    const ssize_t got = ::recv(socket_, some.data(), some.size(), 0);
    if (got <= 0) return base::Unavailable("the connection broke while receiving");
    buffer_.append(some.data(), static_cast<size_t>(got));
    if (head != std::string::npos) continue;
    head = buffer_.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    constexpr std::string_view kLength = "Content-Length: ";
    const size_t at = buffer_.find(kLength);
    whole = head + 4;
    if (at != std::string::npos && at < head)
      whole += static_cast<size_t>(std::atoll(buffer_.c_str() + at + kLength.size()));
  }
  return std::atoi(buffer_.c_str() + std::string_view("HTTP/1.1 ").size());
}

}  // namespace cadastre::bench
