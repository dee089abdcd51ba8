#include "server/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>
#include <system_error>

#include "authz/audit/audit_log.h"
#include "base/durable_file.h"
#include "base/status.h"

namespace cadastre::server {
namespace {

namespace fs = std::filesystem;

// Where backups are made. No backup has a name that begins with a dot, so none is ever in the way of another.
constexpr char kMaking[] = ".making";

uint64_t BytesUnder(const fs::path& folder) {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (entry.is_regular_file(error)) bytes += entry.file_size(error);
  }
  return bytes;
}

// The lock is on the folder itself and goes where it goes; a folder that was named meanwhile is another's backup.
bool IsStill(const base::OpenFile& opened, const fs::path& path) {
  struct stat held {};
  struct stat named {};
  return ::fstat(opened.get(), &held) == 0 && ::stat(path.c_str(), &named) == 0 && held.st_dev == named.st_dev &&
         held.st_ino == named.st_ino;
}

StatusOr<AdminService::Made> Fill(authz::House& house, const Config& config, const fs::path& partial) {
  std::error_code error;
  // Left by a server that ended while it made this one.
  for (const auto& entry : fs::directory_iterator(partial, error)) {
    if (!error) fs::remove_all(entry.path(), error);
  }
  if (!error) fs::permissions(partial, fs::perms::owner_all, error);
  if (error) return base::Unavailable("the backup folder cannot be used");
  AdminService::Made made;
  // Read before the checkpoint, so that the copy holds at least these leaves.
  made.audit_size = house.audit_log().size();
  RETURN_IF_ERROR(house.engine().Checkpoint((partial / "store").string()));
  fs::copy(fs::path(config.data_dir) / "keys", partial / "keys", fs::copy_options::recursive, error);
  if (error) return base::Unavailable("the keys could not be copied");
  if (!base::SyncTree(partial.string()).ok()) return base::Unavailable("the backup could not be synced");
  made.bytes = BytesUnder(partial);
  return made;
}

}  // namespace

StatusOr<AdminService::Made> MakeBackup(authz::House& house, const Config& config, const std::string& name) {
  const fs::path target = fs::path(config.backup_dir) / name;
  const fs::path partial = fs::path(config.backup_dir) / kMaking / name;
  std::error_code error;
  fs::create_directories(partial, error);
  if (error) return base::Unavailable("the backup folder cannot be made");
  const base::OpenFile lock(::open(partial.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock.ok())
    return base::FieldStatus(absl::StatusCode::kAborted, "name",
                             "a backup of this name has just been made or given up");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || !IsStill(lock, partial)) {
    return base::FieldStatus(absl::StatusCode::kAlreadyExists, "name", "a backup of this name is being made");
  }
  if (fs::exists(target, error)) {
    fs::remove_all(partial, error);
    return base::FieldStatus(absl::StatusCode::kAlreadyExists, "name", "a backup of this name exists");
  }
  StatusOr<AdminService::Made> made = Fill(house, config, partial);
  if (made.ok()) {
    fs::rename(partial, target, error);
    if (error || !base::SyncPath(config.backup_dir).ok()) made = base::Unavailable("the backup could not be named");
  }
  if (!made.ok()) {
    fs::remove_all(partial, error);
    return made.status();
  }
  made->path = target.string();
  return made;
}

}  // namespace cadastre::server
