#include "ingestors/dbt/json_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>
#include <utility>

#include "base/status.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest_dbt {
namespace {

constexpr size_t kValuesMax = 20'000'000;
constexpr size_t kDepthMax = 128;

bool MayHoldTooManyValues(std::string_view text) {
  if (text.size() <= kValuesMax) return false;
  size_t values = 1;
  for (const char c : text) values += static_cast<size_t>((c == ',') | (c == '[') | (c == '{'));
  return values > kValuesMax;
}

absl::Status Refuse(std::string_view path, simdjson::error_code code) {
  switch (code) {
    case simdjson::MEMALLOC: return base::ResourceExhausted(path, ": no memory to parse it");
    case simdjson::EMPTY: return base::InvalidArgument(path, ": expected JSON, found nothing");
    case simdjson::DEPTH_ERROR:
      return base::InvalidArgument(path, ": expected nesting of at most ", kDepthMax, " levels");
    case simdjson::UTF8_ERROR: return base::InvalidArgument(path, ": expected UTF-8");
    case simdjson::NUMBER_ERROR:
      return base::InvalidArgument(path, ": expected numbers as JSON writes them, of at most 64 bits");
    default: return base::InvalidArgument(path, ": expected JSON; it may have been cut off while it was written");
  }
}

}  // namespace

JsonValue JsonValue::operator[](std::string_view key) const {
  Element found;
  if (!is_object() || element_->at_key(key).get(found) != simdjson::SUCCESS) return {};
  return JsonValue(found);
}

std::string_view JsonValue::Text() const {
  std::string_view text;
  if (!element_.has_value() || element_->get_string().get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::optional<bool> JsonValue::Bool() const {
  bool value = false;
  if (!element_.has_value() || element_->get_bool().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::optional<int64_t> JsonValue::Whole() const {
  int64_t value = 0;
  if (element_.has_value() && element_->get_int64().get(value) == simdjson::SUCCESS) return value;
  // Some warehouses tell counts of rows as `42.0`.
  const std::optional<double> number = Number();
  constexpr double kExactMax = 9'007'199'254'740'992.0;
  if (!number.has_value() || !(*number >= -kExactMax && *number <= kExactMax)) return std::nullopt;
  value = static_cast<int64_t>(*number);
  return static_cast<double>(value) == *number ? std::optional<int64_t>(value) : std::nullopt;
}

std::optional<double> JsonValue::Number() const {
  double value = 0;
  if (!element_.has_value() || element_->get_double().get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::string JsonValue::AsText(size_t bytes_max) const {
  if (!present()) return "";
  if (element_->is_string()) return ingest::Mended(Text(), bytes_max);
  return ingest::Mended(simdjson::minify(*element_), bytes_max);
}

absl::StatusOr<JsonFile> JsonFile::Parse(std::string_view path, std::string bytes) {
  if (bytes.size() > kBytesMax) return base::InvalidArgument(path, ": more than 512 MiB");
  if (MayHoldTooManyValues(bytes)) return base::InvalidArgument(path, ": more than 20 million values");
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.erase(0, kByteOrderMark.size());
  const size_t size = bytes.size();
  bytes.append(simdjson::SIMDJSON_PADDING, ' ');
  JsonFile file;
  simdjson::dom::parser parser;
  constexpr size_t kCapacityMin = 64;
  simdjson::error_code code = parser.allocate(std::max(size, kCapacityMin), kDepthMax);
  if (code == simdjson::SUCCESS) {
    code = parser
               .parse_into_document(file.document_, reinterpret_cast<const uint8_t*>(bytes.data()), size,
                                    /*realloc_if_needed=*/false)
               .error();
  }
  if (code != simdjson::SUCCESS) return Refuse(path, code);
  if (!file.root().is_object()) return base::InvalidArgument(path, ": expected a JSON object");
  return file;
}

absl::StatusOr<std::string> ReadFileBytes(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return base::NotFound(path, ": there is no such file");
  if (!std::filesystem::is_regular_file(status)) return base::Unavailable(path, ": expected a file");
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return base::Unavailable(path, ": ", error.message());
  if (size > JsonFile::kBytesMax) return base::InvalidArgument(path, ": more than 512 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string bytes(static_cast<size_t>(size), '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!file || static_cast<uintmax_t>(file.gcount()) != size) return base::Unavailable(path, ": it cannot be read");
  return bytes;
}

}  // namespace cadastre::ingest_dbt
