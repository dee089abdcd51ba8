#include "client/text_width.h"

#include <locale.h>
#include <wchar.h>

#include <cstdint>

#include "base/utf8.h"

namespace cadastre::client {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "…";

struct CodePoint {
  uint32_t value = 0;
  size_t bytes = 1;
};

// The code point `text` begins with; `text` is valid UTF-8 and not empty.
CodePoint FirstOf(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t bytes = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  uint32_t value = lead & (0xFF >> (bytes + 1));
  for (size_t i = 1; i < bytes && i < text.size(); ++i)
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  return {value, bytes};
}

bool IsUnsafe(uint32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

size_t CellsOf(uint32_t code_point) {
  // wcwidth asks the thread's locale; the program's own may be "C", where nothing beyond ASCII is printable.
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (code_point < 0x7F || utf8 == nullptr) return 1;
  const locale_t before = uselocale(utf8);
  const int cells = wcwidth(static_cast<wchar_t>(code_point));
  uselocale(before);
  return cells < 0 ? 1 : static_cast<size_t>(cells);
}

// The length of the valid sequence `bytes` begins with; 0 if it begins with none.
size_t ValidBytes(std::string_view bytes) {
  for (size_t size = 1; size <= 4 && size <= bytes.size(); ++size) {
    if (base::IsValidUtf8(bytes.substr(0, size))) return size;
  }
  return 0;
}

}  // namespace

std::string ShownText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t bytes = ValidBytes(text);
    if (bytes == 0) {
      out += kReplacement;
      text.remove_prefix(1);
      continue;
    }
    const uint32_t value = FirstOf(text).value;
    if (value == '\n' || value == '\t' || value == '\r') {
      out += ' ';
    } else if (IsUnsafe(value)) {
      out += kReplacement;
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

size_t CellsOf(std::string_view shown) {
  size_t cells = 0;
  while (!shown.empty()) {
    const CodePoint first = FirstOf(shown);
    cells += CellsOf(first.value);
    shown.remove_prefix(std::min(first.bytes, shown.size()));
  }
  return cells;
}

std::string CutToCells(std::string_view shown, size_t cells) {
  if (CellsOf(shown) <= cells) return std::string(shown);
  if (cells == 0) return "";
  std::string out;
  size_t used = 0;
  while (!shown.empty()) {
    const CodePoint first = FirstOf(shown);
    const size_t wide = CellsOf(first.value);
    if (used + wide > cells - 1) break;
    used += wide;
    out += shown.substr(0, first.bytes);
    shown.remove_prefix(std::min(first.bytes, shown.size()));
  }
  return out + std::string(kEllipsis);
}

}  // namespace cadastre::client
