#include "base/time_format.h"

#include <gtest/gtest.h>

namespace cadastre::base {
namespace {

TEST(TimeFormat, TimesAreReadAsProducersSendThem) {
  struct Row {
    const char* text;
    const char* same_as;
    bool rfc3339;
  };
  const Row rows[] = {
      {"2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z", true},
      {"2026-03-01t09:30:00z", "2026-03-01T09:30:00Z", true},
      {"2026-03-01T09:30:00.5Z", "2026-03-01T09:30:00.500Z", true},
      {"2026-03-01T09:30:00.123456789Z", "2026-03-01T09:30:00.123456Z", true},
      {"2026-03-01T09:30:00.00001+09:00", "2026-03-01T00:30:00.000010Z", true},
      {"2026-03-01T00:30:00-05:30", "2026-03-01T06:00:00Z", true},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", true},
      {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z", true},
      {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", true},
      {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", true},
      {"2026-03-01", "2026-03-01T00:00:00Z", false},
      {"2026-03-01 09:30:00", "2026-03-01T09:30:00Z", false},
      {"2026-03-01 09:30:00 +0900", "2026-03-01T00:30:00Z", false},
      {"2026-03-01T09:30Z", "2026-03-01T09:30:00Z", false},
      {"2026-03-01T09:30:00.123456", "2026-03-01T09:30:00.123456Z", false},
      {"2026-03-01T09:30:00+0900", "2026-03-01T00:30:00Z", false},
      {"2026-03-01T09:30:00+09", "2026-03-01T00:30:00Z", false},
      {"2026-03-01T09:30:00+01:00[Europe/Paris]", "2026-03-01T08:30:00Z", false},
  };
  for (const Row& row : rows) {
    const absl::StatusOr<ParsedTime> parsed = ParseTime(row.text);
    ASSERT_TRUE(parsed.ok()) << row.text << ": " << parsed.status();
    EXPECT_EQ(FormatTime(parsed->at), row.same_as) << row.text;
    EXPECT_EQ(parsed->rfc3339, row.rfc3339) << row.text;
  }
}

TEST(TimeFormat, WhatIsNotATimeIsRefused) {
  const std::string long_zone = "2026-03-01T09:30:00Z[" + std::string(80, 'a') + "]";
  const std::string_view refused[] = {"",
                                      "yesterday",
                                      "2026",
                                      "2026-3-1",
                                      "2026-13-01",
                                      "2026-02-29",
                                      "2026-00-10",
                                      "2026-01-32",
                                      "0000-01-01",
                                      "2026-03-01T",
                                      "2026-03-01T24:00:00Z",
                                      "2026-03-01T09:60:00Z",
                                      "2026-03-01T09:30:61Z",
                                      "2026-03-01T09:30:00.Z",
                                      "2026-03-01T09:30:00+24:00",
                                      "2026-03-01T09:30:00+09:",
                                      "2026-03-01T09:30:00Zjunk",
                                      "2026-03-01T09:30:00.1234567890Z",
                                      "1772357400",
                                      "2026-03-01T09:30:00Z[]",
                                      long_zone};
  for (const std::string_view text : refused) {
    EXPECT_EQ(ParseTime(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(TimeFormat, TheEpochIsZeroAndTimesBeforeItAreNegative) {
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00Z")->at, Timestamp(0));
  EXPECT_EQ(ParseTime("1969-12-31T23:59:59.999999Z")->at, Timestamp(-1));
  EXPECT_EQ(FormatTime(Timestamp(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(TimeFormat, EveryDayOfFourCenturiesComesBack) {
  constexpr int64_t kDayMicros = int64_t{86'400} * 1'000'000;
  for (int64_t day = -80'000; day < 66'097; ++day) {
    const Timestamp at(day * kDayMicros + 1);
    ASSERT_EQ(ParseTime(FormatTime(at))->at, at) << day;
  }
}

}  // namespace
}  // namespace cadastre::base
