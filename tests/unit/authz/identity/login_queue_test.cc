#include "authz/identity/login_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <string>
#include <vector>

namespace cadastre::authz {
namespace {

TEST(LoginQueueTest, OneFromElsewhereWaitsForOneOfEachOther) {
  base::Executor executor(/*threads=*/1, /*queue_max=*/32);
  LoginQueue queue(&executor);
  std::latch release(1);
  base::Mutex mutex;
  std::vector<std::string> order;
  const auto submit = [&](const std::string& address) {
    return queue.TrySubmit(address, [&, address] {
      release.wait();
      base::MutexLock lock(mutex);
      order.push_back(address);
    });
  };
  constexpr int kAddresses = 10;
  for (int i = 0; i < kAddresses; ++i) {
    const std::string address = "10.0.0." + std::to_string(i);
    for (size_t seat = 0; seat < LoginQueue::kSeatsPerAddress; ++seat) ASSERT_TRUE(submit(address));
    EXPECT_FALSE(submit(address)) << "all its seats are taken";
  }
  ASSERT_TRUE(submit("10.9.9.9"));
  release.count_down();
  executor.Stop();
  const auto place = std::find(order.begin(), order.end(), "10.9.9.9") - order.begin();
  EXPECT_LE(place, kAddresses + 2) << "of " << order.size();
}

}  // namespace
}  // namespace cadastre::authz
