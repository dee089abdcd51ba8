// HttpServer: HTTP/1.1 on one address, plain or TLS, on threads of its own.
//
// Made and stopped by main. Headers are bounded (64 KiB), bodies by what the handler admits once it has seen the header
// (413 names the limit), and what all hold together by the Budget; connections have seats in Connections. It parses and
// hands on: the handler decides. Who sends nothing is cut: a header must be complete `header_seconds` after it began, a
// body and the reading of an answer must not fall below `bytes_a_second_min` after `grace_seconds`.
// Out of descriptors it waits and makes room, and never spins.
// Thread rule: safe. Errors of Start: UNAVAILABLE (the address is taken),
// INVALID_ARGUMENT (address or certificate do not parse).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/words.h"
#include "server/http/message.h"
#include "server/rpc/connections.h"

namespace cadastre::server {

struct HttpOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  size_t threads = 2;
  int idle_seconds = 75;
  int header_seconds = 10;
  int grace_seconds = 10;
  size_t bytes_a_second_min = 8 << 10;
  // How long a body waits for room before its sender is told to come again.
  int patience_seconds = 5;
  // PEM files; both empty means plain. With `client_ca`, clients must show a certificate.
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_client_ca;
};

class HttpServer {
 public:
  // The last three outlive it.
  static StatusOr<std::unique_ptr<HttpServer>> Start(HttpOptions options, Budget* budget, Connections* connections,
                                                     HttpHandler* handler);
  virtual ~HttpServer() = default;

  virtual uint16_t port() const = 0;
  // Takes no more connections, lets answers under way go out for at most `grace_seconds`, then closes.
  virtual void Stop(int grace_seconds) = 0;
};

}  // namespace cadastre::server
