#include "server/library_log.h"

#include <grpc/support/log.h>

#include <string_view>

#include "base/log.h"

namespace cadastre::server {
namespace {

void TakeGrpc(gpr_log_func_args* line) {
  const std::string_view file = line->file;
  base::Log(line->severity == GPR_LOG_SEVERITY_ERROR ? base::LogLevel::kWarning : base::LogLevel::kDebug, "library",
            {{"library", "grpc"},
             {"detail", line->message},
             {"file", file.substr(file.rfind('/') + 1)},
             {"line", line->line}});
}

}  // namespace

// What gRPC calls an error is often a peer's (a broken handshake): it is a warning to this server.
void TakeLibraryLogs() { gpr_set_log_function(TakeGrpc); }

}  // namespace cadastre::server
