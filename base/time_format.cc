#include "base/time_format.h"

#include <algorithm>
#include <cstdio>

#include "base/status.h"

namespace cadastre::base {

namespace {

constexpr size_t kTimeBytesMax = 64;
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
constexpr int64_t kSecondsMin = -62'135'596'800;
constexpr int64_t kSecondsMax = 253'402'300'799;

// Reads a text from left to right; every Take leaves it untouched when it does not match.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool TakeNumber(size_t digits, int& out) {
    if (rest_.size() < digits) return false;
    int value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return false;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    out = value;
    return true;
  }

  bool Take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Up to nine digits, of which six count.
  bool TakeFraction(int64_t& micros) {
    size_t digits = 0;
    int64_t value = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      if (digits < 6) value = value * 10 + (rest_[digits] - '0');
      ++digits;
    }
    if (digits == 0 || digits > 9) return false;
    for (size_t i = digits; i < 6; ++i) value *= 10;
    rest_.remove_prefix(digits);
    micros = value;
    return true;
  }

  // "[Europe/Paris]", which Java's ZonedDateTime puts after the offset.
  bool TakeZoneName() {
    if (rest_.size() < 3 || rest_.front() != '[' || rest_.find(']') != rest_.size() - 1) return false;
    rest_ = {};
    return true;
  }

  bool done() const { return rest_.empty(); }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

 private:
  std::string_view rest_;
};

struct Civil {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int64_t micros = 0;
  int64_t offset_seconds = 0;
  bool rfc3339 = true;
};

int DaysInMonth(int year, int month) {
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Days since 1970-01-01 and back, after Howard Hinnant, "chrono-compatible low-level date algorithms".
int64_t DaysFromCivil(int64_t year, int month, int day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

void CivilFromDays(int64_t days, int64_t& year, int& month, int& day) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  year = year_of_era + era * 400 + (month <= 2);
}

bool ScanDate(Scanner& scanner, Civil& civil) {
  return scanner.TakeNumber(4, civil.year) && scanner.Take("-") && scanner.TakeNumber(2, civil.month) &&
         scanner.Take("-") && scanner.TakeNumber(2, civil.day) && civil.year >= 1 && civil.month >= 1 &&
         civil.month <= 12 && civil.day >= 1 && civil.day <= DaysInMonth(civil.year, civil.month);
}

bool ScanClockTime(Scanner& scanner, Civil& civil) {
  if (!scanner.TakeNumber(2, civil.hour) || !scanner.Take(":") || !scanner.TakeNumber(2, civil.minute)) return false;
  if (!scanner.Take(":")) {
    civil.rfc3339 = false;
  } else {
    if (!scanner.TakeNumber(2, civil.second)) return false;
    if (scanner.Take(".,") && !scanner.TakeFraction(civil.micros)) return false;
  }
  // RFC 3339 allows the leap second 60; it is counted as the first of the next minute.
  return civil.hour <= 23 && civil.minute <= 59 && civil.second <= 60;
}

bool ScanOffset(Scanner& scanner, Civil& civil) {
  if (scanner.Take("Zz")) return true;
  if (scanner.peek() == ' ') {
    scanner.Take(" ");
    civil.rfc3339 = false;
  }
  const char sign = scanner.peek();
  if (!scanner.Take("+-")) {
    civil.rfc3339 = false;
    return true;
  }
  int hours = 0, minutes = 0;
  if (!scanner.TakeNumber(2, hours)) return false;
  const bool colon = scanner.Take(":");
  const bool has_minutes = scanner.TakeNumber(2, minutes);
  if (colon && !has_minutes) return false;
  if (!colon) civil.rfc3339 = false;
  if (hours > 23 || minutes > 59) return false;
  civil.offset_seconds = (hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
  return true;
}

bool Scan(std::string_view text, Civil& civil) {
  Scanner scanner(text);
  if (!ScanDate(scanner, civil)) return false;
  if (scanner.done()) {
    civil.rfc3339 = false;
    return true;
  }
  if (!scanner.Take("Tt")) {
    if (!scanner.Take(" ")) return false;
    civil.rfc3339 = false;
  }
  if (!ScanClockTime(scanner, civil) || !ScanOffset(scanner, civil)) return false;
  if (scanner.TakeZoneName()) civil.rfc3339 = false;
  return scanner.done();
}

}  // namespace

absl::StatusOr<ParsedTime> ParseTime(std::string_view text) {
  Civil civil;
  if (text.size() > kTimeBytesMax || !Scan(text, civil)) {
    return InvalidArgument("expected a time like 2026-03-01T09:30:00Z (RFC 3339)");
  }
  const int64_t seconds = DaysFromCivil(civil.year, civil.month, civil.day) * kSecondsPerDay + civil.hour * 3'600 +
                          civil.minute * 60 + civil.second - civil.offset_seconds;
  // In UTC it may lie in the year 0 or 10000, which no message can hold.
  if (seconds < kSecondsMin || seconds > kSecondsMax)
    return InvalidArgument("expected a year from 0001 to 9999 in UTC");
  return ParsedTime{Timestamp(seconds * kMicrosPerSecond + civil.micros), civil.rfc3339};
}

std::string FormatTime(Timestamp at) {
  int64_t seconds = at.micros() / kMicrosPerSecond;
  int64_t micros = at.micros() % kMicrosPerSecond;
  if (micros < 0) {
    micros += kMicrosPerSecond;
    --seconds;
  }
  int64_t days = seconds / kSecondsPerDay;
  int64_t of_day = seconds % kSecondsPerDay;
  if (of_day < 0) {
    of_day += kSecondsPerDay;
    --days;
  }
  int64_t year = 0;
  int month = 0, day = 0;
  CivilFromDays(days, year, month, day);
  char text[64];
  int size = std::snprintf(text, sizeof(text), "%04lld-%02d-%02dT%02d:%02d:%02d", static_cast<long long>(year), month,
                           day, static_cast<int>(of_day / 3'600), static_cast<int>(of_day / 60 % 60),
                           static_cast<int>(of_day % 60));
  std::string formatted(text, static_cast<size_t>(size));
  if (micros != 0) {
    const bool millis = micros % 1'000 == 0;
    size = std::snprintf(text, sizeof(text), millis ? ".%03lld" : ".%06lld",
                         static_cast<long long>(millis ? micros / 1'000 : micros));
    formatted.append(text, static_cast<size_t>(size));
  }
  formatted.push_back('Z');
  return formatted;
}

}  // namespace cadastre::base
