// The program as a function: parses the arguments by the table of commands, runs one, tells what went wrong.
//
// Thread rule: confined.
#pragma once

#include "cli/command.h"
#include "cli/session.h"

namespace cadastre::cli {

// What main() or a test gives it; `session.caller` and `session.settings` are filled in here.
int RunProgram(int argc, const char* const* argv, Session session);

// A program of this one command, with the same global options, error lines and exit codes.
int RunCommand(int argc, const char* const* argv, Session session, const CommandRow& row);

}  // namespace cadastre::cli
