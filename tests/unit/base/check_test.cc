#include "base/check.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace cadastre::base {
namespace {

TEST(Check, WhatHoldsCostsNothing) {
  int evaluated = 0;
  const auto message = [&evaluated] { return ++evaluated; };
  CHECK(true) << message();
  CHECK_OK(absl::OkStatus());
  EXPECT_EQ(evaluated, 0);
}

TEST(CheckDeathTest, WhatDoesNotHoldEndsTheProcessAndSaysWhy) {
  EXPECT_DEATH(CHECK(1 + 1 == 3) << "sums", "CHECK\\(1 \\+ 1 == 3\\) failed sums");
  EXPECT_DEATH(CHECK_OK(NotFound("no such row")), "no such row");
  EXPECT_DEATH(CHECK_OK(absl::StatusOr<int>(NotFound("no such row"))), "no such row");
}

}  // namespace
}  // namespace cadastre::base
