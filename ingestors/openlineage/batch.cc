#include "ingestors/openlineage/batch.h"

#include "base/status.h"
#include "ingestors/openlineage/json_cursor.h"

namespace cadastre::openlineage {

namespace {

absl::Status BodyError(std::string_view expected) { return base::InvalidField("body", expected); }

}  // namespace

absl::StatusOr<std::vector<std::string_view>> SplitBatch(std::string_view body, const Limits& limits) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  // However deep: an event that nests deeper than may be is its own affair, and not that of those beside it.
  JsonCursor cursor(body, body.size());
  cursor.SkipSpace();
  std::vector<std::string_view> events;
  if (cursor.peek() != '[') {
    // Events one behind the other, as NDJSON has them.
    std::string_view raw;
    while (cursor.peek() == '{' && cursor.SkipValue(raw)) {
      if (events.size() == limits.batch_events_max) {
        return BodyError(base::Cat("at most ", limits.batch_events_max, " events"));
      }
      events.push_back(raw);
      cursor.SkipSpace();
    }
    if (events.size() > 1 && cursor.at_end()) return events;
    // A single event is handed on whole: what is wrong with it is Parse's to say.
    return std::vector<std::string_view>{body};
  }
  cursor.Take('[');
  cursor.SkipSpace();
  if (cursor.peek() != ']') {
    do {
      if (events.size() == limits.batch_events_max) {
        return BodyError(base::Cat("an array of at most ", limits.batch_events_max, " events"));
      }
      std::string_view raw;
      if (!cursor.SkipValue(raw)) return BodyError("a JSON array of events, each closed by its bracket");
      events.push_back(raw);
    } while (cursor.Take(','));
  }
  if (!cursor.Take(']')) return BodyError("a JSON array of events, closed by ]");
  cursor.SkipSpace();
  if (!cursor.at_end()) return BodyError("nothing after the JSON array");
  return events;
}

}  // namespace cadastre::openlineage
