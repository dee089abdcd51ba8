// The program as a function: parses the arguments by the table of commands, runs one, tells what went wrong.
//
// Thread rule: confined.
#pragma once

#include "cli/caller.h"

namespace cadastre::cli {

// What main() or a test gives it; `session.caller` and `session.settings` are filled in here.
int RunProgram(int argc, const char* const* argv, Session session);

}  // namespace cadastre::cli
