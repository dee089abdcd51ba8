#include "base/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/status.h"

namespace cadastre::base {

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Status FileError(std::string_view what, const std::string& path) {
  const int cause = errno;
  if (cause == ENOSPC || cause == EDQUOT) return ResourceExhausted(what, " ", path, ": no space is left on the device");
  if (cause == EEXIST) return AlreadyExists(what, " ", path, ": it exists already");
  return Unavailable(what, " ", path, ": ", std::strerror(cause));
}

Status WriteAll(int descriptor, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FileError("cannot write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

Status WriteNewFile(const std::string& path, std::string_view bytes) {
  const OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.ok()) return FileError("cannot make", path);
  RETURN_IF_ERROR(WriteAll(file.get(), path, bytes));
  return ::fsync(file.get()) == 0 ? absl::OkStatus() : FileError("cannot sync", path);
}

Status SyncPath(const std::string& path) {
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok() || ::fsync(file.get()) != 0) return FileError("cannot sync", path);
  return absl::OkStatus();
}

Status SyncFolderOf(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return SyncPath(folder.empty() ? "." : folder.string());
}

Status SyncTree(const std::string& folder) {
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    RETURN_IF_ERROR(SyncPath(entry->path().string()));
  }
  if (error) return Unavailable("cannot read ", folder, ": ", error.message());
  return SyncPath(folder);
}

}  // namespace cadastre::base
