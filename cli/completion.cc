#include "cli/completion.h"

#include "base/status.h"

namespace cadastre::cli {
namespace {

// In single quotes, as both shells read it.
std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c == '\n' ? ' ' : c;
    }
  }
  return out + "'";
}

// Follows the words of a command; whatever is no word of one (an option, its value) leaves the place as it is.
std::string FollowingCases(const std::vector<CompletionPlace>& places) {
  std::string patterns;
  for (const CompletionPlace& place : places) {
    if (place.words.empty()) continue;
    const bool top = place.words.find(' ') == std::string::npos;
    patterns += base::Cat(patterns.empty() ? "" : "|", Quoted(base::Cat(top ? " " : "", place.words)));
  }
  return base::Cat("    case \"$command $word\" in\n      ", patterns,
                   ") command=\"${command:+$command }$word\" ;;\n    esac\n");
}

}  // namespace

std::string BashCompletion(const std::vector<CompletionPlace>& places) {
  std::string out =
      "# bash completion of cadastre: source <(cadastre completion bash)\n"
      "_cadastre() {\n"
      "  local command=\"\" word choices=\"\"\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n";
  out += FollowingCases(places);
  out += "  done\n  case \"$command\" in\n";
  for (const CompletionPlace& place : places) {
    std::string words;
    for (const CompletionPlace::Choice& choice : place.choices) {
      words += base::Cat(words.empty() ? "" : " ", choice.word);
    }
    out += base::Cat("    ", Quoted(place.words), ") choices=", Quoted(words), " ;;\n");
  }
  return out +
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$choices\" -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
         "}\n"
         "complete -o default -F _cadastre cadastre\n";
}

std::string ZshCompletion(const std::vector<CompletionPlace>& places) {
  std::string out =
      "#compdef cadastre\n"
      "# zsh completion of cadastre: source <(cadastre completion zsh), or a file _cadastre in a folder of $fpath\n"
      "_cadastre() {\n"
      "  local command=\"\" word\n"
      "  local -a choices\n"
      "  for word in \"${(@)words[2,CURRENT-1]}\"; do\n";
  out += FollowingCases(places);
  out += "  done\n  case \"$command\" in\n";
  for (const CompletionPlace& place : places) {
    out += base::Cat("    ", Quoted(place.words), ")\n      choices=(\n");
    for (const CompletionPlace::Choice& choice : place.choices) {
      out += base::Cat("        ", Quoted(base::Cat(choice.word, ":", choice.help)), "\n");
    }
    out += "      )\n      ;;\n";
  }
  return out +
         "  esac\n"
         "  _describe -t commands cadastre choices || _files\n"
         "}\n"
         "if [ \"$funcstack[1]\" = _cadastre ]; then _cadastre \"$@\"; else compdef _cadastre cadastre; fi\n";
}

}  // namespace cadastre::cli
