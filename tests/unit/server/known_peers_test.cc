#include "server/grpc/known_peers.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/sender.h"
#include "server/rpc/budget.h"
#include "server/rpc/stranger_gate.h"

namespace cadastre::server {
namespace {

using base::Sender;

// A stream that ends between two looks has sent megabytes since the first of them.
TEST(KnownPeersTest, WhatCameDuringACallCameFromWhoCalled) {
  KnownPeers peers;
  {
    const KnownPeers::Call call = peers.Enter("1.2.3.4 5", Sender::OfPrincipal("one"));
    EXPECT_TRUE(peers.Look("1.2.3.4 5", 0).known);
  }
  EXPECT_TRUE(peers.Look("1.2.3.4 5", 0).known);
  EXPECT_FALSE(peers.Look("1.2.3.4 5", 0).known) << "and no longer";
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
    EXPECT_FALSE(peers.Look("1.2.3.4 5", 0).struck);
    another.Strike();
    EXPECT_EQ(told, 1);
    EXPECT_TRUE(peers.Look("1.2.3.4 5", 0).struck);
    EXPECT_TRUE(peers.Look("1.2.3.4 6", 0).struck);
  }
  const KnownPeers::Call later = peers.Enter("1.2.3.4 7", pest);
  EXPECT_FALSE(peers.Look("1.2.3.4 7", 0).known);
  const KnownPeers::Call other = peers.Enter("1.2.3.4 8", Sender::OfPrincipal("other"));
  EXPECT_TRUE(peers.Look("1.2.3.4 8", 0).known);
  EXPECT_FALSE(peers.Look("1.2.3.4 8", 0).struck);
}

TEST(KnownPeersTest, WhoBeginsMoreCallsThanAreLookedAtIsAStranger) {
  KnownPeers peers;
  const Sender pest = Sender::OfPrincipal("pest");
  for (int64_t i = 0; i < 2 * KnownPeers::kAheadMax; ++i) {
    ASSERT_TRUE(peers.MayBegin(pest)) << i;
    peers.LookAtCall(pest);
  }
  int64_t taken = 0;
  while (taken < 2 * KnownPeers::kAheadMax && peers.MayBegin(pest)) ++taken;
  // Some were forgotten meanwhile.
  EXPECT_NEAR(static_cast<double>(taken), KnownPeers::kAheadMax, KnownPeers::kAheadPerSecond);
  EXPECT_TRUE(peers.MayBegin(Sender::OfPrincipal("other")));
  const KnownPeers::Call call = peers.Enter("1.2.3.4 5", pest);
  EXPECT_FALSE(peers.Look("1.2.3.4 5", 0).struck) << "one such call is none too many";
  for (int64_t i = 0; i < 4 * KnownPeers::kAheadMax; ++i) peers.MayBegin(pest);
  EXPECT_TRUE(peers.Look("1.2.3.4 5", 0).struck);
  EXPECT_FALSE(peers.MayBegin(pest));
}

class UnfinishedTest : public testing::Test {
 protected:
  static constexpr uint64_t kMiB = uint64_t{1} << 20;
  const std::string here_ = "1.2.3.4 5";
  const Sender one_ = Sender::OfPrincipal("one");

  KnownPeers::Call Reading(const std::string& peer, Sender sender, const std::string& name) {
    KnownPeers::Call call = peers_.Enter(peer, sender, [this, name](const Status& status) {
      EXPECT_TRUE(absl::IsResourceExhausted(status));
      refused_.push_back(name);
    });
    call.BeginRead();
    return call;
  }
  size_t held() const { return budget_.held(Budget::Resource::kBytes); }

