// Passwords: typed without echo or read from the input, never an argument, because other users of a machine see those.
//
// Thread rule: confined.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cli/session.h"

namespace cadastre::cli {

// A line of the session's input, or typed at the terminal after `prompt`. INVALID_ARGUMENT naming --password-stdin
// where there is no terminal to ask at.
absl::StatusOr<std::string> AskPassword(Session& session, std::string_view prompt, bool from_stdin);

// The same, typed twice at a terminal. INVALID_ARGUMENT where the two differ.
absl::StatusOr<std::string> AskNewPassword(Session& session, bool from_stdin);

}  // namespace cadastre::cli
