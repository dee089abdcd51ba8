// A command of the program, and the table of them all.
//
// Owner: the program makes each once. Thread rule: confined.
// To add one: a class in cli/commands/, its row in cli/commands.cc.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "cli/arguments.h"
#include "cli/session.h"

namespace cadastre::cli {

class Command {
 public:
  virtual ~Command() = default;

  virtual void Declare(Arguments& arguments) = 0;
  // Asks the server and prints; the status decides the exit code and is told on stderr.
  virtual absl::Status Run(Session& session) = 0;
};

struct CommandRow {
  // One word, or a group and a word: `tokens create`.
  const char* words;
  const char* summary;
  std::unique_ptr<Command> (*make)();
};

const std::vector<CommandRow>& Commands();

}  // namespace cadastre::cli
