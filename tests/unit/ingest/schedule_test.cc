// When a recipe runs, as rows: the schedule, its zone, the time before, and the times that follow.
#include "ingestors/runner/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/status.h"
#include "base/time_format.h"

namespace cadastre::ingest {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

base::Timestamp At(const std::string& text) {
  const auto at = base::ParseTime(text);
  EXPECT_TRUE(at.ok()) << text;
  return at.ok() ? at->at : base::Timestamp();
}

struct Row {
  const char* schedule;
  const char* zone;
  const char* after;
  std::vector<std::string> times;
};

void ExpectTimes(const Row& row) {
  const auto schedule = Schedule::Parse(row.schedule, row.zone);
  ASSERT_TRUE(schedule.ok()) << schedule.status();
  std::vector<std::string> times;
  for (base::Timestamp at = At(row.after); times.size() < row.times.size();) {
    at = schedule->NextAfter(at);
    times.push_back(base::FormatTime(at));
  }
  EXPECT_THAT(times, ElementsAreArray(row.times));
}

TEST(Schedule, TimesFollowOneAnother) {
  const Row kRows[] = {
      {"0 2 * * *", "UTC", "2026-01-01T01:59:59Z", {"2026-01-01T02:00:00Z", "2026-01-02T02:00:00Z"}},
      {"0 2 * * *", "UTC", "2026-01-01T02:00:00Z", {"2026-01-02T02:00:00Z"}},
      {"*/20 * * * *",
       "UTC",
       "2026-01-01T00:05:00Z",
       {"2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z", "2026-01-01T01:00:00Z"}},
      {"5,10-12 8-18/5 * * *",
       "UTC",
       "2026-01-01T08:11:30Z",
       {"2026-01-01T08:12:00Z", "2026-01-01T13:05:00Z", "2026-01-01T13:10:00Z"}},
      {"@hourly", "UTC", "2026-12-31T23:30:00Z", {"2027-01-01T00:00:00Z", "2027-01-01T01:00:00Z"}},
      {"@daily", "Asia/Seoul", "2026-01-01T00:00:00Z", {"2026-01-01T15:00:00Z", "2026-01-02T15:00:00Z"}},
      {"@midnight", "UTC", "2026-02-27T23:00:00Z", {"2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"}},
      {"@weekly", "UTC", "2026-01-01T00:00:00Z", {"2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"}},
      {"@monthly", "UTC", "2026-01-31T00:00:00Z", {"2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"}},
      {"@yearly", "UTC", "2026-06-01T00:00:00Z", {"2027-01-01T00:00:00Z"}},
      {"@Annually", "UTC", "2026-06-01T00:00:00Z", {"2027-01-01T00:00:00Z"}},
      {"0 0 * * MON-fri", "UTC", "2026-01-02T00:00:00Z", {"2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"}},
      {"0 0 * * fri-sun",
       "UTC",
       "2026-01-02T00:00:00Z",
       {"2026-01-03T00:00:00Z", "2026-01-04T00:00:00Z", "2026-01-09T00:00:00Z"}},
      {"0 0 * * 7", "UTC", "2026-01-02T00:00:00Z", {"2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"}},
      {"  0\t0 1 jan,Jul *  ", "UTC", "2026-01-02T00:00:00Z", {"2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z"}},
      // A day that fits either of the two fields, where neither is a star; both, where one is.
      {"0 0 13 * fri",
       "UTC",
       "2026-02-07T00:00:00Z",
       {"2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z", "2026-02-27T00:00:00Z", "2026-03-06T00:00:00Z",
        "2026-03-13T00:00:00Z"}},
      {"0 0 */2 * mon", "UTC", "2026-01-01T00:00:00Z", {"2026-01-05T00:00:00Z", "2026-01-19T00:00:00Z"}},
      // Leap days, also over a century that has none and on a Sunday.
      {"0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", {"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
      {"0 0 29 feb *", "UTC", "2096-03-01T00:00:00Z", {"2104-02-29T00:00:00Z"}},
      {"0 0 29 2 */7", "UTC", "2088-03-01T00:00:00Z", {"2128-02-29T00:00:00Z"}},
      {"0 0 31 * *", "UTC", "2026-03-31T00:00:00Z", {"2026-05-31T00:00:00Z", "2026-07-31T00:00:00Z"}},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(base::Cat(row.schedule, " in ", row.zone));
    ExpectTimes(row);
  }
}

TEST(Schedule, ClocksThatAreTurnedLoseNoRunAndDoubleNone) {
  const Row kRows[] = {
      // Berlin, 2026-03-29: 02:00 is 03:00.
      {"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
      {"0,30 2 * * *",
       "Europe/Berlin",
       "2026-03-28T12:00:00Z",
       {"2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T00:30:00Z"}},
      {"0 3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T01:00:00Z"}},
      {"30 2,3 * * *",
       "Europe/Berlin",
       "2026-03-28T12:00:00Z",
       {"2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
      {"*/30 * * * *",
       "Europe/Berlin",
       "2026-03-29T00:00:00Z",
       {"2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"}},
      // Berlin, 2026-10-25: 03:00 is 02:00 again.
      {"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
      {"30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", {"2026-10-26T01:30:00Z"}},
      {"*/30 * * * *",
       "Europe/Berlin",
       "2026-10-24T23:50:00Z",
       {"2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z",
        "2026-10-25T02:00:00Z"}},
      {"0 3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", {"2026-10-25T02:00:00Z"}},
      // New York, 2026-03-08 and 2026-11-01.
      {"15 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", {"2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z"}},
      {"15 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", {"2026-11-01T05:15:00Z", "2026-11-02T06:15:00Z"}},
      {"45 * * * *",
       "America/New_York",
       "2026-11-01T05:00:00Z",
       {"2026-11-01T05:45:00Z", "2026-11-01T06:45:00Z", "2026-11-01T07:45:00Z"}},
      // Half an hour, at two in the night.
      {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z", {"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"}},
      // At midnight: the day itself begins at one.
      {"0 0 * * *", "America/Asuncion", "2023-09-30T12:00:00Z", {"2023-10-01T04:00:00Z", "2023-10-02T03:00:00Z"}},
      // A day that was left out, when Samoa crossed the date line.
      {"0 12 * * *",
       "Pacific/Apia",
       "2011-12-29T12:00:00Z",
       {"2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"}},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(base::Cat(row.schedule, " in ", row.zone, " after ", row.after));
    ExpectTimes(row);
  }
}

TEST(Schedule, WhatCannotBeIsRefusedByItsField) {
  constexpr std::pair<const char*, const char*> kRows[] = {
      {"", "five fields"},
      {"* * * *", "five fields"},
      {"* * * * * *", "five fields"},
      {"@reboot", "five fields"},
      {"@every 1h", "five fields"},
      {"60 * * * *", "its minute: expected 0 to 59"},
      {"* 24 * * *", "its hour"},
      {"* * 0 * *", "its day of the month: expected 1 to 31"},
      {"* * 32 * *", "its day of the month"},
      {"* * * 13 *", "its month: expected 1 to 12 or names such as jan"},
      {"* * * sun *", "its month"},
      {"* * * * 8", "its day of the week"},
      {"-1 * * * *", "its minute"},
      {"1- * * * *", "its minute"},
      {", * * * *", "its minute"},
      {"1,, * * * *", "its minute"},
      {"*/0 * * * *", "its minute"},
      {"*/60 * * * *", "its minute"},
      {"5/15 * * * *", "its minute"},
      {"1-5/ * * * *", "its minute"},
      {"**/5 * * * *", "its minute"},
      {"10-5 * * * *", "its minute: a range that ends before it begins"},
      {"99999999999 * * * *", "its minute"},
      {"* * * * L", "its day of the week"},
      {"0 0 31 2 *", "there is no such day in any year"},
      {"0 0 30,31 feb *", "there is no such day in any year"},
      {"0 0 31 4,6,9,11 *", "there is no such day in any year"},
  };
  for (const auto& [schedule, why] : kRows) {
    EXPECT_THAT(std::string(base::MessageOf(Schedule::Parse(schedule, "UTC").status())), HasSubstr(why)) << schedule;
  }
  EXPECT_FALSE(Schedule::Parse(std::string(300, ' ') + "* * * * *", "UTC").ok());
  for (const char* zone : {"", "Europe/Nowhere", "/etc/passwd", "../UTC", "Europe/Berlin ", "UTC\n"}) {
    EXPECT_THAT(std::string(base::MessageOf(Schedule::Parse("@daily", zone).status())), HasSubstr("time zone")) << zone;
  }
}

}  // namespace
}  // namespace cadastre::ingest
