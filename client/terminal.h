// A client program at a terminal or in a pipe: what main() does around it.
//
// Thread rule: confined; once a process.
#pragma once

#include <functional>
#include <string_view>

#include "client/screen.h"

namespace cadastre::client {

// Calls `run` with a screen over the standard streams, between libcurl's start and its end; its code is the process's
// exit code, or 1 where what was asked for could not be written. `program` is the name that error lines begin with.
int AtTerminal(std::string_view program, const std::function<int(const Screen&)>& run);

}  // namespace cadastre::client
