#include "ingestors/openlineage/json_document.h"

#include <algorithm>
#include <cstring>

#include "base/status.h"
#include "ingestors/openlineage/big_integers.h"
#include "ingestors/openlineage/text_mending.h"

namespace cadastre::openlineage {

namespace {

namespace dom = simdjson::dom;

absl::Status Refuse(simdjson::error_code code, const Limits& limits) {
  switch (code) {
    case simdjson::MEMALLOC: return base::ResourceExhausted("no memory to parse the event");
    case simdjson::DEPTH_ERROR:
      return base::InvalidField("event", base::Cat("nesting of at most ", limits.depth_max, " levels"));
    case simdjson::UTF8_ERROR: return base::InvalidField("event", "valid UTF-8");
    case simdjson::NUMBER_ERROR: return base::InvalidField("event", "numbers as JSON writes them");
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING: return base::InvalidField("event", "strings closed and escaped as JSON does");
    case simdjson::EMPTY: return base::InvalidField("event", "a JSON object, not an empty body");
    default: return base::InvalidField("event", "valid JSON");
  }
}

bool IsOfText(simdjson::error_code code) {
  return code == simdjson::UTF8_ERROR || code == simdjson::STRING_ERROR || code == simdjson::UNESCAPED_CHARS;
}

// `NaN` is no beginning of a value, `-Infinity` that of a number.
bool IsOfValue(simdjson::error_code code) {
  return code == simdjson::NUMBER_ERROR || code == simdjson::TAPE_ERROR || code == simdjson::N_ATOM_ERROR;
}

simdjson::error_code ParseInto(simdjson::dom::document& document, std::string_view padded, size_t size,
                               const Limits& limits) {
  dom::parser parser;
  constexpr size_t kCapacityMin = 64;
  const simdjson::error_code code = parser.allocate(std::max(size, kCapacityMin), limits.depth_max);
  if (code != simdjson::SUCCESS) return code;
  return parser
      .parse_into_document(document, reinterpret_cast<const uint8_t*>(padded.data()), size,
                           /*realloc_if_needed=*/false)
      .error();
}

// An upper bound of the values in the text; only large texts are worth the count.
bool MayHoldTooManyValues(std::string_view text, size_t values_max) {
  if (text.size() <= values_max) return false;
  size_t values = 1;
  for (const char c : text) values += static_cast<size_t>((c == ',') | (c == '[') | (c == '{'));
  return values > values_max;
}

}  // namespace

void JsonDocument::TakeText(std::string_view json) {
  bytes_.clear();
  bytes_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  bytes_.append(json);
  bytes_.append(simdjson::SIMDJSON_PADDING, ' ');
  size_ = json.size();
}

absl::StatusOr<std::shared_ptr<JsonDocument>> JsonDocument::Make(std::string_view json, const Limits& limits) {
  if (json.size() > limits.event_bytes_max) {
    return base::InvalidField("event", base::Cat("at most ", limits.event_bytes_max, " bytes, not ", json.size()));
  }
  if (MayHoldTooManyValues(json, limits.values_max)) {
    return base::InvalidField("event", base::Cat("at most ", limits.values_max, " values"));
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (json.starts_with(kByteOrderMark)) json.remove_prefix(kByteOrderMark.size());

  std::shared_ptr<JsonDocument> made(new JsonDocument());
  made->TakeText(json);
  simdjson::error_code code = ParseInto(made->document_, made->bytes_, made->size_, limits);
  const auto take_mended = [&](const std::string& mended) {
    if (mended.size() > limits.event_bytes_max || mended == made->text()) return;
    made->mended_ = true;
    made->TakeText(mended);
    code = ParseInto(made->document_, made->bytes_, made->size_, limits);
  };
  // Enough for a facet to be told as too deep.
  if (code == simdjson::DEPTH_ERROR) take_mended(WithoutDepth(json, 2 * limits.facet_depth_max));
  // The parser names the first thing it meets: behind a number there may be text to mend as well.
  if (IsOfText(code) || IsOfValue(code)) take_mended(WithKeepableText(made->text()));
  if (code == simdjson::NUMBER_ERROR && HoldsNumberBeyond(made->text())) {
    // The parsed values do not refer to the text they came from.
    std::string in_range = WithNumbersInRange(made->text());
    const size_t size = in_range.size();
    in_range.append(simdjson::SIMDJSON_PADDING, ' ');
    code = ParseInto(made->document_, in_range, size, limits);
    made->rounds_numbers_ = true;
  }
  if (code != simdjson::SUCCESS) return Refuse(code, limits);
  return made;
}

}  // namespace cadastre::openlineage
