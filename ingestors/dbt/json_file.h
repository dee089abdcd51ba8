// A file of JSON that some tool wrote, read by keys: what is missing, null or of another type than asked for is
// nothing.
//
// Owner: JsonFile owns what its values point into; a JsonValue lives no longer. Thread rule: compatible once read.
// Errors: INVALID_ARGUMENT, NOT_FOUND or UNAVAILABLE that begin with the file's path.
// Bounds: 512 MiB, 20 million values, nested at most 128 deep.
// Deliberately does not: appear outside this folder; simdjson stays behind it and the readers of artefacts.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace cadastre::ingest_dbt {

class JsonValue {
 public:
  using Element = simdjson::dom::element;

  JsonValue() = default;
  explicit JsonValue(Element element) : element_(element) {}

  // There, and not null.
  bool present() const { return element_.has_value() && !element_->is_null(); }
  bool is_object() const { return element_.has_value() && element_->is_object(); }
  bool is_list() const { return element_.has_value() && element_->is_array(); }

  JsonValue operator[](std::string_view key) const;
  // Empty unless it is a text.
  std::string_view Text() const;
  std::optional<bool> Bool() const;
  std::optional<int64_t> Whole() const;
  std::optional<double> Number() const;
  // A text as it is, anything else as JSON; fit for the catalog, at most `bytes_max`. Empty for nothing.
  std::string AsText(size_t bytes_max) const;

  template <typename Visit>  // (std::string_view key, JsonValue value)
  void EachMember(const Visit& visit) const {
    simdjson::dom::object members;
    if (!element_.has_value() || element_->get_object().get(members) != simdjson::SUCCESS) return;
    for (const auto member : members) visit(member.key, JsonValue(member.value));
  }
  template <typename Visit>  // (JsonValue value)
  void EachItem(const Visit& visit) const {
    simdjson::dom::array items;
    if (!element_.has_value() || element_->get_array().get(items) != simdjson::SUCCESS) return;
    for (const Element item : items) visit(JsonValue(item));
  }

 private:
  std::optional<Element> element_;
};

class JsonFile {
 public:
  static constexpr size_t kBytesMax = size_t{512} << 20;

  // `path` is named in errors. `bytes` are not kept.
  static absl::StatusOr<JsonFile> Parse(std::string_view path, std::string bytes);

  JsonValue root() const { return JsonValue(document_.root()); }

 private:
  JsonFile() = default;
  simdjson::dom::document document_;
};

// The bytes of a regular file. NOT_FOUND where there is none.
absl::StatusOr<std::string> ReadFileBytes(const std::string& path);

}  // namespace cadastre::ingest_dbt
