#include "ingestors/openlineage/text_mending.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/utf8.h"
#include "ingestors/openlineage/json_cursor.h"

namespace cadastre::openlineage {

namespace {

constexpr std::string_view kUnkeepable = "\\u0000";
constexpr std::string_view kNothing = "null";

// The code unit of `\uXXXX` at the start of `text`; nothing where there is none.
std::optional<uint32_t> UnitAt(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return std::nullopt;
  uint32_t unit = 0;
  for (const char c : text.substr(2, 4)) {
    unit <<= 4;
    if (c >= '0' && c <= '9') {
      unit |= static_cast<uint32_t>(c - '0');
    } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
      unit |= static_cast<uint32_t>((c | 0x20) - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return unit;
}

// How long the escape at the start of `text` is, and whether it stands for text.
struct Escape {
  size_t size;
  bool good;
};

Escape EscapeAt(std::string_view text) {
  if (text.size() < 2) return {text.size(), true};
  if (text[1] != 'u') return {2, std::string_view("\"\\/bfnrt").find(text[1]) != std::string_view::npos};
  const std::optional<uint32_t> unit = UnitAt(text);
  if (!unit) return {2, false};
  if (*unit < 0xD800 || *unit > 0xDFFF) return {6, true};
  const std::optional<uint32_t> low = *unit < 0xDC00 ? UnitAt(text.substr(6)) : std::nullopt;
  const bool pair = low && *low >= 0xDC00 && *low <= 0xDFFF;
  return {pair ? size_t{12} : size_t{6}, pair};
}

size_t Utf8SizeAt(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return base::IsValidUtf8(text.substr(0, std::min(size, text.size()))) && size <= text.size() ? size : 0;
}

void AppendControl(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u00";
  out += kHex[static_cast<unsigned char>(c) >> 4];
  out += kHex[static_cast<unsigned char>(c) & 15];
}

// Copies one string from its opening quote on; returns where it ends.
size_t CopyString(std::string_view json, size_t at, std::string& out) {
  out += json[at++];
  bool bad_before = false;
  while (at < json.size()) {
    const char c = json[at];
    const Escape escape = c == '\\' ? EscapeAt(json.substr(at)) : Escape{Utf8SizeAt(json.substr(at)), true};
    const bool good = escape.good && escape.size > 0;
    const size_t size = std::max<size_t>(escape.size, 1);
    if (!good) {
      // One for a run of them.
      if (!bad_before) out += kUnkeepable;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      AppendControl(out, c);
    } else {
      out += json.substr(at, size);
    }
    bad_before = !good;
    at += size;
    if (c == '"') return at;
  }
  return at;
}

// What stands between strings.
void CopyValues(std::string_view json, std::string& out) {
  while (!json.empty()) {
    const size_t word = json.find_first_of("NI");
    out += json.substr(0, word);
    if (word == std::string_view::npos) return;
    json.remove_prefix(word);
    const std::string_view found = json.starts_with("NaN") ? "NaN" : json.starts_with("Infinity") ? "Infinity" : "";
    if (found.empty()) {
      out += json.front();
      json.remove_prefix(1);
      continue;
    }
    if (!out.empty() && out.back() == '-') out.pop_back();
    out += kNothing;
    json.remove_prefix(found.size());
  }
}

}  // namespace

std::string WithKeepableText(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 8);
  size_t at = 0;
  while (at < json.size()) {
    const size_t quote = std::min(json.find('"', at), json.size());
    CopyValues(json.substr(at, quote - at), out);
    at = quote < json.size() ? CopyString(json, quote, out) : quote;
  }
  return out;
}

std::string WithoutDepth(std::string_view json, size_t depth_max) {
  std::string out;
  out.reserve(json.size());
  JsonCursor cursor(json, json.size());
  size_t depth = 0;
  while (!cursor.at_end()) {
    const size_t start = cursor.position();
    const char c = cursor.peek();
    std::string_view whole;
    if ((c == '{' || c == '[') && depth == depth_max) {
      if (!cursor.SkipValue(whole)) return out;
      out += kNothing;
      continue;
    }
    if (c == '"') {
      if (!cursor.SkipString()) return out;
    } else {
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && depth > 0) --depth;
      cursor.Step();
    }
    out += json.substr(start, cursor.position() - start);
  }
  return out;
}

}  // namespace cadastre::openlineage
