#include "ingestors/runner/timetable.h"

#include <xxhash.h>

#include "base/status.h"

namespace cadastre::ingest {

Timetable::Timetable(Schedule schedule, std::chrono::seconds jitter, std::string name, base::Timestamp taken)
    : schedule_(std::move(schedule)),
      jitter_(jitter),
      name_(std::move(name)),
      taken_(taken),
      next_(schedule_.NextAfter(taken)) {}

base::Timestamp Timetable::PutOff(base::Timestamp at) const {
  if (at == base::Timestamp::Max() || jitter_.count() == 0) return at;
  const std::string seed = base::Cat(name_, "\n", at.micros());
  const auto micros = static_cast<uint64_t>(std::chrono::microseconds(jitter_).count()) + 1;
  return at + std::chrono::microseconds(static_cast<int64_t>(XXH3_64bits(seed.data(), seed.size()) % micros));
}

std::optional<Timetable::Due> Timetable::TakeDue(base::Timestamp now) {
  if (now < PutOff(next_)) return std::nullopt;
  Due due{next_, 0};
  taken_ = next_;
  for (next_ = schedule_.NextAfter(taken_); now >= PutOff(next_); next_ = schedule_.NextAfter(taken_)) {
    // Whoever was away for longer is told that it was long, and is not counted to the end of it.
    taken_ = due.missed == kMissedMax ? now : next_;
    if (due.missed == kMissedMax) continue;
    ++due.missed;
    due.at = taken_;
  }
  return due;
}

}  // namespace cadastre::ingest
