#include "authz/audit/refusal_counter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/status.h"

namespace cadastre::authz {
namespace {

Timestamp Minute(int64_t minute) { return Timestamp(minute * 60'000'000); }

uint64_t Sum(const std::vector<AuditedCall>& records) {
  uint64_t sum = 0;
  for (const AuditedCall& record : records) sum += record.count;
  return sum;
}

TEST(RefusalCounter, AFloodFromManyAddressesIsAFewLeavesAndNoneIsMissing) {
  RefusalCounter counter("unauthenticated", absl::StatusCode::kUnauthenticated);
  constexpr int kAddresses = 100'000;
  for (int i = 0; i < kAddresses; ++i) {
    const std::string address = base::Cat(i % 200, ".", i / 200 % 256, ".", i / 51'200, ".1");
    EXPECT_TRUE(counter.Count(address, "", Minute(1)).empty());
  }
  const std::vector<AuditedCall> told = counter.Take(Minute(2), false);
  EXPECT_LE(told.size(), RefusalCounter::kSinglesMax + RefusalCounter::kNetworksMax + 1);
  EXPECT_EQ(Sum(told), uint64_t{kAddresses});
  const auto is = [&](std::string_view peer) {
    return std::any_of(told.begin(), told.end(), [&](const AuditedCall& record) { return record.peer == peer; });
  };
  EXPECT_TRUE(is("7.0.0.1")) << "the first stand alone";
  EXPECT_TRUE(is("0.1.0.0/16")) << "then by network";
  EXPECT_TRUE(is("")) << "then together";
}

TEST(RefusalCounter, WhatCouldNotBeWrittenIsToldLater) {
  RefusalCounter counter("unauthenticated", absl::StatusCode::kUnauthenticated);
  for (int i = 0; i < 3; ++i) counter.Count("10.0.0.1", "", Minute(1));
  for (const AuditedCall& record : counter.Take(Minute(2), false)) counter.PutBack(record);
  counter.Count("10.0.0.1", "", Minute(2));
  const std::vector<AuditedCall> told = counter.Take(Minute(3), false);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].count, 4u);
}

}  // namespace
}  // namespace cadastre::authz
