// HttpServer: HTTP/1.1 on one address, plain or TLS, on threads of its own.
//
// Made and stopped by main. Headers are bounded (64 KiB), bodies by
// `body_bytes_max` (413 names the limit) and together by the ByteBudget;
// connections by `connections_max`. It parses and hands on: the handler decides.
// Thread rule: safe. Errors of Start: UNAVAILABLE (the address is taken),
// INVALID_ARGUMENT (address or certificate do not parse).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/words.h"
#include "server/http/byte_budget.h"
#include "server/http/message.h"

namespace cadastre::server {

struct HttpOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;
  size_t threads = 2;
  size_t body_bytes_max = 16 << 20;
  size_t connections_max = 4096;
  int idle_seconds = 75;
  // PEM files; both empty means plain. With `client_ca`, clients must show a certificate.
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_client_ca;
};

class HttpServer {
 public:
  static StatusOr<std::unique_ptr<HttpServer>> Start(HttpOptions options, ByteBudget* budget, HttpHandler handler);
  virtual ~HttpServer() = default;

  virtual uint16_t port() const = 0;
  // Takes no more connections, lets answers under way go out for at most `grace_seconds`, then closes.
  virtual void Stop(int grace_seconds) = 0;
};

}  // namespace cadastre::server
