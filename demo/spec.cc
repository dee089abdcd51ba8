#include "demo/spec.h"

#include <cstdlib>

#include "base/check.h"

namespace cadastre::demo {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t at = text.find(separator);
    const std::string_view part = Trim(text.substr(0, at));
    if (!part.empty()) parts.push_back(part);
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

Origin ParseOrigin(std::string_view op, std::string_view ref) {
  const size_t dot = ref.rfind('.');
  CHECK(dot != std::string_view::npos) << "an origin without a column: " << ref;
  return {std::string(op), std::string(ref.substr(0, dot)), std::string(ref.substr(dot + 1))};
}

void ReadOrigins(std::string_view text, Column& column) {
  const size_t space = text.find(' ');
  CHECK(space != std::string_view::npos) << "origins without an operation: " << text;
  const std::string_view op = text.substr(0, space);
  for (std::string_view ref : Split(text.substr(space), ',')) column.from.push_back(ParseOrigin(op, ref));
}

Column ParseColumn(std::string_view text) {
  Column column;
  if (const size_t equals = text.find(" = "); equals != std::string_view::npos) {
    ReadOrigins(Trim(text.substr(equals + 3)), column);
    text = Trim(text.substr(0, equals));
  }
  if (const size_t quote = text.find('"'); quote != std::string_view::npos) {
    const size_t end = text.rfind('"');
    CHECK(end != quote) << "an open quote: " << text;
    column.doc = text.substr(quote + 1, end - quote - 1);
    text = Trim(text.substr(0, quote));
  }
  const std::vector<std::string_view> words = Split(text, ' ');
  CHECK(words.size() >= 2) << "a column without a type: " << text;
  column.name = words[0];
  column.type = words[1];
  for (size_t i = 2; i < words.size(); ++i) {
    if (words[i] == "pk") {
      column.primary_key = true;
    } else if (words[i] == "pii") {
      column.pii = true;
    } else {
      CHECK(words[i].front() == '~') << "an unknown word: " << text;
      column.dropped_day = std::atoi(std::string(words[i].substr(1)).c_str());
    }
  }
  return column;
}

}  // namespace

std::vector<Column> ParseColumns(std::string_view spec) {
  std::vector<Column> columns;
  for (std::string_view part : Split(spec, ';')) {
    if (part == "...") {
      columns.push_back(ParseColumn("created_at timestamptz"));
      columns.push_back(ParseColumn("updated_at timestamptz"));
    } else {
      columns.push_back(ParseColumn(part));
    }
  }
  return columns;
}

std::vector<Origin> ParseOrigins(std::string_view spec) {
  std::vector<Origin> origins;
  for (std::string_view part : Split(spec, ';')) {
    const size_t space = part.find(' ');
    CHECK(space != std::string_view::npos) << "an origin without an operation: " << part;
    origins.push_back(ParseOrigin(part.substr(0, space), Trim(part.substr(space))));
  }
  return origins;
}

}  // namespace cadastre::demo
