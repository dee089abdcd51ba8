#include "ingestors/openlineage/big_integers.h"

#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <functional>

#include "base/letters.h"
#include "ingestors/openlineage/json_cursor.h"

namespace cadastre::openlineage {

namespace {

// Beyond what 64 bits hold with a sign, or without one.
bool IsBig(std::string_view integer) {
  const bool negative = integer.front() == '-';
  const std::string_view digits = integer.substr(negative ? 1 : 0);
  const std::string_view most = negative ? "9223372036854775808" : "18446744073709551615";
  return digits.size() != most.size() ? digits.size() > most.size() : digits > most;
}

// Beyond what a double holds.
bool IsHuge(std::string_view number) {
  const std::string text(number);
  const size_t sign = text.starts_with('-') ? 1 : 0;
  if (text.size() <= sign || !base::IsDigit(text[sign]) || (text[sign] == '0' && base::IsDigit(text[sign + 1])))
    return false;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size() && base::IsDigit(text.back()) && std::isinf(value);
}

// Visits integers beyond 64 bits and numbers beyond doubles, outside of strings, until `visit` says false.
void EachNumberBeyond(std::string_view json, const std::function<bool(size_t start, size_t end, bool huge)>& visit) {
  size_t at = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      JsonCursor text(json.substr(at));
      if (!text.SkipString()) return;
      at += text.position();
      continue;
    }
    const size_t start = at++;
    if (c != '-' && !base::IsDigit(c)) continue;
    while (at < json.size() && base::IsDigit(json[at])) ++at;
    const size_t whole_end = at;
    while (at < json.size() && (base::IsDigit(json[at]) || json[at] == '.' || json[at] == 'e' || json[at] == 'E' ||
                                json[at] == '+' || json[at] == '-')) {
      ++at;
    }
    const std::string_view number = json.substr(start, at - start);
    // Most numbers are short: only what may lie beyond is read.
    const bool may_be_huge = number.size() > 300 || number.find_first_of("eE") != std::string_view::npos;
    const bool huge = may_be_huge && IsHuge(number);
    if ((huge || (whole_end == at && IsBig(number))) && !visit(start, at, huge)) return;
  }
}

}  // namespace

bool HoldsNumberBeyond(std::string_view json) {
  bool found = false;
  EachNumberBeyond(json, [&](size_t, size_t, bool) {
    found = true;
    return false;
  });
  return found;
}

std::string WithNumbersInRange(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  size_t copied = 0;
  EachNumberBeyond(json, [&](size_t start, size_t end, bool huge) {
    out.append(json.substr(copied, (huge ? start : end) - copied));
    out.append(huge ? "null" : ".0");
    copied = end;
    return true;
  });
  out.append(json.substr(copied));
  return out;
}

}  // namespace cadastre::openlineage
