// DiskSpace: how full the disk of a folder is, and 64 MiB of it kept for when nothing else is left.
//
// Made by main before the store is opened, which it outlives; thread rule: safe. The reserve is a file, so that others
// who fill the disk cannot take it; it is given up when little else is left, so that audit records, and the next start,
// find room, and taken again when there is. Space is counted as though the reserve were always held: giving it up lets
// nobody write more. At `full_percent` writes are refused; what takes away, and records of reads, go on until 4 MiB are
// left. Errors: RESOURCE_EXHAUSTED with what is full and what still works. A disk that does not tell its size is taken
// for empty. Deliberately does not: free anything but its reserve, run a thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::base {

class DiskSpace {
 public:
  enum class Level : uint8_t {
    kPlenty,
    kWarn,  // told in the log and the metrics
    kFull,  // no writes
    kNone,  // no records of reads either, so no reads
  };
  struct Usage {
    uint64_t used = 0;
    uint64_t available = 0;  // to this process
  };
  struct Options {
    uint64_t reserve_bytes = uint64_t{64} << 20;
    int warn_percent = 80;
    int full_percent = 95;
    // For tests; empty asks the system.
    std::function<std::optional<Usage>()> usage;
  };

  // Looks at once.
  DiskSpace(std::string folder, Options options);

  // How it stands now; changes are logged. The system is asked at most every 20 ms.
  Level Look();
  // May this be written? `takes_room` is false for records of reads and for what only takes away.
  Status Admit(bool takes_room);
  // A write found no room, whatever the last look said: the reserve is given up, and for a second at least no write is
  // admitted.
  void NoteFull();
  // As of the last look.
  Level level() const { return level_.load(std::memory_order_relaxed); }
  // Bytes left for writes before the disk counts as full to the last byte; the reserve is not among them.
  uint64_t available() const { return available_.load(std::memory_order_relaxed); }
  bool holds_reserve() const { return holds_.load(std::memory_order_relaxed); }

 private:
  std::optional<Usage> Ask() const;
  void LookNow() REQUIRES(mutex_);
  void TakeReserve() REQUIRES(mutex_);
  void GiveUpReserve() REQUIRES(mutex_);

  const std::string folder_;
  const Options options_;
  std::atomic<Level> level_{Level::kPlenty};
  std::atomic<uint64_t> available_{0};
  std::atomic<bool> holds_{false};
  mutable Mutex mutex_;
  std::optional<std::chrono::steady_clock::time_point> looked_ GUARDED_BY(mutex_);
  std::optional<std::chrono::steady_clock::time_point> full_until_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::base
