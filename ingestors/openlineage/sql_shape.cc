#include "ingestors/openlineage/sql_shape.h"

#include <algorithm>
#include <cstddef>

#include "base/letters.h"

namespace cadastre::openlineage {

namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';'; }

// Where what is no definition ends, if it starts at `at`; else `at`. A quoted identifier is a name.
size_t SkipAt(std::string_view sql, size_t at) {
  const std::string_view rest = sql.substr(at);
  if (rest.starts_with("--")) return std::min(sql.find('\n', at), sql.size());
  if (rest.starts_with("/*")) {
    const size_t end = sql.find("*/", at + 2);
    return end == std::string_view::npos ? sql.size() : end + 2;
  }
  if (rest[0] == '\'') {
    const size_t end = sql.find('\'', at + 1);
    return end == std::string_view::npos ? sql.size() : end + 1;
  }
  return IsSpace(rest[0]) || base::IsDigit(rest[0]) ? at + 1 : at;
}

}  // namespace

// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/).
uint64_t ShapeOfSql(std::string_view sql) {
  constexpr uint64_t kPrime = 1'099'511'628'211u;
  uint64_t hash = 14'695'981'039'346'656'037u;
  for (size_t at = 0; at < sql.size();) {
    const size_t after = SkipAt(sql, at);
    if (after > at) {
      at = after;
      continue;
    }
    const char c = sql[at++];
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    hash = (hash ^ static_cast<unsigned char>(lower)) * kPrime;
  }
  return hash == 0 ? 1 : hash;
}

}  // namespace cadastre::openlineage
