#include "ingestors/openlineage/json_cursor.h"

namespace cadastre::openlineage {

namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool EndsScalar(char c) { return IsSpace(c) || c == ',' || c == ']' || c == '}' || c == ':'; }

}  // namespace

void JsonCursor::SkipSpace() {
  while (!at_end() && IsSpace(text_[position_])) ++position_;
}

bool JsonCursor::Take(char c) {
  SkipSpace();
  if (peek() != c || at_end()) return false;
  ++position_;
  return true;
}

bool JsonCursor::SkipString() {
  if (peek() != '"') return false;
  for (++position_; !at_end(); ++position_) {
    const char c = text_[position_];
    if (c == '\\') {
      ++position_;
    } else if (c == '"') {
      ++position_;
      return true;
    }
  }
  return false;
}

// Brackets are only counted, not matched by kind: what is cut out is parsed by a real parser afterwards.
bool JsonCursor::SkipNested() {
  size_t depth = 0;
  while (!at_end()) {
    const char c = text_[position_];
    if (c == '"') {
      if (!SkipString()) return false;
      continue;
    }
    ++position_;
    if (c == '{' || c == '[') {
      if (++depth > depth_max_) return false;
      depth_ = depth > depth_ ? depth : depth_;
    } else if (c == '}' || c == ']') {
      if (--depth == 0) return true;
    }
  }
  return false;
}

bool JsonCursor::SkipValue(std::string_view& raw) {
  SkipSpace();
  const size_t start = position_;
  const char first = peek();
  depth_ = 0;
  if (first == '"') {
    if (!SkipString()) return false;
  } else if (first == '{' || first == '[') {
    if (!SkipNested()) return false;
  } else {
    while (!at_end() && !EndsScalar(text_[position_])) ++position_;
  }
  raw = text_.substr(start, position_ - start);
  return !raw.empty();
}

}  // namespace cadastre::openlineage
