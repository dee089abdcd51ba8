#include "server/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

#include "base/status.h"

namespace cadastre::server {
namespace {

// More is asked of nobody, and some systems grow tables with it.
constexpr uint64_t kLimitMax = 1 << 20;
// Log, pipes, event loops, listening sockets, the lock, keys, addresses.json; checkpoints and the index being written.
constexpr uint64_t kOwnFiles = 64;
constexpr uint64_t kStoreFilesMin = 32;
constexpr uint64_t kStoreFilesMax = 512;
// The store opens what it reads and writes in the background beside what it keeps open.
constexpr uint64_t kStoreSpareFiles = 32;
constexpr uint64_t kConnectionsMin = 16;

}  // namespace

StatusOr<DescriptorPlan> ShareDescriptors(uint64_t limit, size_t connections_wanted) {
  DescriptorPlan plan;
  plan.limit = limit;
  plan.store_files = static_cast<int>(std::clamp<uint64_t>(limit / 4, kStoreFilesMin, kStoreFilesMax));
  const uint64_t kept = kOwnFiles + kStoreSpareFiles + static_cast<uint64_t>(plan.store_files);
  // A sixteenth more than the connections there may be are open while others close.
  const uint64_t left = limit > kept ? (limit - kept) * 16 / 17 : 0;
  if (left < kConnectionsMin) {
    return base::FailedPrecondition("this process may open ", limit,
                                    " files, which is too few: at least 256 (ulimit -n)");
  }
  plan.connections = std::min<uint64_t>(connections_wanted, left);
  return plan;
}

StatusOr<DescriptorPlan> PlanDescriptors(size_t connections_wanted) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return base::Internal("getrlimit");
  const rlim_t wanted = std::min<rlim_t>(files.rlim_max, kLimitMax);
  if (files.rlim_cur < wanted) {
    const rlim_t before = files.rlim_cur;
    files.rlim_cur = wanted;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) files.rlim_cur = before;
  }
  return ShareDescriptors(std::min<rlim_t>(files.rlim_cur, kLimitMax), connections_wanted);
}

}  // namespace cadastre::server
