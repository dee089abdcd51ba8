#include "authz/identity/login_limits.h"

#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <thread>

#include "authz/identity/login_queue.h"

namespace cadastre::authz {
namespace {

using std::chrono::seconds;

class LoginLimitsTest : public testing::Test {
 protected:
  bool Try(const std::string& name, const std::string& address) { return limits_.Enter(name, address, now_).ok(); }
  // As many places as it takes to fill what a name may be tried.
  void Guess(const std::string& name) {
    for (size_t i = 0; i < LoginLimits::kNameTriesMax; ++i) EXPECT_TRUE(Try(name, "guess-" + std::to_string(i)));
  }

  LoginLimits limits_;
  Timestamp now_{1'000'000'000'000};
};

TEST_F(LoginLimitsTest, WhoGuessesFromManyPlacesIsSlowedDown) {
  Guess("ann");
  EXPECT_FALSE(Try("ann", "yet another"));
  EXPECT_TRUE(Try("bob", "yet another"));
  int tries = 0;
  for (int second = 0; second < 30; ++second) {
    now_ = now_ + seconds(1);
    for (int i = 0; i < 5; ++i) tries += Try("ann", "place-" + std::to_string(second * 5 + i)) ? 1 : 0;
  }
  EXPECT_EQ(tries, 15) << "one each two seconds";
}

TEST_F(LoginLimitsTest, TheOwnerIsNotSlowedWhereHeWasBefore) {
  ASSERT_TRUE(Try("ann", "desk"));
  limits_.Succeeded("ann", "desk");
  Guess("ann");
  EXPECT_FALSE(Try("ann", "elsewhere"));
  for (size_t i = 0; i < LoginLimits::kPairTriesMax; ++i) EXPECT_TRUE(Try("ann", "desk"));
  EXPECT_FALSE(Try("ann", "desk")) << "its own bound stands";
}

TEST_F(LoginLimitsTest, TheOwnersSuccessesDoNotMakeRoomForGuesses) {
  ASSERT_TRUE(Try("ann", "desk"));
  limits_.Succeeded("ann", "desk");
  Guess("ann");
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Try("ann", "desk"));
    limits_.Succeeded("ann", "desk");
  }
  EXPECT_FALSE(Try("ann", "elsewhere"));
}

TEST_F(LoginLimitsTest, AMinuteLaterAllIsForgotten) {
  Guess("ann");
  now_ = now_ + LoginLimits::kWindow;
  EXPECT_TRUE(Try("ann", "a"));
  EXPECT_TRUE(Try("ann", "a"));
}

TEST_F(LoginLimitsTest, WhatIsRememberedIsBounded) {
  for (size_t i = 0; i < LoginLimits::kKeysMax + 100; ++i) EXPECT_TRUE(Try("name-" + std::to_string(i), "a"));
  for (size_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(Try("ann", "at-" + std::to_string(i)));
    limits_.Succeeded("ann", "at-" + std::to_string(i));
  }
  Guess("ann");
  EXPECT_FALSE(Try("ann", "at-0")) << "only the latest addresses are known";
  EXPECT_TRUE(Try("ann", "at-19"));
}

TEST(LoginQueue, OneAddressTakesFewSeats) {
  base::Executor executor(1, 16);
  LoginQueue queue(&executor);
  std::latch go(1);
  const auto wait = [&go] { go.wait(); };
  for (size_t i = 0; i < LoginQueue::kSeatsPerAddress; ++i) EXPECT_TRUE(queue.TrySubmit("a", wait));
  EXPECT_FALSE(queue.TrySubmit("a", wait));
  EXPECT_TRUE(queue.TrySubmit("b", wait));
  go.count_down();
  std::latch last(1);
  EXPECT_TRUE(queue.TrySubmit("c", [&last] { last.count_down(); }));
  last.wait();
  // Addresses take turns, so that some of the first one's may still be waited for.
  bool given_back = false;
  for (int wait = 0; wait < 1'000 && !given_back; ++wait) {
    given_back = queue.TrySubmit("a", [] {});
    if (!given_back) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_TRUE(given_back) << "seats are given back";
  executor.Stop();
}

}  // namespace
}  // namespace cadastre::authz
