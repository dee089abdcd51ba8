#include "server/rpc/budget.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace cadastre::server {
namespace {

using base::Sender;
using Resource = Budget::Resource;

Budget::Limits Bytes(size_t bytes) {
  Budget::Limits limits;
  limits.bytes = bytes;
  return limits;
}

TEST(Budget, OneAloneGetsHalfAndTheNextFindsAsMuchFree) {
  Budget budget(Bytes(120));
  Budget::Share first = budget.Begin(Resource::kBytes, Sender::OfPrincipal("first"));
  EXPECT_TRUE(first.Grow(60).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(first.Grow(1)));
  EXPECT_EQ(first.held(), 60u);
  Budget::Share second = budget.Begin(Resource::kBytes, Sender::OfPrincipal("second"));
  EXPECT_TRUE(second.Grow(30).ok());
  EXPECT_FALSE(second.Grow(1).ok());
  EXPECT_TRUE(budget.Take(Resource::kBytes, Sender::OfPrincipal("third"), 15).ok());
  EXPECT_EQ(budget.held(Resource::kBytes), 90u);
  EXPECT_EQ(budget.refused(), 2u);
}

TEST(Budget, AFewSendersDoNotCloseIt) {
  Budget budget(Bytes(1'000'000));
  std::vector<Budget::Share> taken;
  for (int one = 0; one < 8; ++one) {
    const Sender sender = Sender::OfAddress("10.0.0." + std::to_string(one));
    // In pieces, from many connections: what counts is what the sender holds of all.
    while (true) {
      auto share = budget.Take(Resource::kBytes, sender, 1'000);
      if (!share.ok()) break;
      taken.push_back(*std::move(share));
    }
  }
  EXPECT_TRUE(budget.Take(Resource::kBytes, Sender::OfAddress("10.0.1.1"), 1'000).ok());
}

TEST(Budget, WhatIsGivenBackIsFree) {
  Budget budget(Bytes(10));
  const Sender sender = Sender::OfPrincipal("a");
  {
    Budget::Share share = budget.Begin(Resource::kBytes, sender);
    ASSERT_TRUE(share.Grow(5).ok());
    Budget::Share moved = std::move(share);
    EXPECT_EQ(moved.held(), 5u);
    EXPECT_TRUE(moved.Resize(2).ok());
    EXPECT_EQ(budget.held(Resource::kBytes), 2u);
    moved = budget.Begin(Resource::kBytes, sender);
    EXPECT_EQ(budget.held(Resource::kBytes), 0u);
  }
  EXPECT_TRUE(budget.Take(Resource::kBytes, sender, 5).ok());
  EXPECT_FALSE(budget.Take(Resource::kBytes, sender, SIZE_MAX).ok());
  EXPECT_EQ(budget.held(Resource::kBytes), 0u);
}

TEST(Budget, ManyThreadsNeverHoldMoreThanThereIs) {
  Budget budget({.requests = 8, .bytes = 64});
  std::vector<std::jthread> threads;
  for (int one = 0; one < 4; ++one) {
    threads.emplace_back([&budget, one] {
      const Sender sender = Sender::OfPrincipal(std::to_string(one));
      for (int turn = 0; turn < 2'000; ++turn) {
        auto requests = budget.Take(Resource::kRequests, sender, 1);
        auto bytes = budget.Take(Resource::kBytes, sender, 7);
        if (requests.ok() && bytes.ok()) {
          EXPECT_LE(budget.held(Resource::kRequests), 8u + 4u);
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(budget.held(Resource::kRequests), 0u);
  EXPECT_EQ(budget.held(Resource::kBytes), 0u);
}

}  // namespace
}  // namespace cadastre::server
