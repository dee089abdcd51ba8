#include "ingestors/postgres/view_columns.h"

#include <charconv>
#include <string>

namespace cadastre::ingest_postgres {
namespace {

// The result columns of the view's own query stand in its braces and the list's; those of subqueries deeper.
constexpr int kOwnDepth = 2;
constexpr std::string_view kEntry = "{TARGETENTRY";

int64_t NumberBehind(std::string_view fields, std::string_view name) {
  const size_t at = fields.find(name);
  if (at == std::string_view::npos) return 0;
  int64_t number = 0;
  std::from_chars(fields.data() + at + name.size(), fields.data() + fields.size(), number);
  return number;
}

}  // namespace

std::vector<ColumnOrigin> ColumnOriginsOf(std::string_view rule) {
  std::vector<ColumnOrigin> origins;
  int depth = 0;
  bool in_entry = false;
  // What stands in the braces of an entry and in none within.
  std::string fields;
  for (size_t at = 0; at < rule.size(); ++at) {
    const char c = rule[at];
    if (c == '\\') {
      // Whatever is escaped is part of a name or a text.
      ++at;
      continue;
    }
    if (c == '{') {
      ++depth;
      if (depth == kOwnDepth && rule.substr(at, kEntry.size()) == kEntry) {
        in_entry = true;
        fields.clear();
      }
    } else if (c == '}') {
      if (in_entry && depth == kOwnDepth) {
        in_entry = false;
        const ColumnOrigin origin{NumberBehind(fields, ":resno "), NumberBehind(fields, ":resorigtbl "),
                                  NumberBehind(fields, ":resorigcol ")};
        const bool result = fields.find(":resjunk false") != std::string::npos;
        if (result && origin.column > 0 && origin.relation > 0 && origin.relation_column > 0) origins.push_back(origin);
      }
      --depth;
    } else if (in_entry && depth == kOwnDepth) {
      fields += c;
    }
  }
  return origins;
}

}  // namespace cadastre::ingest_postgres
