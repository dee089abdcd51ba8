// What a gRPC port is served with: its transport's credentials, and who is asked of each call before gRPC takes it.
//
// gRPC parses what comes as long as it comes, and hands the calls on when it gets to it: who floods it without a pause
// has a hundred thousand calls under way, tens of kilobytes each, before one of them is looked at. What is asked here
// is asked while it parses, on its thread; a call that is refused so is over at once. gRPC's own credentials ask nobody
// where there is no TLS, so these are made of its C interface. Thread rule: safe.
#pragma once

#include <grpcpp/security/server_credentials.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cadastre::server {

// Whether a call of this method (`/package.Service/Method`) with this bearer is taken; quick, and on any thread.
using MayBegin = std::function<bool(std::string_view method, std::string_view bearer)>;

// Contents in PEM.
struct TlsPem {
  std::string certificate;
  std::string key;
  std::string client_ca;  // empty: clients need no certificate
};

// Without `tls`: plaintext.
std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const std::optional<TlsPem>& tls, MayBegin may_begin);

}  // namespace cadastre::server
