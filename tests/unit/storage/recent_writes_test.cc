#include "storage/recent_writes.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace cadastre::storage {
namespace {

Work Of(const std::vector<std::string>& keys) {
  Work work;
  for (const std::string& key : keys) work.Set(key, "x");
  return work;
}

TEST(RecentWritesTest, ARowIsTouchedByGroupsAfterTheOneAskedAbout) {
  RecentWrites recent;
  recent.Add(Of({"a"}), 1);
  recent.Add(Of({"b"}), 2);
  EXPECT_FALSE(recent.Untouched("a", 0));
  EXPECT_TRUE(recent.Untouched("a", 1));
  EXPECT_FALSE(recent.Untouched("b", 1));
  EXPECT_TRUE(recent.Untouched("b", 2));
  EXPECT_TRUE(recent.Untouched("c", 0));
}

TEST(RecentWritesTest, WhatIsForgottenIsNotCalledUntouched) {
  RecentWrites recent(2);
  for (uint64_t group = 1; group <= 6; ++group) recent.Add(Of({base::Cat("row ", group)}), group);
  // Groups 5 and 6 stand in the newer half, 3 and 4 in the older.
  EXPECT_FALSE(recent.Untouched("row 1", 0));
  EXPECT_FALSE(recent.Untouched("never", 2));
  EXPECT_FALSE(recent.Untouched("row 4", 3));
  EXPECT_TRUE(recent.Untouched("row 3", 3));
  EXPECT_FALSE(recent.Untouched("row 6", 5));
  EXPECT_TRUE(recent.Untouched("never", 5));
}

TEST(RecentWritesTest, AGroupLargerThanTheBoundIsNotHalfKnown) {
  RecentWrites recent(2);
  for (const char* key : {"a", "b", "c", "d", "e", "f", "g"}) recent.Add(Of({key}), 1);
  EXPECT_FALSE(recent.Untouched("a", 0));
  EXPECT_FALSE(recent.Untouched("g", 0));
  EXPECT_TRUE(recent.Untouched("a", 1));
}

}  // namespace
}  // namespace cadastre::storage
