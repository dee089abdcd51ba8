#include "authz/key_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <memory>
#include <utility>

#include "base/check.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

Status Unusable(const std::string& path) { return base::Unavailable("the key file ", path, " cannot be used"); }

Status SyncFolder(const std::string& folder) {
  const OpenFile opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.ok() || fsync(opened.get()) != 0) return Unusable(folder);
  return absl::OkStatus();
}

Status WriteNew(const std::string& path, std::string_view bytes) {
  // Under another name first, so that a crash leaves no short key.
  const std::string draft = path + ".draft";
  unlink(draft.c_str());
  {
    const OpenFile file(open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.ok()) return Unusable(path);
    if (write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) return Unusable(path);
    if (fsync(file.get()) != 0) return Unusable(path);
  }
  // link, not rename: a key that stands already is never replaced.
  if (link(draft.c_str(), path.c_str()) != 0) return Unusable(path);
  unlink(draft.c_str());
  return absl::OkStatus();
}

StatusOr<std::string> ReadSecret(const std::string& path, size_t bytes) {
  const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return errno == ENOENT ? base::NotFound("there is no key file ", path) : Unusable(path);
  struct stat found;
  if (fstat(file.get(), &found) != 0) return Unusable(path);
  if ((found.st_mode & 077) != 0) {
    return base::FailedPrecondition("the key file ", path, " may be read by others: its mode must be 0600");
  }
  std::string secret(bytes + 1, '\0');
  const ssize_t got = read(file.get(), secret.data(), secret.size());
  if (got != static_cast<ssize_t>(bytes)) {
    return base::FailedPrecondition("the key file ", path, " does not hold ", bytes, " bytes");
  }
  secret.resize(bytes);
  return secret;
}

}  // namespace

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) == 1)
      << "the system has no randomness to give";
  return bytes;
}

KeyFolder::KeyFolder(std::string data_dir) : folder_(data_dir.empty() ? "" : std::move(data_dir) + "/keys") {}

std::string KeyFolder::PathOf(std::string_view name, uint32_t version) const {
  return base::Cat(folder_, "/", name, ".", version);
}

StatusOr<uint32_t> KeyFolder::NewestVersion(std::string_view name) const {
  const std::unique_ptr<DIR, CloseFolder> folder(opendir(folder_.c_str()));
  if (folder == nullptr) return Unusable(folder_);
  const std::string prefix = base::Cat(name, ".");
  uint32_t newest = 0;
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view file(entry->d_name);
    if (!file.starts_with(prefix)) continue;
    uint32_t version = 0;
    const char* const end = file.data() + file.size();
    const auto parsed = std::from_chars(file.data() + prefix.size(), end, version);
    if (parsed.ec == std::errc() && parsed.ptr == end) newest = std::max(newest, version);
  }
  return newest;
}

StatusOr<VersionedSecret> KeyFolder::Make(std::string_view name, uint32_t version, size_t bytes) const {
  VersionedSecret made{version, RandomBytes(bytes)};
  RETURN_IF_ERROR(WriteNew(PathOf(name, version), made.secret));
  RETURN_IF_ERROR(SyncFolder(folder_));
  return made;
}

StatusOr<VersionedSecret> KeyFolder::Newest(std::string_view name, size_t bytes) const {
  if (folder_.empty()) return VersionedSecret{1, RandomBytes(bytes)};
  if (mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return Unusable(folder_);
  ASSIGN_OR_RETURN(const uint32_t version, NewestVersion(name));
  if (version == 0) return Make(name, 1, bytes);
  ASSIGN_OR_RETURN(std::string secret, ReadSecret(PathOf(name, version), bytes));
  return VersionedSecret{version, std::move(secret)};
}

StatusOr<std::string> KeyFolder::Find(std::string_view name, uint32_t version, size_t bytes) const {
  if (folder_.empty()) return base::NotFound("there is no key folder");
  return ReadSecret(PathOf(name, version), bytes);
}

StatusOr<VersionedSecret> KeyFolder::Rotate(std::string_view name, size_t bytes) const {
  if (folder_.empty()) return base::FailedPrecondition("there is no key folder");
  ASSIGN_OR_RETURN(const VersionedSecret newest, Newest(name, bytes));
  return Make(name, newest.version + 1, bytes);
}

}  // namespace cadastre::authz
