#include "base/status.h"

namespace cadastre::base {

namespace {

constexpr char kFieldPayload[] = "cadastre/field";
constexpr char kExpectedPayload[] = "cadastre/expected";

std::optional<std::string> PayloadOf(const absl::Status& status, const char* key) {
  std::optional<std::string> found;
  if (auto payload = status.GetPayload(key); payload.has_value()) found = std::string(*payload);
  return found;
}

}  // namespace

namespace internal {

absl::Status MakeStatus(absl::StatusCode code, const std::string& message) { return absl::Status(code, message); }

}  // namespace internal

absl::Status InvalidField(std::string_view field, std::string_view expected) {
  absl::Status status = InvalidArgument(field, ": expected ", expected);
  status.SetPayload(kFieldPayload, absl::Cord(ToAbsl(field)));
  status.SetPayload(kExpectedPayload, absl::Cord(ToAbsl(expected)));
  return status;
}

std::optional<std::string> FieldOf(const absl::Status& status) { return PayloadOf(status, kFieldPayload); }

absl::Status WithinField(std::string_view prefix, const absl::Status& status) {
  std::optional<std::string> field = FieldOf(status);
  if (!field.has_value()) return status;
  return InvalidField(Cat(prefix, ".", *field), PayloadOf(status, kExpectedPayload).value_or(""));
}

}  // namespace cadastre::base
