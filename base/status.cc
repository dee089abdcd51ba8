#include "base/status.h"

namespace cadastre::base {

namespace {

constexpr char kFieldPayload[] = "cadastre/field";

}  // namespace

namespace internal {

absl::Status MakeStatus(absl::StatusCode code, const std::string& message) { return absl::Status(code, message); }

}  // namespace internal

absl::Status InvalidField(std::string_view field, std::string_view expected) {
  return FieldStatus(absl::StatusCode::kInvalidArgument, field, Cat("expected ", expected));
}

absl::Status FieldStatus(absl::StatusCode code, std::string_view field, std::string_view why) {
  absl::Status status = internal::MakeStatus(code, Cat(field, ": ", why));
  status.SetPayload(kFieldPayload, absl::Cord(ToAbsl(field)));
  return status;
}

std::optional<std::string> FieldOf(const absl::Status& status) {
  std::optional<std::string> found;
  if (auto payload = status.GetPayload(kFieldPayload); payload.has_value()) found = std::string(*payload);
  return found;
}

absl::Status RenamedField(std::string_view field, const absl::Status& status) {
  const std::optional<std::string> named = FieldOf(status);
  if (!named.has_value()) return status;
  constexpr size_t kColon = 2;
  return FieldStatus(status.code(), field, MessageOf(status).substr(named->size() + kColon));
}

absl::Status WithinField(std::string_view prefix, const absl::Status& status) {
  const std::optional<std::string> field = FieldOf(status);
  return field.has_value() ? RenamedField(Cat(prefix, ".", *field), status) : status;
}

}  // namespace cadastre::base
