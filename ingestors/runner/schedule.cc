#include "ingestors/runner/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "base/status.h"

namespace cadastre::ingest {
namespace {

constexpr size_t kTextBytesMax = 256;
constexpr int kDaysMax = 41 * 366;
constexpr int kLastYear = 9998;

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

constexpr std::pair<std::string_view, std::string_view> kShort[] = {
    {"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"},
};

// A field of the five: its word in errors, and what stands in it.
struct Field {
  std::string_view word;
  int min = 0;
  int max = 0;
  const std::string_view* names = nullptr;
  size_t names_count = 0;
  // What the first name stands for.
  int first_name = 0;
};

constexpr Field kFields[] = {
    {"minute", 0, 59},
    {"hour", 0, 23},
    {"day of the month", 1, 31},
    {"month", 1, 12, kMonths.data(), kMonths.size(), 1},
    {"day of the week", 0, 7, kWeekdays.data(), kWeekdays.size(), 0},
};

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::vector<std::string_view> Parts(std::string_view text, std::string_view between) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find_first_of(between);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> WholeNumber(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || text[0] == '-' || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<int> ValueOf(const Field& field, std::string_view text) {
  std::optional<int> value = WholeNumber(text);
  for (size_t name = 0; name < field.names_count; ++name) {
    if (text == field.names[name]) value = field.first_name + static_cast<int>(name);
  }
  if (value.has_value() && (*value < field.min || *value > field.max)) value.reset();
  return value;
}

absl::Status Expected(const Field& field) {
  return base::InvalidArgument("its ", field.word, ": expected ", field.min, " to ", field.max,
                               field.names == nullptr ? "" : base::Cat(" or names such as ", field.names[0]),
                               ", `*`, ranges a-b, steps */n or a-b/n, and lists of these");
}

// Sets in `bits` what one part of a list stands for.
template <size_t kBits>
absl::Status TakePart(const Field& field, std::string_view part, std::bitset<kBits>& bits) {
  const size_t slash = part.find('/');
  const std::string_view range = part.substr(0, slash);
  int from = field.min, to = field.max, step = 1;
  const bool spans = range == "*" || range.find('-') != std::string_view::npos;
  if (range != "*") {
    const size_t dash = range.find('-');
    const std::optional<int> first = ValueOf(field, range.substr(0, dash));
    const std::optional<int> last = dash == std::string_view::npos ? first : ValueOf(field, range.substr(dash + 1));
    if (!first.has_value() || !last.has_value()) return Expected(field);
    from = *first;
    to = *last;
    // A week may end with Sunday.
    if (field.max == 7 && to == 0 && from > 0) to = 7;
    if (to < from) return base::InvalidArgument("its ", field.word, ": a range that ends before it begins");
  }
  if (slash != std::string_view::npos) {
    const std::optional<int> said = WholeNumber(part.substr(slash + 1));
    if (!spans || !said.has_value() || *said < 1 || *said > field.max) return Expected(field);
    step = *said;
  }
  for (int value = from; value <= to; value += step) bits.set(static_cast<size_t>(value) % kBits);
  return absl::OkStatus();
}

template <size_t kBits>
absl::Status TakeField(const Field& field, std::string_view text, std::bitset<kBits>& bits) {
  for (const std::string_view part : Parts(text, ",")) RETURN_IF_ERROR(TakePart(field, part, bits));
  return absl::OkStatus();
}

// A name of a zone and no path to elsewhere.
absl::StatusOr<absl::TimeZone> ZoneOf(std::string_view name) {
  const bool plain = !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '+' || c == '/';
  });
  absl::TimeZone zone;
  if (!plain || name.front() == '/' || !absl::LoadTimeZone(base::ToAbsl(name), &zone)) {
    return base::InvalidArgument("there is no such time zone; expected a name such as Europe/Berlin");
  }
  return zone;
}

absl::Time TimeOf(base::Timestamp at) { return absl::FromUnixMicros(at.micros()); }

}  // namespace

