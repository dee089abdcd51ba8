// Which namespace a server has that another PostgreSQL reads through postgres_fdw.
//
// Thread rule: safe.
// Deliberately does not: ask any name server; a host that is written otherwise elsewhere is another name of the server.
#pragma once

#include <string>
#include <string_view>

namespace cadastre::ingest_postgres {

// As CREATE SERVER says it; empty where it does not. A view, for the call.
struct RemoteServer {
  std::string_view host = {}, address = {}, port = {}, service = {};
};

// `postgres://host:port`. `own` is the namespace of the server that reads: a host that means the machine it is on is
// that of `own`. Empty where that is none, and where it cannot be told, as of a service or of several hosts.
std::string NamespaceOf(const RemoteServer& server, std::string_view own);

}  // namespace cadastre::ingest_postgres
