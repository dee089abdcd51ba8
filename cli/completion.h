// What a shell asks of the program as one types: a script for bash or zsh, made from the table of commands.
//
// Thread rule: safe.
#pragma once

#include <string>
#include <vector>

namespace cadastre::cli {

struct CompletionPlace {
  struct Choice {
    std::string word, help;
  };
  // The command's words so far: empty, `tokens`, `tokens create`.
  std::string words;
  // What may come next: commands and long options.
  std::vector<Choice> choices;
};

// To be sourced, or put where the shell looks for completions. Files are offered where nothing else fits.
std::string BashCompletion(const std::vector<CompletionPlace>& places);
std::string ZshCompletion(const std::vector<CompletionPlace>& places);

}  // namespace cadastre::cli
