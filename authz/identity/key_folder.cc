#include "authz/identity/key_folder.h"

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
#include "base/durable_file.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

Status Unusable(const std::string& path) { return base::Unavailable("the key file ", path, " cannot be used"); }

Status WriteSecret(const std::string& path, std::string_view bytes) {
  // Under another name first, so that a crash leaves no short key.
  const std::string draft = path + ".draft";
  unlink(draft.c_str());
  RETURN_IF_ERROR(base::WriteNewFile(draft, bytes));
  // link, not rename: a key that stands already is never replaced.
  if (link(draft.c_str(), path.c_str()) != 0) return base::FileError("cannot make", path);
  unlink(draft.c_str());
  return base::SyncFolderOf(path);
}

StatusOr<std::string> ReadSecret(const std::string& path, size_t bytes) {
  const base::OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
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
  RETURN_IF_ERROR(WriteSecret(PathOf(name, version), made.secret));
  return made;
}

StatusOr<VersionedSecret> KeyFolder::Newest(std::string_view name, size_t bytes) const {
  StatusOr<VersionedSecret> found = FindNewest(name, bytes);
  return absl::IsNotFound(found.status()) ? Make(name, 1, bytes) : found;
}

StatusOr<VersionedSecret> KeyFolder::FindNewest(std::string_view name, size_t bytes) const {
  if (folder_.empty()) return VersionedSecret{1, RandomBytes(bytes)};
  if (mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return Unusable(folder_);
  ASSIGN_OR_RETURN(const uint32_t version, NewestVersion(name));
  if (version == 0) return base::NotFound("there is no key file ", PathOf(name, 1));
  ASSIGN_OR_RETURN(std::string secret, ReadSecret(PathOf(name, version), bytes));
  return VersionedSecret{version, std::move(secret)};
}

StatusOr<std::string> KeyFolder::Find(std::string_view name, uint32_t version, size_t bytes) const {
  if (folder_.empty()) return base::NotFound("there is no key folder");
  return ReadSecret(PathOf(name, version), bytes);
}

}  // namespace cadastre::authz
