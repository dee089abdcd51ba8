// When a recipe runs: cron's five fields in a time zone.
//
// Owner: a value. Thread rule: compatible.
// Errors: INVALID_ARGUMENT that says which field and what was expected; also of a schedule that never comes, such as
// the 31st of February. Bounds: 256 bytes; a time that does not come within 41 years (two leap days on a weekday may
// lie 40 apart) never does. Deliberately does not: know seconds, `@reboot`, or letters such as `L` and `#`.
#pragma once

#include <bitset>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace cadastre::ingest {

// Fields: minute 0 to 59, hour 0 to 23, day of the month 1 to 31, month 1 to 12 or `jan`, day of the week 0 to 7 or
// `sun` (0 and 7 are Sunday). Each is `*`, a number or name, a range `a-b`, either of the last with a step (`*/5`,
// `8-18/2`), or a list of these by commas. Where neither day field begins with `*`, a day that fits one of them fits,
// as in every cron. `@hourly`, `@daily` and `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually` are short for
// what they say.
class Schedule {
 public:
  // `zone` is an IANA name, such as `Europe/Berlin`.
  static absl::StatusOr<Schedule> Parse(std::string_view text, std::string_view zone);

  // The first time after `after`; Timestamp::Max() where none comes before year 9999.
  //
  // Where clocks go forward, a time that does not exist runs at once after the gap; where they go back, one that exists
  // twice runs at its first. A schedule of every hour goes on by the time that passes: it has nothing to make up for
  // and nothing twice.
  base::Timestamp NextAfter(base::Timestamp after) const;

 private:
  Schedule() = default;
  bool FitsDay(absl::CivilDay day) const;
  absl::Time NextOnDay(absl::CivilDay day, absl::Time after) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  bool any_day_ = false;
  bool any_weekday_ = false;
  absl::TimeZone zone_;
};

}  // namespace cadastre::ingest
