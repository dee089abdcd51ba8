#include "ingestors/openlineage/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace cadastre::openlineage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SplitBatch, CutsAnArrayIntoItsElements) {
  EXPECT_THAT(*SplitBatch(R"( [ {"a":"]"} , {"b":[1,{}]},7,"x,y" ] )"),
              ElementsAre(R"({"a":"]"})", R"({"b":[1,{}]})", "7", R"("x,y")"));
  EXPECT_THAT(*SplitBatch("[]"), IsEmpty());
}

TEST(SplitBatch, ASingleEventIsABatchOfOne) {
  EXPECT_THAT(*SplitBatch(R"({"a":1})"), ElementsAre(R"({"a":1})"));
  EXPECT_THAT(*SplitBatch("not json"), ElementsAre("not json"));
}

TEST(SplitBatch, EventsMayStandOneBehindTheOther) {
  EXPECT_THAT(*SplitBatch("{\"a\":\"}\"}\n{\"b\":2}\r\n\n{\"c\":3}\n"),
              ElementsAre(R"({"a":"}"})", R"({"b":2})", R"({"c":3})"));
  // What is neither one event nor several is Parse's to refuse.
  EXPECT_THAT(*SplitBatch("{} x"), ElementsAre("{} x"));
  EXPECT_THAT(*SplitBatch("{},{}"), ElementsAre("{},{}"));
}

TEST(SplitBatch, OneBadElementDoesNotLoseItsNeighbours) {
  EXPECT_THAT(*SplitBatch(R"([{"a":1},{"b":nonsense},{"c":3}])"),
              ElementsAre(R"({"a":1})", R"({"b":nonsense})", R"({"c":3})"));
}

TEST(SplitBatch, AnArrayThatDoesNotCloseIsRefused) {
  for (const std::string_view body : {"[", "[{}", "[{},", "[{},]", "[{]", "[\"a]", "[{}] {}", "[,]", "[{}{}]"}) {
    const absl::StatusOr<std::vector<std::string_view>> events = SplitBatch(body);
    EXPECT_EQ(base::FieldOf(events.status()), "body") << body;
  }
}

TEST(SplitBatch, CountIsBounded) {
  Limits limits;
  limits.batch_events_max = 2;
  EXPECT_TRUE(SplitBatch("[1,2]", limits).ok());
  EXPECT_FALSE(SplitBatch("[1,2,3]", limits).ok());
  EXPECT_FALSE(SplitBatch("{}\n{}\n{}", limits).ok());
}

TEST(SplitBatch, WhatNestsTooDeepIsThatEventsAffair) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string body = "[{}," + deep + ",{}]";
  const absl::StatusOr<std::vector<std::string_view>> events = SplitBatch(body);
  ASSERT_TRUE(events.ok()) << events.status();
  EXPECT_EQ(events->size(), 3u);
}

}  // namespace
}  // namespace cadastre::openlineage