absl::StatusOr<Schedule> Schedule::Parse(std::string_view text, std::string_view zone) {
  Schedule schedule;
  ASSIGN_OR_RETURN(schedule.zone_, ZoneOf(zone));
  if (text.size() > kTextBytesMax) return base::InvalidArgument("more than 256 bytes");
  std::string fields = Lower(text);
  for (const auto& [word, means] : kShort) {
    if (fields == word) fields = std::string(means);
  }
  std::vector<std::string_view> parts = Parts(fields, " \t");
  std::erase(parts, "");
  if (parts.size() != std::size(kFields)) {
    return base::InvalidArgument(
        "expected cron's five fields, such as `0 2 * * *`, or @hourly, @daily, @weekly, "
        "@monthly or @yearly");
  }
  RETURN_IF_ERROR(TakeField(kFields[0], parts[0], schedule.minutes_));
  RETURN_IF_ERROR(TakeField(kFields[1], parts[1], schedule.hours_));
  RETURN_IF_ERROR(TakeField(kFields[2], parts[2], schedule.days_));
  RETURN_IF_ERROR(TakeField(kFields[3], parts[3], schedule.months_));
  RETURN_IF_ERROR(TakeField(kFields[4], parts[4], schedule.weekdays_));
  schedule.any_day_ = parts[2].starts_with('*');
  schedule.any_weekday_ = parts[4].starts_with('*');
  absl::CivilDay day(2000, 1, 1);
  for (int days = 0; days < kDaysMax && !schedule.FitsDay(day); ++days) ++day;
  if (!schedule.FitsDay(day)) return base::InvalidArgument("there is no such day in any year");
  return schedule;
}

bool Schedule::FitsDay(absl::CivilDay day) const {
  if (!months_.test(static_cast<size_t>(day.month()))) return false;
  const bool fits_day = days_.test(static_cast<size_t>(day.day()));
  // absl counts from Monday on.
  const auto weekday = (static_cast<size_t>(absl::GetWeekday(day)) + 1) % 7;
  const bool fits_weekday = weekdays_.test(weekday);
  return any_day_ || any_weekday_ ? fits_day && fits_weekday : fits_day || fits_weekday;
}

// InfiniteFuture where none of this day is later.
absl::Time Schedule::NextOnDay(absl::CivilDay day, absl::Time after) const {
  absl::Time next = absl::InfiniteFuture();
  const auto take = [&](absl::Time at) {
    if (at > after) next = std::min(next, at);
  };
  for (int hour = 0; hour < 24; ++hour) {
    if (!hours_.test(static_cast<size_t>(hour))) continue;
    for (int minute = 0; minute < 60; ++minute) {
      if (!minutes_.test(static_cast<size_t>(minute))) continue;
      const auto at = zone_.At(absl::CivilSecond(day.year(), day.month(), day.day(), hour, minute, 0));
      const bool every_hour = hours_.all();
      switch (at.kind) {
        case absl::TimeZone::TimeInfo::UNIQUE: take(at.pre); break;
        case absl::TimeZone::TimeInfo::SKIPPED:
          if (!every_hour) take(at.trans);
          break;
        case absl::TimeZone::TimeInfo::REPEATED:
          take(at.pre);
          if (every_hour) take(at.post);
          break;
      }
    }
    // Later hours come later, but for the hour that clocks go back.
    if (next != absl::InfiniteFuture() && !hours_.all()) break;
  }
  return next;
}

base::Timestamp Schedule::NextAfter(base::Timestamp after) const {
  const absl::Time from = TimeOf(after);
  absl::CivilDay day = absl::ToCivilDay(from, zone_);
  // A time that does not exist may be made up for on the next day, where clocks go forward at midnight.
  --day;
  for (int days = 0; days < kDaysMax && day.year() <= kLastYear; ++days, ++day) {
    if (!FitsDay(day)) continue;
    const absl::Time next = NextOnDay(day, from);
    if (next != absl::InfiniteFuture()) return base::Timestamp(absl::ToUnixMicros(next));
  }
  return base::Timestamp::Max();
}

}  // namespace cadastre::ingest
