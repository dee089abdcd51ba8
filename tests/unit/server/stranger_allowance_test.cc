#include "server/grpc/stranger_allowance.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "server/grpc/known_peers.h"

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

// A stream that ends between two looks has sent megabytes since the first of them.
TEST(KnownPeersTest, WhatCameDuringACallCameFromWhoCalled) {
  KnownPeers peers;
  {
    const KnownPeers::Call call = peers.Enter("1.2.3.4 5", Sender::OfPrincipal("one"));
    EXPECT_TRUE(peers.Look("1.2.3.4 5").known);
  }
  EXPECT_TRUE(peers.Look("1.2.3.4 5").known);
  EXPECT_FALSE(peers.Look("1.2.3.4 5").known) << "and no longer";
}

TEST(KnownPeersTest, CallsForNothingMakeTheirSenderAStranger) {
  KnownPeers peers;
  int told = 0;
  peers.set_on_struck([&told] { ++told; });
  const Sender pest = Sender::OfPrincipal("pest");
  {
    KnownPeers::Call one = peers.Enter("1.2.3.4 5", pest);
    KnownPeers::Call another = peers.Enter("1.2.3.4 6", pest);
    for (uint32_t i = 1; i < KnownPeers::kStrikesMax; ++i) one.Strike();
    EXPECT_FALSE(peers.Look("1.2.3.4 5").struck);
    another.Strike();
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(peers.Look("1.2.3.4 5").struck);
    EXPECT_TRUE(peers.Look("1.2.3.4 6").struck);
  }
  const KnownPeers::Call later = peers.Enter("1.2.3.4 7", pest);
  EXPECT_FALSE(peers.Look("1.2.3.4 7").known);
  const KnownPeers::Call other = peers.Enter("1.2.3.4 8", Sender::OfPrincipal("other"));
  EXPECT_TRUE(peers.Look("1.2.3.4 8").known);
  EXPECT_FALSE(peers.Look("1.2.3.4 8").struck);
}

}  // namespace
}  // namespace cadastre::server
