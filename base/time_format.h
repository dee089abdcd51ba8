// Times as text: RFC 3339, and the near misses real producers send.
//
// Thread rule: safe.
// Errors: INVALID_ARGUMENT without a field (the caller knows it) for anything else.
// Bounds: years 0001 to 9999, in UTC too; text of at most 64 bytes; fractions are cut to microseconds.
// Deliberately does not: know time zones by name. A time without an offset is taken as UTC.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/clock.h"

namespace cadastre::base {

struct ParsedTime {
  Timestamp at;
  // False for a near miss: a date without a time, a space for the T, no seconds, no offset, an offset without its colon
  // or minutes, a zone name in brackets after the offset. Readers count these as imperfect.
  bool rfc3339 = true;
};

absl::StatusOr<ParsedTime> ParseTime(std::string_view text);

// "2026-03-01T09:30:00Z", with three or six digits of fraction when it has one.
std::string FormatTime(Timestamp at);

}  // namespace cadastre::base
