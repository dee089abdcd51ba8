#include "server/backup.h"

#include <filesystem>
#include <system_error>

#include "authz/audit_log.h"
#include "base/status.h"

namespace cadastre::server {
namespace {

namespace fs = std::filesystem;

uint64_t BytesUnder(const fs::path& folder) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  }
  return bytes;
}

}  // namespace

StatusOr<AdminService::Made> MakeBackup(authz::House& house, const Config& config, const std::string& name) {
  const fs::path target = fs::path(config.backup_dir) / name;
  const fs::path partial = fs::path(config.backup_dir) / (name + ".partial");
  std::error_code error;
  if (fs::exists(target, error)) return base::AlreadyExists("name: a backup of this name exists");
  fs::create_directories(config.backup_dir, error);
  if (error) return base::Unavailable("the backup folder cannot be made");
  fs::remove_all(partial, error);
  if (!fs::create_directory(partial, error)) return base::Unavailable("the backup folder cannot be made");
  fs::permissions(partial, fs::perms::owner_all, error);
  AdminService::Made made;
  // Read before the checkpoint, so that the copy holds at least these leaves.
  made.audit_size = house.audit_log().size();
  RETURN_IF_ERROR(house.engine().Checkpoint((partial / "store").string()));
  fs::copy(fs::path(config.data_dir) / "keys", partial / "keys", fs::copy_options::recursive, error);
  if (error) return base::Unavailable("the keys could not be copied");
  made.bytes = BytesUnder(partial);
  fs::rename(partial, target, error);
  if (error) return base::Unavailable("the backup could not be named");
  made.path = target.string();
  return made;
}

}  // namespace cadastre::server
