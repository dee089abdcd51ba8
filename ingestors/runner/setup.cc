#include "ingestors/runner/setup.h"

#include "base/status.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

// The source's name as a word of an id.
std::string IdOf(std::string_view name) {
  std::string id;
  for (const char c : name) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    const bool upper = c >= 'A' && c <= 'Z';
    id += kept ? c : upper ? static_cast<char>(c - 'A' + 'a') : '-';
  }
  return id;
}

}  // namespace

std::string SetupCommands(std::string_view source_name, const std::vector<std::string>& namespaces) {
  const std::string role = base::Cat("ingest-", IdOf(source_name));
  const std::string account = base::Cat("svc-", role);
  const auto line = [](std::string_view command, const std::string& json) {
    return base::Cat("cadastre ", command, " ", ShellQuoted(json), "\n");
  };
  // What may be pushed is granted by names alone, and names by how they begin.
  const std::string crawls =
      base::Cat(R"({"kinds": ["job"], "namespace": "cadastre-ingest", "name_prefix": )", JsonQuoted(source_name), "}}");
  std::string out;
  out += line("roles put", base::Cat(R"({"id": )", JsonQuoted(role), R"(, "description": )",
                                     JsonQuoted(base::Cat("what cadastre-ingest says of ", source_name)), "}"));
  out += line("grants put", base::Cat(R"({"id": )", JsonQuoted(role + "-crawls"), R"(, "role": )", JsonQuoted(role),
                                      R"(, "privileges": ["push", "browse", "read_operations"], "scope": )", crawls));
  for (size_t i = 0; i < namespaces.size(); ++i) {
    const std::string id = i == 0 ? role + "-objects" : base::Cat(role, "-objects-", i + 1);
    out += line("grants put", base::Cat(R"({"id": )", JsonQuoted(id), R"(, "role": )", JsonQuoted(role),
                                        R"(, "privileges": ["push", "browse"], "scope": {"namespace": )",
                                        JsonQuoted(namespaces[i]), "}}"));
  }
  out += line("principals put", base::Cat(R"({"principal": {"id": )", JsonQuoted(account),
                                          R"(, "kind": "service", "roles": [)", JsonQuoted(role), "]}}"));
  out += base::Cat("(umask 077; cadastre tokens create --for ", account, " --days 365 > ", role, ".token)\n");
  return out;
}

}  // namespace cadastre::ingest
