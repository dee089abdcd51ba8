// A place in JSON text that can step over whole values, so that a value can be cut out exactly as it was written.
//
// Thread rule: confined.
// Errors: false where brackets or strings do not close, or nest deeper than allowed; the place is then undefined.
// Deliberately does not: validate. It never reads outside the text, whatever the text is.
#pragma once

#include <cstddef>
#include <string_view>

namespace cadastre::openlineage {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text, size_t depth_max = 1'024) : text_(text), depth_max_(depth_max) {}

  size_t position() const { return position_; }
  bool at_end() const { return position_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[position_]; }

  void SkipSpace();
  // Steps over one byte, where there is one.
  void Step() { position_ += at_end() ? 0 : 1; }
  // Steps over `c` after any space.
  bool Take(char c);
  // Steps over a string with its quotes.
  bool SkipString();
  // Steps over one value of any type; `raw` is its text without space around it.
  bool SkipValue(std::string_view& raw);
  // Levels of brackets in the value stepped over last.
  size_t depth() const { return depth_; }

 private:
  bool SkipNested();

  std::string_view text_;
  size_t depth_max_;
  size_t position_ = 0;
  size_t depth_ = 0;
};

}  // namespace cadastre::openlineage
