#include "base/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace cadastre::base {
namespace {

TEST(Executor, TasksTakenAreRunBeforeItStops) {
  std::atomic<int> ran = 0;
  Executor executor(2, 1'000);
  for (int i = 0; i < 1'000; ++i) {
    while (!executor.TrySubmit([&ran] { ++ran; })) std::this_thread::yield();
  }
  executor.Stop();
  EXPECT_EQ(ran, 1'000);
}

TEST(Executor, AFullQueueRefusesAtOnce) {
  std::promise<void> gate;
  std::shared_future<void> opened = gate.get_future().share();
  std::promise<void> started;
  Executor executor(1, 2);
  ASSERT_TRUE(executor.TrySubmit([&] {
    started.set_value();
    opened.wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(executor.TrySubmit([] {}));
  EXPECT_TRUE(executor.TrySubmit([] {}));
  EXPECT_FALSE(executor.TrySubmit([] {}));
  EXPECT_EQ(executor.waiting(), 2u);
  gate.set_value();
}

TEST(Executor, AfterStopNothingIsTaken) {
  Executor executor(1, 1);
  executor.Stop();
  executor.Stop();
  EXPECT_FALSE(executor.TrySubmit([] {}));
}

TEST(Executor, ATaskMaySubmitAnother) {
  std::promise<void> done;
  Executor executor(1, 4);
  ASSERT_TRUE(executor.TrySubmit([&] { EXPECT_TRUE(executor.TrySubmit([&done] { done.set_value(); })); }));
  done.get_future().wait();
}

}  // namespace
}  // namespace cadastre::base
