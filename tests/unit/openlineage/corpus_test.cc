// The hand-written events: every imperfect one is taken with the warnings its table says, every hostile one refused, or
// taken without its bad part, as its list says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "ingestors/openlineage/batch.h"
#include "ingestors/openlineage/map.h"
#include "ingestors/openlineage/parse.h"
#include "tests/support/paths.h"

namespace cadastre::openlineage {
namespace {

namespace dom = simdjson::dom;

const std::string kFolder = cadastre::testing_support::SourcePath("tests/data/openlineage/");

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> LinesOf(const std::string& path) {
  std::istringstream text(ReadAll(path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

// Cells of `| a | b |` without the spaces around them.
std::vector<std::string> CellsOf(std::string_view row) {
  std::vector<std::string> cells;
  size_t start = 1;
  for (size_t bar = row.find('|', start); bar != std::string_view::npos; bar = row.find('|', start)) {
    std::string_view cell = row.substr(start, bar - start);
    while (cell.starts_with(' ')) cell.remove_prefix(1);
    while (cell.ends_with(' ')) cell.remove_suffix(1);
    cells.emplace_back(cell);
    start = bar + 1;
  }
  return cells;
}

struct ImperfectRow {
  std::string word;
  std::vector<std::string> warnings;
};

std::vector<ImperfectRow> ReadTable() {
  std::vector<ImperfectRow> rows;
  for (const std::string& line : LinesOf(kFolder + "imperfect.md")) {
    if (!line.starts_with("| ") || line.find("| line |") == 0 || line.starts_with("| ---")) continue;
    const std::vector<std::string> cells = CellsOf(line);
    EXPECT_EQ(cells.size(), 5u) << line;
    ImperfectRow row;
    row.word = cells[1];
    std::istringstream causes(cells[4]);
    for (std::string cause; std::getline(causes, cause, ',');)
      row.warnings.push_back(cause.substr(cause.find_first_not_of(' ')));
    rows.push_back(row);
  }
  return rows;
}

// By value: `value()` of a temporary refers into it.
dom::array ListOf(dom::element element) { return element.get_array().value(); }
std::string TextOf(dom::element element) { return std::string(element.get_string().value()); }

TEST(Corpus, ImperfectEventsAreTakenAndCounted) {
  const std::vector<ImperfectRow> table = ReadTable();
  const std::vector<std::string> lines = LinesOf(kFolder + "imperfect.ndjson");
  ASSERT_EQ(table.size(), lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    SCOPED_TRACE(table[i].word);
    EXPECT_NE(lines[i].find(table[i].word), std::string::npos) << "line " << i + 1 << " is about something else";
    const absl::StatusOr<Event> event = Parse(lines[i]);
    ASSERT_TRUE(event.ok()) << event.status();
    std::vector<std::string> causes;
    for (const Warning& warning : event->warnings) {
      if (causes.empty() || causes.back() != warning.cause) causes.push_back(warning.cause);
    }
    EXPECT_THAT(causes, ::testing::UnorderedElementsAreArray(table[i].warnings));
  }
}

TEST(Corpus, HostileBodiesAreRefusedWithTheirField) {
  dom::parser parser;
  const std::string text = ReadAll(kFolder + "hostile/expect.json");
  const dom::element expect = parser.parse(text).value();
  int refused = 0;
  for (const dom::element file : ListOf(expect["files"])) {
    if (TextOf(file["outcome"]) != "rejected") continue;
    SCOPED_TRACE(TextOf(file["file"]));
    const absl::StatusOr<Event> event = Parse(ReadAll(kFolder + "hostile/" + TextOf(file["file"])));
    ++refused;
    EXPECT_FALSE(event.ok());
    if (event.ok()) continue;
    EXPECT_EQ(event.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(base::FieldOf(event.status()).value_or(""), TextOf(file["field"])) << event.status();
    EXPECT_THAT(event.status().ToString(), ::testing::HasSubstr(TextOf(file["says"])));
  }
  EXPECT_GE(refused, 30);
}

TEST(Corpus, HostilePartsAreLeftOutWithTheirPlace) {
  dom::parser parser;
  const std::string text = ReadAll(kFolder + "hostile/expect.json");
  const dom::element expect = parser.parse(text).value();
  int left_out = 0;
  for (const dom::element file : ListOf(expect["files"])) {
    if (TextOf(file["outcome"]) != "left_out") continue;
    SCOPED_TRACE(TextOf(file["file"]));
    const absl::StatusOr<Event> event = Parse(ReadAll(kFolder + "hostile/" + TextOf(file["file"])));
    ++left_out;
    ASSERT_TRUE(event.ok()) << event.status();
    const std::vector<Warning> warnings = Map(*event).warnings;
    EXPECT_THAT(warnings, ::testing::Contains(Warning{TextOf(file["cause"]), TextOf(file["field"])}));
  }
  EXPECT_GE(left_out, 8);
}

TEST(Corpus, ListsLoseOnlyTheirBadEvents) {
  dom::parser parser;
  const std::string text = ReadAll(kFolder + "hostile/expect.json");
  const dom::element expect = parser.parse(text).value();
  for (const dom::element file : ListOf(expect["files"])) {
    if (TextOf(file["outcome"]) != "batch") continue;
    SCOPED_TRACE(TextOf(file["file"]));
    const std::string body = ReadAll(kFolder + "hostile/" + TextOf(file["file"]));
    const absl::StatusOr<std::vector<std::string_view>> events = SplitBatch(body);
    ASSERT_TRUE(events.ok()) << events.status();
    EXPECT_EQ(events->size(), file["received"].get_uint64().value());
    std::vector<std::string> fields;
    for (const std::string_view event : *events) {
      const absl::StatusOr<Event> parsed = Parse(event);
      if (!parsed.ok()) fields.push_back(base::FieldOf(parsed.status()).value_or(""));
    }
    std::vector<std::string> expected;
    for (const dom::element rejected : ListOf(file["rejected"])) expected.push_back(TextOf(rejected["field"]));
    EXPECT_EQ(fields, expected);
    EXPECT_EQ(events->size() - fields.size(), file["accepted"].get_uint64().value());
  }
}

}  // namespace
}  // namespace cadastre::openlineage
