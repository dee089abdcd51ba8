// What a recipe may say, and how it is told what it may not.
#include "ingestors/runner/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestors/runner/name_filter.h"
#include "ingestors/runner/recipe_key.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::vector<RecipeKey>& Keys() {
  static const std::vector<RecipeKey> kKeys = {
      {.path = "source.host", .meaning = "where", .otherwise = "localhost"},
      {.path = "source.port", .shape = Shape::kNumber, .meaning = "port", .otherwise = "5432", .min = 1, .max = 65'535},
      {.path = "source.password", .shape = Shape::kSecret, .meaning = "secret"},
      {.path = "source.sslmode", .shape = Shape::kChoice, .meaning = "tls", .choices = "disable|require"},
      {.path = "scope.tables.include", .shape = Shape::kTexts, .meaning = "patterns"},
  };
  return kKeys;
}

absl::StatusOr<Recipe> Parse(const std::string& yaml, bool token_to_come = false) {
  Surroundings around;
  around.token_to_come = token_to_come;
  around.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "DB_PASSWORD") return "open sesame";
    return std::nullopt;
  };
  around.file = [](const std::string& path) -> absl::StatusOr<std::string> {
    if (path == "db.secret") return std::string("from a file\n");
    return absl::InvalidArgumentError("cannot be read");
  };
  return ParseRecipe(
      "shop.yml", yaml, {"postgres", "mysql"},
      [](std::string_view type) { return type == "postgres" ? &Keys() : nullptr; }, around);
}

std::string Told(const std::string& yaml) {
  const auto recipe = Parse(yaml);
  return recipe.ok() ? "ok" : std::string(recipe.status().message());
}

constexpr char kSource[] = "source:\n  type: postgres\n  name: shop\n";

TEST(Recipe, SaysWhatItSaysAndDefaultsElse) {
  const auto recipe = Parse(std::string(kSource) +
                            "  port: 5433\n  password: ${DB_PASSWORD}\nscope:\n  tables:\n    include: [a, 'b.*']\n");
  ASSERT_TRUE(recipe.ok()) << recipe.status();
  EXPECT_EQ(recipe->Text("source.name"), "shop");
  EXPECT_EQ(recipe->Text("source.host"), "localhost");
  EXPECT_EQ(recipe->Number("source.port"), 5433);
  EXPECT_EQ(recipe->Text("source.password"), "open sesame");
  EXPECT_THAT(recipe->Texts("scope.tables.include"), ElementsAre("a", "b.*"));
  EXPECT_TRUE(recipe->Flag("removal.enabled"));
  EXPECT_FALSE(recipe->Says("source.host"));
  EXPECT_EQ(recipe->WithoutSecrets("it was open sesame"), "it was ***");
}

TEST(Recipe, ASecretMayStandInAFileOrInDollars) {
  const auto file = Parse(std::string(kSource) + "  password_file: db.secret\n");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->Text("source.password"), "from a file");
  const auto escaped = Parse(std::string(kSource) + "  host: 'a$${b}'\n");
  EXPECT_EQ(escaped->Text("source.host"), "a${b}");
}

TEST(Recipe, OnlyTheCatalogsTokenMayBeToCome) {
  const std::string yaml = std::string(kSource) + "sink:\n  token_file: nowhere\n";
  EXPECT_THAT(Told(yaml), HasSubstr("shop.yml:5: `sink.token_file`: the file cannot be read"));
  const auto recipe = Parse(yaml, true);
  ASSERT_TRUE(recipe.ok()) << recipe.status();
  EXPECT_FALSE(recipe->Says("sink.token"));
  EXPECT_THAT(Parse(std::string(kSource) + "  password_file: nowhere\n", true).status().message(),
              HasSubstr("`source.password_file`: the file cannot be read"));
  EXPECT_EQ(Parse(std::string(kSource) + "sink: {token_file: db.secret}\n", true)->Text("sink.token"), "from a file");
}

TEST(Recipe, AMistakeNamesItsPlaceAndWhatWasMeant) {
  const std::pair<std::string, std::string> kCases[] = {
      {"  hots: db\n", "shop.yml:4: there is no key `source.hots`; did you mean `source.host`?"},
      {"host: db\n", "shop.yml:4: there is no key `host`; did you mean `source.host`?"},
      {"  password_fiel: x\n", "did you mean `source.password_file`?"},
      {"scop:\n  tables: {include: a}\n", "shop.yml:4: there is no key `scop`; did you mean `scope`?"},
      {"  port: 0\n", "shop.yml:4: `source.port`: expected a whole number, 1 to 65535"},
      {"  port: [1]\n", "`source.port`: expected one value, not a list"},
      {"  sslmode: sometimes\n", "`source.sslmode`: expected one of disable, require"},
      {"  host: {a: b}\n", "`source.host`: expected a value"},
      {"scope: all\n", "`scope`: expected `key: value` lines below it"},
      {"  host: a\n  host: b\n", "line 5: `source.host` for a second time"},
      {"  password: a\n  password_file: db.secret\n", "`source.password` is said already"},
      {"  password_file: nowhere\n", "`source.password_file`: the file cannot be read"},
      {"  host: ${NOWHERE}\n", "`source.host`: the environment variable NOWHERE is not set"},
      {"  host: ${open\n", "expected ${NAME} of an environment variable"},
      {"removal: {enabled: maybe}\n", "`removal.enabled`: expected true or false"},
      {"  host: &a b\nnamespace: *a\n", "line 5: an alias; aliases are not taken"},
      {"  host: \"a\n", "shop.yml: line"},
      {"---\na: b\n", "more than one document"},
  };
  for (const auto& [yaml, told] : kCases) EXPECT_THAT(Told(kSource + yaml), HasSubstr(told)) << yaml;
  EXPECT_THAT(Told("source: {type: postgress, name: x}\n"), HasSubstr("did you mean postgres?"));
  EXPECT_THAT(Told("source: {type: postgres}\n"), HasSubstr("`source.name` is missing"));
  EXPECT_THAT(Told(""), HasSubstr("is missing"));
  EXPECT_THAT(Told("- a\n"), HasSubstr("line 1: a list where none may stand"));
}

