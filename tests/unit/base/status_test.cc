#include "base/status.h"

#include <gtest/gtest.h>

namespace cadastre::base {
namespace {

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) return InvalidField("number", "an even one");
  return number / 2;
}

absl::StatusOr<int> Quarter(int number) {
  ASSIGN_OR_RETURN(const int half, Half(number));
  ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

absl::Status CheckAll(std::initializer_list<int> numbers) {
  for (const int number : numbers) RETURN_IF_ERROR(Half(number).status());
  return absl::OkStatus();
}

TEST(Status, CatTakesEveryKindOfText) {
  const std::string_view view = "view";
  EXPECT_EQ(Cat(view, " ", std::string("string"), " ", "literal", " ", 7, " ", 1.5), "view string literal 7 1.5");
}

TEST(Status, AnErrorLeavesAtTheFirstFailure) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(CheckAll({2, 4}).ok());
  EXPECT_FALSE(CheckAll({2, 3}).ok());
}

TEST(Status, ARefusedFieldIsNamedWithWhatWasExpected) {
  const absl::Status status = InvalidField("job.name", "at least 1 byte");
  EXPECT_EQ(MessageOf(status), "job.name: expected at least 1 byte");
  EXPECT_EQ(FieldOf(status), "job.name");
  EXPECT_EQ(FieldOf(NotFound("nothing")), std::nullopt);
}

TEST(Status, AFieldOfAPartIsNamedFromTheWhole) {
  const absl::Status status = WithinField("events[3]", InvalidField("job.name", "at least 1 byte"));
  EXPECT_EQ(FieldOf(status), "events[3].job.name");
  EXPECT_EQ(MessageOf(status), "events[3].job.name: expected at least 1 byte");
  EXPECT_EQ(WithinField("events[3]", NotFound("nothing")), NotFound("nothing"));
  const absl::Status stale = FieldStatus(absl::StatusCode::kAborted, "etag", "the value was changed");
  EXPECT_EQ(WithinField("upserts[0]", stale),
            FieldStatus(absl::StatusCode::kAborted, "upserts[0].etag", "the value was changed"));
  EXPECT_EQ(MessageOf(WithinField("upserts[0]", stale)), "upserts[0].etag: the value was changed");
}

}  // namespace
}  // namespace cadastre::base
