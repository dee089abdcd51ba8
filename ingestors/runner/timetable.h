// Which of a recipe's times are due, and which went by without anybody there to run it.
//
// Owner: the agent, one for each recipe. Thread rule: confined.
// Bounds: kMissedMax times that went by are counted. Deliberately does not: read a clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "ingestors/runner/schedule.h"

namespace cadastre::ingest {

inline constexpr int64_t kMissedMax = 1'000;

class Timetable {
 public:
  // Times up to `taken` are done with. Each is put off by up to `jitter`, as much as `name` and the time itself say, so
  // that sources of one schedule do not all begin at once and a restart changes nothing.
  Timetable(Schedule schedule, std::chrono::seconds jitter, std::string name, base::Timestamp taken);

  struct Due {
    base::Timestamp at;
    // Times before it that went by.
    int64_t missed = 0;
  };
  // The newest time that is due by now, and no older one again.
  std::optional<Due> TakeDue(base::Timestamp now);

  // When the next run begins, Timestamp::Max() for never; and the newest time that was taken.
  base::Timestamp next() const { return PutOff(next_); }
  base::Timestamp taken() const { return taken_; }

 private:
  base::Timestamp PutOff(base::Timestamp at) const;

  const Schedule schedule_;
  const std::chrono::seconds jitter_;
  const std::string name_;
  base::Timestamp taken_;
  base::Timestamp next_;
};

}  // namespace cadastre::ingest