  Budget budget_{{100, 64 * kMiB, 100}};
  KnownPeers peers_{&budget_, 16 * kMiB};
  std::vector<std::string> refused_;
};

TEST_F(UnfinishedTest, WhatCameOfMessagesUnderWayIsHeldUntilTheyAreWhole) {
  KnownPeers::Call call = Reading(here_, one_, "a");
  peers_.Look(here_, 1000);
  EXPECT_EQ(held(), 0) << "what came before anybody looked is not known to be of it";
  peers_.Look(here_, 1000 + 5 * kMiB);
  EXPECT_EQ(held(), 5 * kMiB);
  call.EndRead(6 * kMiB);
  EXPECT_EQ(held(), 0) << "its call holds it now";
  call.BeginRead();
  peers_.Look(here_, 1000 + 7 * kMiB);
  EXPECT_EQ(held(), 0) << "no read was under way meanwhile";
  peers_.Look(here_, 1000 + 8 * kMiB);
  EXPECT_EQ(held(), kMiB);
  call.End();
  EXPECT_EQ(held(), 0);
}

TEST_F(UnfinishedTest, WhatOtherReadsTookIsNotUnfinished) {
  const KnownPeers::Call idle = Reading(here_, one_, "idle");
  const KnownPeers::Call idle_too = Reading(here_, one_, "idle too");
  peers_.Look(here_, 0);
  uint64_t came = 0;
  for (int i = 0; i < 100; ++i) {
    KnownPeers::Call call = Reading(here_, one_, "call");
    // Headers and frames come with it.
    came += kMiB + kMiB / 1024 + 100;
    call.EndRead(kMiB);
    peers_.Look(here_, came);
  }
  EXPECT_EQ(held(), 0);
  EXPECT_EQ(refused_, std::vector<std::string>());
}

TEST_F(UnfinishedTest, MoreThanItsSendersShareEndsTheReadsOfThatConnection) {
  const std::string there = "1.2.3.4 6";
  KnownPeers::Call done = Reading(here_, one_, "done");
  const KnownPeers::Call first = Reading(here_, one_, "first");
  const KnownPeers::Call second = Reading(here_, one_, "second");
  const KnownPeers::Call third = Reading(here_, one_, "third");
  const KnownPeers::Call elsewhere = Reading(there, one_, "elsewhere");
  done.EndRead(0);
  peers_.Look(here_, 0);
  peers_.Look(there, 0);
  peers_.Look(there, 10 * kMiB);
  peers_.Look(here_, 20 * kMiB);
  EXPECT_EQ(refused_, std::vector<std::string>());
  // One alone has half.
  peers_.Look(here_, 30 * kMiB);
  EXPECT_EQ(refused_, (std::vector<std::string>{"first", "second", "third"}));
  EXPECT_EQ(held(), 30 * kMiB) << "until they are over";
}

TEST_F(UnfinishedTest, OfOneMessageNoMoreIsCountedThanItMayHave) {
  const KnownPeers::Call idle = Reading(here_, one_, "idle");
  peers_.Look(here_, 0);
  peers_.Look(here_, 1000 * kMiB);
  EXPECT_EQ(held(), 16 * kMiB);
  EXPECT_EQ(refused_, std::vector<std::string>());
}

TEST_F(UnfinishedTest, WhoIsRefusedSoOftenIsAStranger) {
  std::vector<KnownPeers::Call> calls;
  for (uint32_t i = 0; i < KnownPeers::kStrikesMax; ++i) calls.push_back(Reading(here_, one_, "call"));
  peers_.Look(here_, 0);
  EXPECT_FALSE(peers_.Look(here_, 40 * kMiB).struck);
  EXPECT_TRUE(peers_.Look(here_, 40 * kMiB).struck);
}

TEST(StrangerGateTest, TakesSoManyAtOnceAndSoManyASecond) {
  StrangerGate gate;
  StrangerGate::Clock::time_point now = StrangerGate::Clock::now();
  const auto taken = [&gate](StrangerGate::Clock::time_point at) {
    int64_t count = 0;
    while (count < 100'000 && gate.Take(at)) ++count;
    return count;
  };
  EXPECT_EQ(taken(now), StrangerGate::kCallsMax);
  EXPECT_EQ(taken(now), 0);
  EXPECT_NEAR(static_cast<double>(taken(now + std::chrono::milliseconds(500))), StrangerGate::kCallsPerSecond / 2.0, 1);
  EXPECT_EQ(taken(now + std::chrono::hours(1)), StrangerGate::kCallsMax) << "what was not taken is not saved up";
}

}  // namespace
}  // namespace cadastre::server
