#include "base/executor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>

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

TEST(Executor, OneSendersLongTasksLeaveAThreadToOthers) {
  std::promise<void> gate;
  std::shared_future<void> opened = gate.get_future().share();
  Executor executor(2, 16);
  const Sender greedy = Sender::OfPrincipal("greedy");
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(executor.TrySubmit(greedy, [opened] { opened.wait(); }));
  std::promise<void> served;
  ASSERT_TRUE(executor.TrySubmit(Sender::OfPrincipal("other"), [&served] { served.set_value(); }));
  EXPECT_EQ(served.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
  gate.set_value();
}

TEST(Executor, SendersWaitInTurn) {
  std::promise<void> gate;
  std::shared_future<void> opened = gate.get_future().share();
  Mutex mutex;
  std::string order;
  {
    Executor executor(1, 16);
    // Both threads are taken, by others.
    for (const char* one : {"x", "y"}) {
      ASSERT_TRUE(executor.TrySubmit(Sender::OfPrincipal(one), [opened] { opened.wait(); }));
    }
    while (executor.waiting() > 0) std::this_thread::yield();
    const auto note = [&](char name) {
      return [&, name] {
        MutexLock lock(mutex);
        order += name;
      };
    };
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(executor.TrySubmit(Sender::OfPrincipal("a"), note('a')));
    ASSERT_TRUE(executor.TrySubmit(Sender::OfPrincipal("b"), note('b')));
    gate.set_value();
  }
  EXPECT_LT(order.find('b'), 2u) << order;
}

TEST(Executor, OneSenderDoesNotFillTheQueueForOthers) {
  std::promise<void> gate;
  std::shared_future<void> opened = gate.get_future().share();
  Executor executor(1, 8);
  const Sender greedy = Sender::OfPrincipal("greedy");
  int taken = 0;
  while (executor.TrySubmit(greedy, [opened] { opened.wait(); })) ++taken;
  EXPECT_LE(taken, 9);
  EXPECT_TRUE(executor.TrySubmit(Sender::OfPrincipal("other"), [] {}));
  // What was taken before goes on all the same.
  EXPECT_TRUE(executor.Continue(greedy, [] {}));
  gate.set_value();
}

}  // namespace
}  // namespace cadastre::base
