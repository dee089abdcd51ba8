#include "server/restore.h"

#include <fcntl.h>
#include <sys/file.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "authz/audit/audit_log.h"
#include "authz/house/house.h"
#include "base/status.h"

namespace cadastre::server {
namespace {

namespace fs = std::filesystem;

// Both the marker of a restore under way and the place of its copy.
constexpr char kRestoring[] = "restoring";
// In the order they are put in place.
constexpr const char* kParts[] = {"keys", "store"};

Status Failed(std::string_view what, const std::error_code& error) {
  if (error == std::errc::no_space_on_device) {
    return base::ResourceExhausted(what, ": no space is left on the device");
  }
  return base::Unavailable(what, ": ", error.message());
}

// Whatever a restore that did not finish left; nothing else may be there.
Status ClearFolder(const fs::path& data_dir) {
  std::error_code error;
  const bool unfinished = fs::exists(data_dir / kRestoring, error);
  for (const auto& entry : fs::directory_iterator(data_dir, error)) {
    const std::string name = entry.path().filename().string();
    if (unfinished && (name == kRestoring || name == kParts[0] || name == kParts[1])) continue;
    return base::FailedPrecondition("--data-dir: expected a folder that is missing or empty, it holds ", name);
  }
  // The marker last, so that a kill in between leaves a folder no server starts on.
  for (const char* name : {kParts[0], kParts[1], kRestoring}) {
    if (!error) fs::remove_all(data_dir / name, error);
  }
  return error ? Failed("--data-dir cannot be used", error) : absl::OkStatus();
}

}  // namespace

StatusOr<Restore> Restore::Begin(const std::string& backup, const std::string& data_dir) {
  std::error_code error;
  if (!fs::is_directory(fs::path(backup) / "store", error) || !fs::is_directory(fs::path(backup) / "keys", error)) {
    return base::FailedPrecondition("--from: expected a folder that `cadastre backup` made, with store/ and keys/");
  }
  // A store that a server has opened has one, a copy has none; what is being written while it is copied is no copy.
  if (fs::exists(fs::path(backup) / "store" / "LOCK", error)) {
    return base::FailedPrecondition(
        "--from: expected a folder that `cadastre backup` made, not a server's data folder");
  }
  error.clear();
  if (fs::create_directories(data_dir, error)) fs::permissions(data_dir, fs::perms::owner_all, error);
  if (error) return Failed("--data-dir cannot be made", error);
  auto lock = std::make_unique<base::OpenFile>(::open(data_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock->ok()) return base::FileError("cannot open", data_dir);
  if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0) {
    return base::FailedPrecondition("--data-dir: another restore works on it");
  }
  RETURN_IF_ERROR(ClearFolder(data_dir));
  Restore restore(data_dir, std::move(lock));
  fs::create_directory(restore.folder(), error);
  if (!error) fs::permissions(restore.folder(), fs::perms::owner_all, error);
  for (const char* part : kParts) {
    if (!error) {
      fs::copy(fs::path(backup) / part, fs::path(restore.folder()) / part, fs::copy_options::recursive, error);
    }
  }
  if (error) return Failed("the backup could not be copied", error);
  RETURN_IF_ERROR(base::SyncTree(restore.folder()));
  RETURN_IF_ERROR(base::SyncPath(data_dir));
  return restore;
}

std::string Restore::folder() const { return data_dir_ + "/" + kRestoring; }

StatusOr<uint64_t> Restore::Verify(storage::Engine* engine, Clock* clock) const {
  authz::House::Options options;
  options.data_dir = folder();
  options.begin_audit_log = true;
  ASSIGN_OR_RETURN(const std::unique_ptr<authz::House> house, authz::House::Open(engine, clock, std::move(options)));
  return house->audit_log().previous().back().size;
}

Status Restore::Finish() const {
  RETURN_IF_ERROR(base::SyncTree(folder()));
  std::error_code error;
  for (const char* part : kParts) {
    if (!error) fs::rename(fs::path(folder()) / part, fs::path(data_dir_) / part, error);
  }
  if (error) return Failed("the restored parts could not be put in place", error);
  RETURN_IF_ERROR(base::SyncPath(data_dir_));
  fs::remove_all(folder(), error);
  if (error) return Failed("the folder `restoring` could not be removed", error);
  return base::SyncPath(data_dir_);
}

Status CheckRestored(const std::string& data_dir) {
  std::error_code error;
  if (!fs::exists(fs::path(data_dir) / kRestoring, error)) return absl::OkStatus();
  return base::FailedPrecondition("data_dir: a restore into ", data_dir,
                                  " did not finish; run `cadastred restore` again, or remove the folder");
}

}  // namespace cadastre::server
