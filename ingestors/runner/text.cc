#include "ingestors/runner/text.h"

#include <cstdio>

#include "base/utf8.h"

namespace cadastre::ingest {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The length of the valid sequence `bytes` begins with; 0 if it begins with none.
size_t ValidBytes(std::string_view bytes) {
  for (size_t size = 1; size <= 4 && size <= bytes.size(); ++size) {
    if (base::IsValidUtf8(bytes.substr(0, size))) return size;
  }
  return 0;
}

}  // namespace

std::string Mended(std::string_view text, size_t bytes_max) {
  if (base::IsValidUtf8(text) && text.find('\0') == std::string_view::npos) {
    return std::string(base::Utf8Prefix(text, bytes_max));
  }
  std::string out;
  while (!text.empty() && out.size() < bytes_max) {
    const size_t bytes = text.front() == '\0' ? 0 : ValidBytes(text);
    out += bytes == 0 ? kReplacement : text.substr(0, bytes);
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  out.resize(base::Utf8Prefix(out, bytes_max).size());
  return out;
}

std::string JsonQuoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char escape[8];
          std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
          out += escape;
        } else {
          out += c;
        }
    }
  }
  return out + '"';
}

std::string ShellQuoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += R"('\'')";
    } else {
      out += c;
    }
  }
  return out + '\'';
}

}  // namespace cadastre::ingest
