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

TEST(SplitBatch, CountAndDepthAreBounded) {
  Limits limits;
  limits.batch_events_max = 2;
  EXPECT_TRUE(SplitBatch("[1,2]", limits).ok());
  EXPECT_FALSE(SplitBatch("[1,2,3]", limits).ok());
  EXPECT_FALSE(SplitBatch("[" + std::string(100'000, '[') + std::string(100'000, ']') + "]").ok());
}

}  // namespace
}  // namespace cadastre::openlineage
