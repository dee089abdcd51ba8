#include "base/clock.h"

#include <gtest/gtest.h>

namespace cadastre::base {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;

TEST(Clock, AFakeClockStandsStillUntilMoved) {
  FakeClock clock(Timestamp(1'000));
  EXPECT_EQ(clock.Now(), Timestamp(1'000));
  clock.Advance(microseconds(5));
  EXPECT_EQ(clock.Now(), Timestamp(1'005));
  clock.Set(Timestamp(3));
  EXPECT_EQ(clock.Now(), Timestamp(3));
}

TEST(Clock, TimesTakeDurationsAndGiveThem) {
  const Timestamp noon(1'000'000);
  EXPECT_EQ(noon + hours(1) - noon, hours(1));
  EXPECT_EQ(noon - microseconds(1), Timestamp(999'999));
  EXPECT_LT(Timestamp::Min(), Timestamp::Max());
}

TEST(Clock, TheSystemClockIsAfterThisFileWasWritten) {
  EXPECT_GT(SystemClock().Now(), Timestamp(int64_t{1'700'000'000} * 1'000'000));
}

}  // namespace
}  // namespace cadastre::base
