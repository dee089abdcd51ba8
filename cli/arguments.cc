#include "cli/arguments.h"

#include <CLI/CLI.hpp>

namespace cadastre::cli {

void Arguments::Positional(const std::string& name, std::string* value, const std::string& help) {
  app_->add_option(name, *value, help)->required();
}

void Arguments::OptionalPositional(const std::string& name, std::string* value, const std::string& help) {
  app_->add_option(name, *value, help);
}

void Arguments::Positionals(const std::string& name, std::vector<std::string>* values, const std::string& help) {
  app_->add_option(name, *values, help)->required();
}

void Arguments::Option(const std::string& names, std::string* value, const std::string& help) {
  app_->add_option(names, *value, help);
}

void Arguments::Number(const std::string& names, int32_t* value, const std::string& help) {
  app_->add_option(names, *value, help);
}

void Arguments::List(const std::string& names, std::vector<std::string>* values, const std::string& help) {
  app_->add_option(names, *values, help)->allow_extra_args(false);
}

void Arguments::Flag(const std::string& names, bool* value, const std::string& help) {
  app_->add_flag(names, *value, help);
}

}  // namespace cadastre::cli
