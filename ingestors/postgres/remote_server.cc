#include "ingestors/postgres/remote_server.h"

#include "base/status.h"

namespace cadastre::ingest_postgres {
namespace {

constexpr std::string_view kScheme = "postgres://";

bool IsOwnMachine(std::string_view host) {
  // A folder and an abstract name are sockets.
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" || host == "::1" ||
         host.starts_with("127.");
}

// In its brackets, where it has some; empty where `ns` names no host and port.
std::string_view HostOf(std::string_view ns) {
  if (!ns.starts_with(kScheme)) return "";
  ns.remove_prefix(kScheme.size());
  const size_t colon = ns.rfind(':');
  return colon == std::string_view::npos ? "" : ns.substr(0, colon);
}

}  // namespace

std::string NamespaceOf(const RemoteServer& server, std::string_view own) {
  const std::string_view host = server.host.empty() ? server.address : server.host;
  const std::string_view port = server.port.empty() ? "5432" : server.port;
  if (!server.service.empty() || host.find(',') != std::string_view::npos || port.find(',') != std::string_view::npos) {
    return "";
  }
  if (IsOwnMachine(host)) {
    const std::string_view machine = HostOf(own);
    return machine.empty() ? "" : base::Cat(kScheme, machine, ":", port);
  }
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return base::Cat(kScheme, ipv6 ? "[" : "", host, ipv6 ? "]" : "", ":", port);
}

}  // namespace cadastre::ingest_postgres
