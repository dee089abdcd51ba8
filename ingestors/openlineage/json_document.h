// The parsed JSON of one event, and the bytes it was parsed from.
//
// Owner: shared by the copies of an Event. Thread rule: compatible once made.
// Deliberately does not: appear outside this folder; simdjson stays behind it.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingestors/openlineage/event.h"
#include "ingestors/openlineage/limits.h"

namespace cadastre::openlineage {

class JsonDocument {
 public:
  // Errors: as Parse.
  static absl::StatusOr<std::shared_ptr<JsonDocument>> Make(std::string_view json, const Limits& limits);

  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  // The text as received, without a byte order mark, save where it was mended.
  std::string_view text() const { return std::string_view(bytes_).substr(0, size_); }
  simdjson::dom::element root() const { return document_.root(); }
  // Some number of the text lies beyond 64 bits, and is a double below `root`, or beyond doubles, and is null there.
  bool rounds_numbers() const { return rounds_numbers_; }
  // Some text could not be parsed as it came and was mended (text_mending.h), in text() too.
  bool mended() const { return mended_; }

  // A value to be found again by a RawFacet.
  uint32_t Keep(simdjson::dom::element value) {
    kept_.push_back(value);
    return static_cast<uint32_t>(kept_.size() - 1);
  }
  simdjson::dom::element ValueOf(const RawFacet& facet) const { return kept_[facet.value]; }

 private:
  JsonDocument() = default;

  void TakeText(std::string_view json);

  std::string bytes_;  // padded as simdjson asks
  size_t size_ = 0;
  bool rounds_numbers_ = false;
  bool mended_ = false;
  simdjson::dom::document document_;
  std::vector<simdjson::dom::element> kept_;
};

}  // namespace cadastre::openlineage
