// A program of this room at a terminal or in a pipe: what main() does around it.
//
// Thread rule: confined; once a process.
#pragma once

#include <functional>

#include "cli/session.h"

namespace cadastre::cli {

// Calls `run` with a session over the standard streams and a caller over HTTP; its code is the process's exit code.
int AtTerminal(const char* version, const std::function<int(Session)>& run);

}  // namespace cadastre::cli
