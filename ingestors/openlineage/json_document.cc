#include "ingestors/openlineage/json_document.h"

#include <algorithm>
#include <cstring>

#include "base/status.h"
#include "base/utf8.h"
#include "ingestors/openlineage/big_integers.h"

namespace cadastre::openlineage {

namespace {

namespace dom = simdjson::dom;

absl::Status Refuse(simdjson::error_code code, const Limits& limits) {
  switch (code) {
    case simdjson::MEMALLOC: return base::ResourceExhausted("no memory to parse the event");
    case simdjson::DEPTH_ERROR:
      return base::InvalidField("event", base::Cat("nesting of at most ", limits.depth_max, " levels"));
    case simdjson::UTF8_ERROR: return base::InvalidField("event", "valid UTF-8");
    case simdjson::NUMBER_ERROR:
      return base::InvalidField("event", "numbers as JSON writes them, of at most some 1.8e308");
    case simdjson::STRING_ERROR:
    case simdjson::UNESCAPED_CHARS:
    case simdjson::UNCLOSED_STRING: return base::InvalidField("event", "strings closed and escaped as JSON does");
    case simdjson::EMPTY: return base::InvalidField("event", "a JSON object, not an empty body");
    default: return base::InvalidField("event", "valid JSON");
  }
}

absl::Status CheckText(std::string_view text, std::string_view path) {
  constexpr size_t kPathBytesMax = 200;
  if (text.find('\0') == std::string_view::npos) return absl::OkStatus();
  return base::InvalidField(base::Utf8Prefix(path, kPathBytesMax), "text without U+0000");
}

// Recurses at most depth_max deep, since the parser refused what is deeper.
absl::Status CheckStrings(dom::element value, const std::string& path) {
  if (value.is_string()) return CheckText(value.get_string().value_unsafe(), path.empty() ? "event" : path);
  if (value.is_object()) {
    const dom::object members = value.get_object().value_unsafe();
    for (const dom::key_value_pair member : members) {
      RETURN_IF_ERROR(CheckText(member.key, base::Cat(path.empty() ? "event" : path, " (a key)")));
      RETURN_IF_ERROR(CheckStrings(member.value, base::Cat(path, path.empty() ? "" : ".", member.key)));
    }
  } else if (value.is_array()) {
    size_t index = 0;
    const dom::array items = value.get_array().value_unsafe();
    for (const dom::element item : items) {
      RETURN_IF_ERROR(CheckStrings(item, base::Cat(path, "[", index++, "]")));
    }
  }
  return absl::OkStatus();
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
  made->bytes_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  made->bytes_.append(json);
  made->bytes_.append(simdjson::SIMDJSON_PADDING, ' ');
  made->size_ = json.size();

  simdjson::error_code code = ParseInto(made->document_, made->bytes_, made->size_, limits);
  if (code == simdjson::NUMBER_ERROR && HoldsBigInteger(json)) {
    // The parsed values do not refer to the text they came from.
    std::string decimals = WithBigIntegersAsDecimals(json);
    const size_t size = decimals.size();
    decimals.append(simdjson::SIMDJSON_PADDING, ' ');
    code = ParseInto(made->document_, decimals, size, limits);
    made->rounds_integers_ = true;
  }
  if (code != simdjson::SUCCESS) return Refuse(code, limits);
  // The parser refuses the byte 0 and halves of surrogate pairs; U+0000 as an escape is left to us.
  if (made->text().find("\\u0000") != std::string_view::npos) RETURN_IF_ERROR(CheckStrings(made->root(), ""));
  return made;
}

}  // namespace cadastre::openlineage
