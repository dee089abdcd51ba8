#include "ingestors/openlineage/big_integers.h"

#include <cstddef>
#include <functional>

#include "ingestors/openlineage/json_cursor.h"

namespace cadastre::openlineage {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Beyond what 64 bits hold with a sign, or without one.
bool IsBig(std::string_view integer) {
  const bool negative = integer.front() == '-';
  const std::string_view digits = integer.substr(negative ? 1 : 0);
  const std::string_view most = negative ? "9223372036854775808" : "18446744073709551615";
  return digits.size() != most.size() ? digits.size() > most.size() : digits > most;
}

// Visits big integers outside of strings until `visit` says false.
void EachBigInteger(std::string_view json, const std::function<bool(size_t start, size_t end)>& visit) {
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
    if (c != '-' && !IsDigit(c)) continue;
    while (at < json.size() && IsDigit(json[at])) ++at;
    const bool whole = at == json.size() || (json[at] != '.' && json[at] != 'e' && json[at] != 'E');
    if (whole && IsBig(json.substr(start, at - start)) && !visit(start, at)) return;
    // The rest of a number that is none of these.
    while (at < json.size() && (IsDigit(json[at]) || json[at] == '.' || json[at] == 'e' || json[at] == 'E' ||
                                json[at] == '+' || json[at] == '-')) {
      ++at;
    }
  }
}

}  // namespace

bool HoldsBigInteger(std::string_view json) {
  bool found = false;
  EachBigInteger(json, [&](size_t, size_t) {
    found = true;
    return false;
  });
  return found;
}

std::string WithBigIntegersAsDecimals(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  size_t copied = 0;
  EachBigInteger(json, [&](size_t, size_t end) {
    out.append(json.substr(copied, end - copied));
    out.append(".0");
    copied = end;
    return true;
  });
  out.append(json.substr(copied));
  return out;
}

}  // namespace cadastre::openlineage
