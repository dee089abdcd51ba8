// Whatever the bytes: a column is hidden under its own name, and by no other's number.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "authz/policy/column_mask.h"
#include "base/check.h"

namespace {

// Segments end at line feeds.
std::vector<std::string> PathOf(std::string_view text) {
  std::vector<std::string> path;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    path.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return path;
}

}  // namespace

// A hidden path, and behind a zero another one that is looked for.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = bytes.find('\0');
  const std::vector<std::string> hidden = PathOf(bytes.substr(0, end));
  cadastre::authz::ColumnMask mask("rb.t");
  mask.Hide(hidden, 7);
  CHECK(mask.Hides(hidden)) << bytes.substr(0, end);
  if (end == std::string_view::npos) return 0;
  const std::vector<std::string> other = PathOf(bytes.substr(end + 1));
  mask.ForEachOver(other, [&](uint32_t number) {
    CHECK(number == 7 && mask.Hides(other)) << bytes;
    return true;
  });
  return 0;
}
