// Names, scopes and what of a view's columns is certain; the crawl itself is tried on a real server
// (tests/integration/doors_ingest_postgres).
#include "ingestors/postgres/postgres_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "ingestors/postgres/postgres.h"
#include "ingestors/postgres/view_columns.h"
#include "tests/support/paths.h"

namespace cadastre::ingest_postgres {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::StatusOr<PostgresNames> Names(const std::string& yaml) {
  const ingest::SourceType type = PostgresType();
  const auto recipe = ingest::ParseRecipe(
      "r.yml", yaml, {"postgres"}, [&](std::string_view) { return type.keys; },
      {[](const std::string&) { return std::nullopt; },
       [](const std::string&) -> absl::StatusOr<std::string> { return absl::NotFoundError("none"); }});
  if (!recipe.ok()) return recipe.status();
  return PostgresNames::Of(*recipe);
}

TEST(PostgresNames, AreThoseOfTheNamingSpec) {
  const auto names = Names("source: {type: postgres, name: n, host: db.example.com, port: 5433}\n");
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_EQ(names->ns(), "postgres://db.example.com:5433");
  EXPECT_EQ(names->AssetOf({"shop", "public", "orders"}).ShortDebugString(),
            R"(kind: "dataset" namespace: "postgres://db.example.com:5433" name: "shop.public.orders")");
  EXPECT_EQ(names->AssetOf({"shop", "a.b"}).name(), "shop.\"a.b\"");
  EXPECT_EQ(Names("source: {type: postgres, name: n, host: '::1'}\n")->ns(), "postgres://[::1]:5432");
  EXPECT_THAT(Names("source: {type: postgres, name: n, host: /run/postgresql}\n").status().ToString(),
              HasSubstr("`namespace`: expected a name for the server"));
}

TEST(PostgresNames, ScopesStandOneAboveTheOther) {
  const auto names = Names("source: {type: postgres, name: n, host: db}\n");
  EXPECT_EQ(names->ScopeAbove(names->ScopeOf({"shop", "a.b"})), "shop");
  EXPECT_EQ(names->ScopeAbove("shop"), "postgres://db:5432");
  EXPECT_EQ(names->ScopeAbove("postgres://db:5432"), "");
}

TEST(PostgresNames, CoverWhatTheRecipeTakes) {
  const auto names = Names(
      "source: {type: postgres, name: n, host: db, databases: [shop, 'stage_*']}\n"
      "scope: {schemas: {exclude: [attic]}, tables: {include: ['shop.public.*', 'stage_*.*.*'], exclude: [tmp_*]}}\n");
  ASSERT_TRUE(names.ok()) << names.status();
  const auto covers = [&](const std::vector<std::string>& levels) { return names->Covers(names->AssetOf(levels)); };
  EXPECT_TRUE(covers({"shop"}));
  EXPECT_FALSE(covers({"other"}));
  EXPECT_TRUE(covers({"shop", "sales"}));
  EXPECT_FALSE(covers({"shop", "attic"}));
  EXPECT_TRUE(covers({"shop", "public", "orders"}));
  EXPECT_FALSE(covers({"shop", "public", "tmp_1"}));
  EXPECT_FALSE(covers({"shop", "sales", "orders"}));
  EXPECT_TRUE(covers({"stage_2", "sales", "orders"}));
  catalog::v1::AssetRef elsewhere = names->AssetOf({"shop", "public", "orders"});
  elsewhere.set_namespace_("postgres://other:5432");
  EXPECT_FALSE(names->Covers(elsewhere)) << "the recipe's namespace was another";
  EXPECT_THAT(
      Names("source: {type: postgres, name: n, host: db}\nscope: {schemas: {include: [a.b.c]}}\n").status().ToString(),
      HasSubstr("r.yml:2: `scope.schemas.include`: expected patterns"));
}

TEST(Guide, TellsEveryKeyOfARecipe) {
  std::stringstream guide;
  guide << std::ifstream(testing_support::SourcePath("docs/ingest.md")).rdbuf();
  std::vector<ingest::RecipeKey> keys = ingest::CommonKeys();
  keys.insert(keys.end(), PostgresType().keys->begin(), PostgresType().keys->end());
  EXPECT_THAT(guide.str(), HasSubstr(ingest::MarkdownOf(keys)))
      << "put what `cadastre-ingest schema postgres --markdown` prints into docs/ingest.md";
}

TEST(ViewColumns, PlainReferencesOfTheViewsOwnQueryAlone) {
  EXPECT_THAT(
      ColumnOriginsOf(
          "({QUERY :commandType 1 :rtable ({RTE :subquery {QUERY :targetList ({TARGETENTRY :expr {VAR :varno 1} "
          ":resno 1 :resname deep :ressortgroupref 0 :resorigtbl 7 :resorigcol 7 :resjunk false})}}) "
          ":targetList ({TARGETENTRY :expr {VAR :varno 1} :resno 1 :resname id :ressortgroupref 0 :resorigtbl 16385 "
          ":resorigcol 2 :resjunk false} {TARGETENTRY :expr {OPEXPR :args ({CONST})} :resno 2 :resname a\\}b "
          ":ressortgroupref 0 :resorigtbl 0 :resorigcol 0 :resjunk false} {TARGETENTRY :expr {VAR} :resno 3 "
          ":resname hidden :ressortgroupref 1 :resorigtbl 16385 :resorigcol 3 :resjunk true})})"),
      ElementsAre(ColumnOrigin{1, 16385, 2}));
  for (const char* text : {"", "({QUERY", "}}}}", "{TARGETENTRY", "\\", "({QUERY :targetList ({TARGETENTRY"}) {
    EXPECT_THAT(ColumnOriginsOf(text), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace cadastre::ingest_postgres
