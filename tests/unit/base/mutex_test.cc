#include "base/mutex.h"

#include <gtest/gtest.h>

#include <thread>

namespace cadastre::base {
namespace {

struct Mailbox {
  Mutex mutex;
  CondVar filled;
  int letters GUARDED_BY(mutex) = 0;
};

TEST(Mutex, AWaiterIsWoken) {
  Mailbox box;
  std::jthread sender([&box] {
    MutexLock lock(box.mutex);
    ++box.letters;
    box.filled.NotifyOne();
  });
  MutexLock lock(box.mutex);
  while (box.letters == 0) box.filled.Wait(box.mutex);
  EXPECT_EQ(box.letters, 1);
}

TEST(Mutex, AWaitEndsWithItsTime) {
  Mailbox box;
  MutexLock lock(box.mutex);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  while (box.filled.WaitUntil(box.mutex, deadline)) {
  }
  EXPECT_GE(std::chrono::steady_clock::now(), deadline);
  EXPECT_EQ(box.letters, 0);
}

}  // namespace
}  // namespace cadastre::base