TEST(Recipe, NoErrorHoldsASecret) {
  for (const char* yaml : {"  password: [hunter2]\n", "  password: {hunter2: x}\n", "  password: \"hunter2\n  x\n",
                           "  password: ${hunter2\n"}) {
    const std::string told = Told(kSource + std::string(yaml));
    EXPECT_NE(told, "ok") << yaml;
    EXPECT_THAT(told, Not(HasSubstr("hunter2")));
  }
}

TEST(Recipe, WhatGrowsIsRefused) {
  std::string bomb = "a: &a [x, x]\n";
  for (char c = 'b'; c < 'z'; ++c)
    bomb += std::string(1, c) + ": &" + c + " [*" + char(c - 1) + ", *" + char(c - 1) + "]\n";
  EXPECT_THAT(Told(bomb), HasSubstr("alias"));
  EXPECT_NE(Told(std::string(100'000, '[')), "ok");
  EXPECT_NE(Told(std::string(100'000, '{')), "ok");
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += std::string(static_cast<size_t>(i), ' ') + "a:\n";
  EXPECT_NE(Told(deep), "ok");
  EXPECT_THAT(Told(std::string((1 << 20) + 1, '#')), HasSubstr("more than 1 MiB"));
}

TEST(RecipeKeys, TheSchemaAndTheTableTellEveryKey) {
  const std::string schema = JsonSchemaOf("A recipe", Keys());
  EXPECT_THAT(schema, HasSubstr(R"("password_file": {"type": "string")"));
  EXPECT_THAT(schema, HasSubstr(R"("minimum": 1, "maximum": 65535)"));
  EXPECT_THAT(schema, HasSubstr(R"("enum": ["disable", "require"])"));
  EXPECT_THAT(schema, HasSubstr(R"("additionalProperties": false)"));
  EXPECT_THAT(MarkdownOf(Keys()), HasSubstr("| `source.password`, `source.password_file` | secret |  |"));
}

TEST(NameFilter, PatternsAreFlushRight) {
  const auto takes = [](const std::string& pattern, const std::vector<std::string>& name) {
    const auto filter = NameFilter::Make(3, {pattern}, {});
    EXPECT_TRUE(filter.ok()) << filter.status();
    return filter.ok() && filter->Takes(name);
  };
  const std::vector<std::string> orders = {"shop", "public", "orders_2024"};
  EXPECT_TRUE(takes("orders_*", orders));
  EXPECT_TRUE(takes("public.*", orders));
  EXPECT_TRUE(takes("shop.public.orders_????", orders));
  EXPECT_TRUE(takes("*.*.*", orders));
  EXPECT_FALSE(takes("shop.*", orders)) << "the schema is not shop";
  EXPECT_FALSE(takes("orders", orders));
  EXPECT_TRUE(takes("\"a.b\".*", {"shop", "a.b", "t"}));
  EXPECT_TRUE(takes("일?", {"shop", "public", "일별"})) << "one letter, not one byte";
  EXPECT_TRUE(takes("\"*\"", {"d", "s", "*"}));
  EXPECT_FALSE(takes("\"*\"", {"d", "s", "x"}));
  EXPECT_FALSE(NameFilter::Make(2, {"a.b.c"}, {}).ok());
  EXPECT_FALSE(NameFilter::Make(2, {"\"a"}, {}).ok());
  EXPECT_FALSE(NameFilter::Make(2, {"a..b"}, {}).ok());
  const auto both = NameFilter::Make(1, {"a*"}, {"ab*"});
  EXPECT_TRUE(both->Takes({"ac"}));
  EXPECT_FALSE(both->Takes({"abc"}));
  EXPECT_FALSE(both->Takes({"b"}));
}

TEST(Names, LevelsWithDotsAndQuotesAreReadBack) {
  const std::vector<std::vector<std::string>> kNames = {
      {"shop", "public", "orders"}, {"a.b", "c\"d", "e"}, {"\"", "\"\"", "."}, {"일별 매출", "😀", "x y"}};
  for (const auto& levels : kNames) {
    const auto read = LevelsOfName(NameOfLevels(levels));
    ASSERT_TRUE(read.ok()) << NameOfLevels(levels);
    EXPECT_EQ(*read, levels);
  }
  EXPECT_EQ(NameOfLevels({"shop", "a.b", "t"}), "shop.\"a.b\".t");
}

TEST(Text, IsMendedAndCutBetweenLetters) {
  EXPECT_EQ(Mended("ok", 10), "ok");
  EXPECT_EQ(Mended("일별", 4), "일");
  EXPECT_EQ(Mended("a\xFF"
                   "b",
                   10),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(Mended(std::string("a\0b", 3), 10),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(JsonQuoted("a\"\\\n\x01"), R"("a\"\\\n\u0001")");
  EXPECT_EQ(ShellQuoted("it's"), R"('it'\''s')");
}

}  // namespace
}  // namespace cadastre::ingest
