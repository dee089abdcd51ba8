// The ways a call may fail, spoken with std::string_view: this abseil has a string view of its own, so its StrCat and
// error factories refuse ours, and this file is the one place that bridges them.
//
// Owner: values. Thread rule: safe.
// Deliberately does not: map codes to gRPC or HTTP (server does), log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace cadastre::base {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view FromAbsl(absl::string_view text) { return {text.data(), text.size()}; }

namespace internal {

template <typename T>
decltype(auto) CatPiece(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view> && !std::is_convertible_v<const T&, const char*>) {
    return ToAbsl(value);
  } else {
    return (value);
  }
}

absl::Status MakeStatus(absl::StatusCode code, const std::string& message);

}  // namespace internal

// absl::StrCat that also takes std::string_view.
template <typename... Pieces>
std::string Cat(const Pieces&... pieces) {
  return absl::StrCat(internal::CatPiece(pieces)...);
}

#define CADASTRE_STATUS_FACTORY(Name, code)                                                \
  template <typename... Pieces>                                                            \
  absl::Status Name(const Pieces&... pieces) {                                             \
    return internal::MakeStatus(absl::StatusCode::code, ::cadastre::base::Cat(pieces...)); \
  }

CADASTRE_STATUS_FACTORY(Aborted, kAborted)
CADASTRE_STATUS_FACTORY(AlreadyExists, kAlreadyExists)
CADASTRE_STATUS_FACTORY(Cancelled, kCancelled)
CADASTRE_STATUS_FACTORY(DataLoss, kDataLoss)
CADASTRE_STATUS_FACTORY(DeadlineExceeded, kDeadlineExceeded)
CADASTRE_STATUS_FACTORY(FailedPrecondition, kFailedPrecondition)
CADASTRE_STATUS_FACTORY(Internal, kInternal)
CADASTRE_STATUS_FACTORY(InvalidArgument, kInvalidArgument)
CADASTRE_STATUS_FACTORY(NotFound, kNotFound)
CADASTRE_STATUS_FACTORY(OutOfRange, kOutOfRange)
CADASTRE_STATUS_FACTORY(PermissionDenied, kPermissionDenied)
CADASTRE_STATUS_FACTORY(ResourceExhausted, kResourceExhausted)
CADASTRE_STATUS_FACTORY(Unauthenticated, kUnauthenticated)
CADASTRE_STATUS_FACTORY(Unavailable, kUnavailable)
CADASTRE_STATUS_FACTORY(Unimplemented, kUnimplemented)
#undef CADASTRE_STATUS_FACTORY

// INVALID_ARGUMENT that names the field (`job.name`, `events[3].run.runId`) and what was expected of it. Both reach the
// client, so neither may carry bytes of the refused value that were not checked to be UTF-8.
absl::Status InvalidField(std::string_view field, std::string_view expected);

// The same of another code, where the field is right and does not fit what stands: `etag: it was changed; read it
// again`.
absl::Status FieldStatus(absl::StatusCode code, std::string_view field, std::string_view why);

// The field that InvalidField or FieldStatus named, if the status came from them.
std::optional<std::string> FieldOf(const absl::Status& status);

// The same status about `field` in place of the one it names; without a field it comes back as it was, and so from the
// next.
absl::Status RenamedField(std::string_view field, const absl::Status& status);

// The same status with `prefix` and a dot before the field it names: for a check of a part, called on the whole.
absl::Status WithinField(std::string_view prefix, const absl::Status& status);

inline std::string_view MessageOf(const absl::Status& status) { return FromAbsl(status.message()); }

}  // namespace cadastre::base

#define CADASTRE_JOIN_INNER(a, b) a##b
#define CADASTRE_JOIN(a, b) CADASTRE_JOIN_INNER(a, b)

// Both take an expression with a comma in its template arguments only inside parentheses.
#define RETURN_IF_ERROR(expression)                      \
  do {                                                   \
    absl::Status cadastre_status_ = (expression);        \
    if (!cadastre_status_.ok()) return cadastre_status_; \
  } while (false)

#define ASSIGN_OR_RETURN(target, expression) \
  CADASTRE_ASSIGN_OR_RETURN(CADASTRE_JOIN(cadastre_or_, __LINE__), target, expression)
#define CADASTRE_ASSIGN_OR_RETURN(holder, target, expression) \
  auto holder = (expression);                                 \
  if (!holder.ok()) return std::move(holder).status();        \
  target = *std::move(holder)
