// What a command takes, declared once: names, where each value goes, and its help.
//
// Owner: the program, for the time of parsing; what it points to belongs to the command. Thread rule: confined.
// Errors of parsing end in exit code 2 with a line that names the argument.
// Deliberately does not: check what a value means (cli/inputs does, with the field's name).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace cadastre::cli {

class Arguments {
 public:
  explicit Arguments(CLI::App* app) : app_(app) {}

  void Positional(const std::string& name, std::string* value, const std::string& help);
  void OptionalPositional(const std::string& name, std::string* value, const std::string& help);
  // One or more.
  void Positionals(const std::string& name, std::vector<std::string>* values, const std::string& help);

  // `names` as in `--page-size` or `-p,--page-size`.
  void Option(const std::string& names, std::string* value, const std::string& help);
  void Number(const std::string& names, int32_t* value, const std::string& help);
  // May be given several times.
  void List(const std::string& names, std::vector<std::string>* values, const std::string& help);
  void Flag(const std::string& names, bool* value, const std::string& help);

 private:
  CLI::App* app_;
};

}  // namespace cadastre::cli
