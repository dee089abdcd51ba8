#include "server/restore.h"

#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "authz/audit_log.h"
#include "authz/house.h"
#include "base/status.h"

namespace cadastre::server {

namespace fs = std::filesystem;

Status CopyBackup(const std::string& backup, const std::string& data_dir) {
  std::error_code error;
  if (!fs::is_directory(fs::path(backup) / "store", error) || !fs::is_directory(fs::path(backup) / "keys", error)) {
    return base::FailedPrecondition("--from: expected a folder that `cadastre backup` made, with store/ and keys/");
  }
  if (fs::exists(data_dir, error) && !fs::is_empty(data_dir, error)) {
    return base::FailedPrecondition("--data-dir: expected a folder that is missing or empty");
  }
  fs::create_directories(data_dir, error);
  if (!error) fs::permissions(data_dir, fs::perms::owner_all, error);
  for (const char* part : {"store", "keys"}) {
    if (!error) fs::copy(fs::path(backup) / part, fs::path(data_dir) / part, fs::copy_options::recursive, error);
  }
  return error ? base::Unavailable("the backup could not be copied: ", error.message()) : absl::OkStatus();
}

StatusOr<uint64_t> VerifyRestored(storage::Engine* engine, Clock* clock, const std::string& data_dir) {
  authz::House::Options options;
  options.data_dir = data_dir;
  options.begin_audit_log = true;
  ASSIGN_OR_RETURN(const std::unique_ptr<authz::House> house, authz::House::Open(engine, clock, std::move(options)));
  return house->audit_log().previous().back().size;
}

}  // namespace cadastre::server
