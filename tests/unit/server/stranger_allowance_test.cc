#include "server/grpc/stranger_allowance.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace cadastre::server {
namespace {

using base::Sender;
using std::chrono::seconds;

constexpr uint64_t kMax = StrangerAllowance::kBytesMax;

class StrangerAllowanceTest : public testing::Test {
 protected:
  static Sender At(int address) { return Sender::OfAddress(base::Cat("203.0.", address / 256, ".", address % 256)); }

  StrangerAllowance allowance_;
  const StrangerAllowance::Clock::time_point now_ = StrangerAllowance::Clock::now();
};

TEST_F(StrangerAllowanceTest, AllConnectionsOfAnAddressShare) {
  EXPECT_TRUE(allowance_.Take(At(1), kMax, now_));
  EXPECT_FALSE(allowance_.Take(At(1), 1, now_));
  EXPECT_FALSE(allowance_.Take(At(1), 0, now_)) << "a new connection is no new allowance";
  EXPECT_TRUE(allowance_.Take(At(2), StrangerAllowance::kAllBytesMax - kMax - 1, now_));
}

TEST_F(StrangerAllowanceTest, WhatWasSentIsForgivenWithTime) {
  EXPECT_FALSE(allowance_.Take(At(1), 100 * kMax, now_));
  const uint64_t wait = kMax / StrangerAllowance::kBytesPerSecond;
  EXPECT_FALSE(allowance_.Take(At(1), 0, now_ + seconds(wait - 1)));
  EXPECT_TRUE(allowance_.Take(At(1), 0, now_ + seconds(wait)));
}

TEST_F(StrangerAllowanceTest, ManyAddressesTogetherGetLessEach) {
  const auto many = static_cast<int>(StrangerAllowance::kAllBytesMax / kMax);
  for (int address = 0; address < many; ++address) EXPECT_TRUE(allowance_.Take(At(address), kMax, now_));
  EXPECT_TRUE(allowance_.Take(At(many), StrangerAllowance::kBytesCrowded, now_)) << "who sends little is let in";
  EXPECT_FALSE(allowance_.Take(At(many), 1, now_));
}

TEST_F(StrangerAllowanceTest, AShutAddressSendsNothingForSoLong) {
  allowance_.Shut(At(1), seconds(5), now_);
  EXPECT_FALSE(allowance_.Take(At(1), 0, now_ + seconds(4)));
  EXPECT_TRUE(allowance_.Take(At(1), 0, now_ + seconds(5)));
}

TEST_F(StrangerAllowanceTest, AddressesBeyondTheBoundShareOnePlace) {
  const auto many = static_cast<int>(StrangerAllowance::kAddressesMax);
  for (int address = 0; address < many; ++address) allowance_.Take(At(address), 1, now_);
  EXPECT_TRUE(allowance_.Take(Sender::OfAddress("198.51.100.1"), 1, now_));
  EXPECT_TRUE(allowance_.Take(Sender::OfAddress("198.51.100.2"), 1, now_));
  EXPECT_EQ(allowance_.addresses(), StrangerAllowance::kAddressesMax + 1);
}

}  // namespace
}  // namespace cadastre::server
