#include "base/disk_space.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/durable_file.h"
#include "base/log.h"
#include "base/status.h"

namespace cadastre::base {
namespace {

constexpr std::chrono::milliseconds kLookEvery{20};
constexpr std::chrono::seconds kFullAtLeast{1};
// With less than this the reserve is given up, with less than that nothing more is written.
constexpr uint64_t kScarceBytes = uint64_t{32} << 20;
constexpr uint64_t kLastBytes = uint64_t{4} << 20;

std::string_view Word(DiskSpace::Level level) {
  switch (level) {
    case DiskSpace::Level::kPlenty: return "plenty";
    case DiskSpace::Level::kWarn: return "filling";
    case DiskSpace::Level::kFull: return "full: writes are refused";
    case DiskSpace::Level::kNone: return "nothing left: reads are refused too";
  }
  return "";
}

}  // namespace

DiskSpace::DiskSpace(std::string folder, Options options) : folder_(std::move(folder)), options_(std::move(options)) {
  struct stat found {};
  const std::string path = folder_ + "/reserve";
  holds_ = ::stat(path.c_str(), &found) == 0 && static_cast<uint64_t>(found.st_size) == options_.reserve_bytes;
  if (!holds_) ::unlink(path.c_str());
  MutexLock lock(mutex_);
  LookNow();
}

std::optional<DiskSpace::Usage> DiskSpace::Ask() const {
  if (options_.usage) return options_.usage();
  struct statvfs found {};
  if (::statvfs(folder_.c_str(), &found) != 0) return std::nullopt;
  // As df counts: what only root may use is neither used nor available.
  Usage usage;
  usage.used = (found.f_blocks - found.f_bfree) * found.f_frsize;
  usage.available = found.f_bavail * found.f_frsize;
  return usage;
}

DiskSpace::Level DiskSpace::Look() {
  MutexLock lock(mutex_);
  if (!looked_ || std::chrono::steady_clock::now() - *looked_ >= kLookEvery) LookNow();
  return level_;
}

void DiskSpace::LookNow() {
  looked_ = std::chrono::steady_clock::now();
  std::optional<Usage> usage = Ask();
  if (!usage) return;
  if (holds_ && usage->available < kScarceBytes) {
    GiveUpReserve();
    usage = Ask();
    if (!usage) return;
  }
  const uint64_t all = usage->used + usage->available;
  const uint64_t owed = holds_ ? 0 : options_.reserve_bytes;
  const uint64_t free = usage->available > owed ? usage->available - owed : 0;
  // Rounded down in what is free, so that the last percent counts as used.
  const uint64_t percent = all == 0 ? 0 : 100 - free * 100 / all;
  Level level = Level::kPlenty;
  if (!holds_ && usage->available < kLastBytes) {
    level = Level::kNone;
  } else if (percent >= static_cast<uint64_t>(options_.full_percent)) {
    level = Level::kFull;
  } else if (percent >= static_cast<uint64_t>(options_.warn_percent)) {
    level = Level::kWarn;
  }
  // The device may refuse what the figures allow: a quota, a volume that is less than it says.
  if (full_until_ && *looked_ < *full_until_) level = std::max(level, Level::kFull);
  available_ = free;
  const Level before = level_.exchange(level);
  if (before != level) {
    const auto fields = {LogField("state", Word(level)), LogField("percent", percent),
                         LogField("free_mib", free >> 20)};
    if (level < before || level == Level::kPlenty) {
      LogInfo("the disk of the data folder has room again", fields);
    } else {
      LogWarning("the disk of the data folder runs full", fields);
    }
  }
  if (!holds_ && level < Level::kFull && free > kScarceBytes) TakeReserve();
}

void DiskSpace::NoteFull() {
  MutexLock lock(mutex_);
  full_until_ = std::chrono::steady_clock::now() + kFullAtLeast;
  if (holds_) GiveUpReserve();
  LookNow();
}

void DiskSpace::TakeReserve() {
  const std::string path = folder_ + "/reserve";
  const OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  // posix_fallocate gives real blocks, also where it has to write them.
  if (!file.ok() || ::posix_fallocate(file.get(), 0, static_cast<off_t>(options_.reserve_bytes)) != 0) {
    ::unlink(path.c_str());
    return;
  }
  holds_ = true;
}

void DiskSpace::GiveUpReserve() {
  ::unlink((folder_ + "/reserve").c_str());
  holds_ = false;
  LogWarning("the reserve of the data folder was given up, so that records of reads find room");
}

Status DiskSpace::Admit(bool takes_room) {
  const Level level = Look();
  if (level == Level::kNone) {
    return ResourceExhausted("the disk is full: there is no room for the audit record, so there is no answer");
  }
  if (level == Level::kFull && takes_room) {
    return ResourceExhausted("the disk is almost full: nothing new is written until there is room again; reads go on");
  }
  return absl::OkStatus();
}

}  // namespace cadastre::base
