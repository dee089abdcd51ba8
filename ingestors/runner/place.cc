#include "ingestors/runner/place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/status.h"
#include "client/settings.h"

namespace cadastre::ingest {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSpoolEnding = ".spool";
constexpr size_t kNumberDigits = 8;
// Of a holder, in hexadecimal digits.
constexpr size_t kIdentityBytes = 16;
constexpr size_t kNameBytesMax = 64;

absl::Status PlaceRefuses(std::string_view doing, const std::string& path) {
  return base::FailedPrecondition("cannot ", doing, " ", path, ": ", std::strerror(errno));
}

std::string Hexadecimal(uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out(kIdentityBytes, '0');
  for (size_t at = out.size(); at-- > 0; number >>= 4) out[at] = kDigits[number & 0xf];
  return out;
}

// A word people recognise, and behind it what tells sources apart that share it.
std::string FolderNameOf(std::string_view catalog_url, std::string_view source_name) {
  std::string word;
  for (const char c : source_name.substr(0, kNameBytesMax)) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    word += kept ? c : '-';
  }
  const std::string both = base::Cat(catalog_url, "\n", source_name);
  return base::Cat(word, "-", Hexadecimal(XXH3_64bits(both.data(), both.size())));
}

std::string HostName() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) return "";
  return host.data();
}

int64_t NumberIn(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number > 0 ? number : 0;
}

int64_t SpoolNumberOf(const fs::path& path) { return NumberIn(path.filename().string().substr(0, kNumberDigits)); }

int64_t SizeOf(const std::string& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(bytes);
}

}  // namespace

std::string StateFolder() {
  // The standard has it that a path that is not absolute is as if it were not said.
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && state[0] == '/') {
    return base::Cat(state, "/cadastre-ingest");
  }
  const char* home = std::getenv("HOME");
  return home == nullptr || home[0] != '/' ? "" : base::Cat(home, "/.local/state/cadastre-ingest");
}

absl::Status MakeOwnFolder(const std::string& folder) {
  std::string at;
  for (const fs::path& part : fs::path(folder)) {
    at = at.empty() ? part.string() : (fs::path(at) / part).string();
    if (at.empty() || mkdir(at.c_str(), 0700) == 0 || errno == EEXIST) continue;
    // Folders above may be on a disk that is read only, or not to be looked at, and be there all the same.
    struct stat about = {};
    if (stat(at.c_str(), &about) != 0) return PlaceRefuses("make", at);
  }
  struct stat about = {};
  if (stat(folder.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) {
    return base::FailedPrecondition(folder, " is no folder");
  }
  if (about.st_uid != geteuid() || (about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return base::FailedPrecondition(folder, " is another user's, or may be written by others");
  }
  return absl::OkStatus();
}

SourcePlace::SourcePlace(std::string folder, int lock) : folder_(std::move(folder)), lock_(lock) {}

SourcePlace::~SourcePlace() { close(lock_); }

absl::StatusOr<std::unique_ptr<SourcePlace>> SourcePlace::Open(const std::string& folder, std::string_view catalog_url,
                                                               std::string_view source_name) {
  RETURN_IF_ERROR(MakeOwnFolder(folder));
  const std::string own = base::Cat(folder, "/", FolderNameOf(catalog_url, source_name));
  RETURN_IF_ERROR(MakeOwnFolder(own));
  const std::string lock = own + "/lock";
  const int file = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return PlaceRefuses("open", lock);
  return std::unique_ptr<SourcePlace>(new SourcePlace(own, file));
}

absl::StatusOr<bool> SourcePlace::TryLock() {
  while (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return PlaceRefuses("lock", folder_ + "/lock");
  }
  const std::string who = base::Cat(getpid(), "\n");
  const bool told = ftruncate(lock_, 0) == 0 && pwrite(lock_, who.data(), who.size(), 0) > 0;
  if (!told) return PlaceRefuses("write", folder_ + "/lock");
  RETURN_IF_ERROR(ReadState());
  // What a run that died was writing.
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    if (at->path().string().ends_with(base::Cat(kSpoolEnding, ".new"))) unlink(at->path().c_str());
  }
  return true;
}

std::string SourcePlace::LastLockedBy() const {
  std::array<char, 24> text{};
  const ssize_t bytes = pread(lock_, text.data(), text.size(), 0);
  const std::string_view read(text.data(), bytes < 0 ? 0 : static_cast<size_t>(bytes));
  const int64_t pid = NumberIn(read.substr(0, read.find('\n')));
  return pid == 0 ? "" : base::Cat("process ", pid);
}

absl::Status SourcePlace::ReadState() {
  std::ifstream file(folder_ + "/state");
  std::string name, crawl;
  std::getline(file, name);
  std::getline(file, crawl);
  if (name.size() == kIdentityBytes &&
      std::all_of(name.begin(), name.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); })) {
    last_crawl_ = NumberIn(crawl);
  } else {
    uint64_t random = 0;
    if (getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random))
      return PlaceRefuses("name", folder_);
    name = Hexadecimal(random);
    last_crawl_ = 0;
    RETURN_IF_ERROR(client::WriteFile(folder_ + "/state", base::Cat(name, "\n0\n"), 0600));
  }
  // With the machine's name, so that a copy of the folder on another one is another holder.
  holder_ = base::Cat(HostName().substr(0, 200), ":", name);
  return absl::OkStatus();
}

void SourcePlace::KeepLastCrawl(int64_t crawl) {
  last_crawl_ = crawl;
  const std::string name = holder_.substr(holder_.size() - kIdentityBytes);
  client::WriteFile(folder_ + "/state", base::Cat(name, "\n", crawl, "\n"), 0600).IgnoreError();
}

std::vector<std::string> SourcePlace::Spools() const {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    const bool ours = name.size() == kNumberDigits + kSpoolEnding.size() && name.ends_with(kSpoolEnding) &&
                      SpoolNumberOf(at->path()) > 0;
    if (ours) found.push_back(at->path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string SourcePlace::NextSpool() const {
  int64_t last = 0;
  for (const std::string& path : Spools()) {
    last = std::max(last, SpoolNumberOf(path));
  }
  std::string number = std::to_string(last + 1);
  number.insert(0, kNumberDigits - std::min(kNumberDigits, number.size()), '0');
  return base::Cat(folder_, "/", number, kSpoolEnding);
}

int SourcePlace::MakeRoom(int64_t bytes, int64_t bytes_max) const {
  const std::vector<std::string> spools = Spools();
  int64_t total = bytes;
  for (const std::string& path : spools) total += SizeOf(path);
  size_t gone = 0;
  while (gone < spools.size() && (total > bytes_max || spools.size() - gone >= kSpoolsMax)) {
    total -= SizeOf(spools[gone]);
    unlink(spools[gone].c_str());
    ++gone;
  }
  return static_cast<int>(gone);
}

}  // namespace cadastre::ingest
