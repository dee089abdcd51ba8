// Where answers and messages go, and what may be assumed of it.
//
// Owner: main() makes one, a test its own over string streams. Thread rule: confined.
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>

namespace cadastre::client {

enum class Paint { kPlain, kBold, kDim, kGood, kWarn, kBad };

struct Screen {
  std::ostream* out = nullptr;
  std::ostream* err = nullptr;
  // Whether each is a terminal a person looks at: colours and progress bars only there.
  bool out_is_tty = false;
  bool err_is_tty = false;
  // Cells of a line; 0 where nothing is to be cut (a pipe).
  size_t columns = 0;

  // `text` in a colour, or as it is where `out` is no terminal.
  std::string Painted(Paint paint, std::string_view text) const {
    if (!out_is_tty || paint == Paint::kPlain || text.empty()) return std::string(text);
    return std::string(CodeOf(paint)).append(text).append("\033[0m");
  }

 private:
  static std::string_view CodeOf(Paint paint) {
    switch (paint) {
      case Paint::kPlain: return "";
      case Paint::kBold: return "\033[1m";
      case Paint::kDim: return "\033[2m";
      case Paint::kGood: return "\033[32m";
      case Paint::kWarn: return "\033[33m";
      case Paint::kBad: return "\033[31m";
    }
    return "";
  }
};

}  // namespace cadastre::client
