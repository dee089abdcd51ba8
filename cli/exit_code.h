// What the program tells its caller by its exit code.
//
// Thread rule: safe.
#pragma once

#include "absl/status/status.h"

namespace cadastre::cli {

enum ExitCode : int {
  kOk = 0,
  // Something failed, or some of several things did.
  kSomeFailed = 1,
  // What was asked is wrong: the command line or a value the server refused.
  kUsage = 2,
  // No token, a wrong one, or one that may not do this.
  kRefused = 3,
  kUnreachable = 4,
  // Does not exist, or may not be seen: the server does not say which.
  kNotFound = 5,
};

inline ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk: return kOk;
    case absl::StatusCode::kInvalidArgument: return kUsage;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied: return kRefused;
    case absl::StatusCode::kUnavailable: return kUnreachable;
    case absl::StatusCode::kNotFound: return kNotFound;
    default: return kSomeFailed;
  }
}

}  // namespace cadastre::cli
