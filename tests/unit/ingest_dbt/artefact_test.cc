// Names, versions, and files of every kind of wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ingest_dbt/dbt_world.h"

#include "ingestors/dbt/artefact.h"
#include "ingestors/dbt/dbt_names.h"
#include "ingestors/dbt/manifest.h"
#include "ingestors/dbt/outcomes.h"

namespace cadastre::ingest_dbt {
namespace {

using ::testing::HasSubstr;

class ArtefactTest : public DbtWorld {
 protected:
  static absl::StatusOr<DbtNames> Names(const std::string& ns, const std::string& source = "") {
    const auto recipe =
        Parsed(base::Cat("source: {type: dbt, name: n", source, "}\n", ns.empty() ? "" : base::Cat("namespace: ", ns)));
    if (!recipe.ok()) return recipe.status();
    return DbtNames::Of(*recipe);
  }
  static Node Model(const std::string& database, const std::string& schema, const std::string& identifier) {
    Node node;
    node.id = "model.shop.orders";
    node.kind = NodeKind::kModel;
    node.database = database;
    node.schema = schema;
    node.identifier = identifier;
    return node;
  }
};

TEST_F(ArtefactTest, TablesAreNamedAsTheNamingSpecHasThem) {
  const auto postgres = Names("postgres://db:5432");
  ASSERT_TRUE(postgres.ok()) << postgres.status();
  EXPECT_EQ(postgres->TableOf(Model("shop", "public", "orders")).ShortDebugString(),
            R"(kind: "dataset" namespace: "postgres://db:5432" name: "shop.public.orders")");
  EXPECT_EQ(postgres->TableOf(Model("shop", "a.b", "c\"d")).name(), R"(shop."a.b"."c""d")")
      << "as a crawl of the server names them";
  EXPECT_EQ(Names("spark://host:10001")->TableOf(Model("", "sales", "orders")).name(), "sales.orders");
  EXPECT_EQ(Names("spark://host:10001")->SchemaOf(Model("", "sales", "orders"))->name(), "sales");
  EXPECT_FALSE(Names("spark://host:10001")->SchemaOf(Model("", "", "orders")).has_value());
  EXPECT_EQ(Names("bigquery")->TableOf(Model("example.com:proj", "set", "orders")).name(),
            "example.com:proj.set.orders");
  EXPECT_EQ(Names("snowflake://org-acct", ", letters: upper")->TableOf(Model("Shop", "public", "orders")).name(),
            "SHOP.PUBLIC.ORDERS");
  EXPECT_EQ(Names("snowflake://org-acct")->TableOf(Model("Shop", "public", "orders")).name(), "Shop.public.orders");
  EXPECT_EQ(postgres->TableOf(Model("shop", "public", "")).name(), "") << "a schema's name is no table's";
  EXPECT_THAT(Names("").status().ToString(), HasSubstr("r.yml: `namespace`: expected the warehouse's"));
}

TEST_F(ArtefactTest, JobsAreNamedAsDbtsEventsNameThem) {
  const Node model = Model("shop", "dbt_stg", "orders");
  EXPECT_EQ(Names("bigquery")->JobOf(model)->ShortDebugString(),
            R"(kind: "job" namespace: "dbt" name: "model.shop.orders")");
  EXPECT_EQ(Names("bigquery", ", job_names: build, job_namespace: nightly")->JobOf(model)->ShortDebugString(),
            R"(kind: "job" namespace: "nightly" name: "shop.dbt_stg.shop.orders.build.run")");
  EXPECT_EQ(Names("bigquery", ", job_names: run")->JobOf(model)->name(), "shop.dbt_stg.shop.orders");
}

TEST_F(ArtefactTest, NamespacesHaveTheFormOfTheirAdapter) {
  EXPECT_EQ(Names("postgres://db:5432")->UsualNamespace("postgres"), "");
  EXPECT_EQ(Names("postgres://db:5432")->UsualNamespace("redshift"), "redshift://HOST:PORT");
  EXPECT_EQ(Names("bigquery://proj")->UsualNamespace("bigquery"), "bigquery");
  EXPECT_EQ(Names("what")->UsualNamespace("of an adapter nobody knows"), "");
}

TEST_F(ArtefactTest, ManifestsOfV9ToV12AreRead) {
  for (const int version : {9, 10, 11, 12}) {
    Write("manifest.json",
          With(ShopArtefact("manifest.json"), "manifest/v12.json", base::Cat("manifest/v", version, ".json")));
    EXPECT_EQ(Run().code, ingest::kDone) << version;
  }
  const struct {
    const char *file, *from, *to, *told;
  } kWrong[] = {
      {"manifest.json", "manifest/v12.json", "manifest/v8.json",
       "/manifest.json: expected dbt's manifest v9 to v12, found v8 (dbt 1.10.23)"},
      {"manifest.json", "manifest/v12.json", "manifest/v13.json", "expected dbt's manifest v9 to v12, found v13"},
      {"manifest.json", "manifest/v12.json", "manifest/v99999999999.json", "found https://schemas.getdbt.com/"},
      {"manifest.json", "manifest/v12.json", "catalog/v1.json", "found https://schemas.getdbt.com/dbt/catalog/v1.json"},
      {"manifest.json", "dbt_schema_version", "schema", "found nothing that says so"},
      {"catalog.json", "catalog/v1.json", "catalog/v2.json", "/catalog.json: expected dbt's catalog v1, found v2"},
      {"run_results.json", "run-results/v6.json", "run-results/v3.json",
       "/run_results.json: expected dbt's run-results v4 to v6, found v3"},
      {"sources.json", "sources/v3.json", "sources/v2.json", "/sources.json: expected dbt's sources v3, found v2"},
  };
  for (const auto& one : kWrong) {
    for (const char* name : {"manifest.json", "catalog.json", "run_results.json", "sources.json"}) {
      Write(name, ShopArtefact(name));
    }
    Change(one.file, one.from, one.to);
    const ingest::RunReport report = Run();
    EXPECT_EQ(report.code, ingest::kSourceOrLogin) << one.to;
    EXPECT_THAT(report.reason, HasSubstr(one.told));
    EXPECT_THAT(report.reason, HasSubstr(folder_.path()));
  }
}

TEST_F(ArtefactTest, AFileThatIsNoneEndsTheRunAndTakesNothing) {
  Run();
  const std::string deep = base::Cat(R"({"a": )", std::string(500, '['), std::string(500, ']'), "}");
  const std::string kWrong[] = {"",
                                "nul",
                                "[]",
                                "7",
                                "{",
                                "\xff\xfe",
                                R"({"a": 1e999})",
                                R"({"a": "\ud800"})",
                                deep,
                                ShopArtefact("manifest.json").substr(0, 9'000)};
  for (const char* file : {"manifest.json", "catalog.json", "run_results.json", "sources.json"}) {
    for (const std::string& text : kWrong) {
      Write(file, text);
      catalog_.Forget();
      const ingest::RunReport report = Run();
      EXPECT_EQ(report.code, ingest::kSourceOrLogin) << file << ": " << text.substr(0, 20);
      EXPECT_THAT(report.reason, HasSubstr(base::Cat(folder_.path(), "/", file, ": expected")));
      EXPECT_TRUE(catalog_.recorded.empty() && catalog_.missing.empty());
    }
    Write(file, ShopArtefact(file));
  }
  Remove("manifest.json");
  EXPECT_THAT(Run().reason, HasSubstr("/manifest.json: there is no such file"));
  EXPECT_THAT(Run(Yaml(", manifest: /proc/self")).reason, HasSubstr("/proc/self: expected a file"));
  Write("manifest.json", ShopArtefact("manifest.json"));
  EXPECT_THAT(Run(Yaml(", catalog: /nowhere/catalog.json")).reason,
              HasSubstr("/nowhere/catalog.json: there is no such file"))
      << "what the recipe names must be there";
}

TEST_F(ArtefactTest, NodesOfAnotherShapeHarmNoOther) {
  const char* kOdd[] = {
      R"("model.shop.odd": {"resource_type": "model", "package_name": 7, "name": [], "columns": [1], "config": "x", "tags": {}, "depends_on": []},)",
      R"("model.shop.odd": {"resource_type": "model", "name": "a\u0000b", "schema": "s", "columns": {"c\u0000": {"description": "d"}}, "depends_on": {"nodes": []}},)",
      R"("model.shop.odd": {"meta": {"owner": [{"name": null}, 7, {"email": ["a", "b"]}]}, "tags": "one", "config": {"meta": []}},)",
      R"("test.shop.odd": {"resource_type": "test", "config": {"severity": 3}, "test_metadata": [], "attached_node": {}},)",
      R"("": {}, "x": null,)",
  };
  for (const char* odd : kOdd) {
    Write("manifest.json", With(ShopArtefact("manifest.json"), R"("nodes": {)", base::Cat(R"("nodes": {)", odd)));
    catalog_.kept.clear();
    const ingest::RunReport report = Run();
    EXPECT_THAT(report.code, testing::AnyOf(ingest::kDone, ingest::kSomeFailed)) << odd << report.reason;
    EXPECT_EQ(TextOf(Table("dbt_marts.fct_orders")), "Order facts") << odd;
    EXPECT_LE(report.outcome.failed, 2) << odd;
  }
}

TEST_F(ArtefactTest, ManyEntriesAreBounded) {
  std::string tags, depends;
  for (int i = 0; i < 12'000; ++i) {
    tags += base::Cat(i == 0 ? "" : ", ", "\"t", i, "\"");
    depends += base::Cat(i == 0 ? "" : ", ", "\"model.shop.m", i, "\"");
  }
  const auto manifest = ParseManifest(
      "m.json", With(ShopArtefact("manifest.json"), R"("nodes": {)",
                     base::Cat(R"("nodes": {"model.shop.many": {"resource_type": "model", "name": "many", "tags": [)",
                               tags, R"(], "description": ")", std::string(100'000, 'x'),
                               R"(", "depends_on": {"nodes": [)", depends, "]}},")));
  ASSERT_TRUE(manifest.ok()) << manifest.status();
  const Node& node = manifest->nodes.at("model.shop.many");
  EXPECT_EQ(node.tags.size(), kEntriesMax);
  EXPECT_EQ(node.description.size(), kTextBytesMax);
  EXPECT_EQ(node.dependencies.size(), kDependenciesMax);
  EXPECT_FALSE(node.dependencies_stated) << "a part of them would pass for all of them";
}

TEST_F(ArtefactTest, TestTellsWhatIsThereAndWhatIsMissing) {
  const auto told = [](const std::string& yaml) {
    const auto source = SourceOf(yaml);
    CHECK(source.ok()) << source.status().ToString();
    std::string out;
    const auto checks = (*source)->Test();
    CHECK(checks.ok()) << checks.status().ToString();
    for (const ingest::Check& check : *checks) {
      out += base::Cat(check.ok ? "ok " : "missing ", check.what, ": ", check.told, "\n");
    }
    return out;
  };
  const std::string all = told(Yaml());
  EXPECT_THAT(all, HasSubstr("/manifest.json: v12 of dbt 1.10.23, "));
  EXPECT_THAT(all, HasSubstr("ok the manifest is of the whole project: shop and its packages\n"));
  EXPECT_THAT(all, HasSubstr("ok namespace for postgres: postgres://db:5432\n"));
  EXPECT_THAT(all, HasSubstr("ok name the tables: 11 that the recipe takes\n"));
  EXPECT_THAT(all, testing::Not(HasSubstr("missing")));

  Change("run_results.json", R"("which": "build")", R"("which": "generate")");
  Change("manifest.json", R"("adapter_type": "postgres")", R"("adapter_type": "snowflake")");
  Change("manifest.json", R"("parent_map")", R"("parents")");
  Change("manifest.json", R"("alias": "stg_orders")", base::Cat(R"("alias": ")", std::string(1'500, 'x'), "\""));
  Write("catalog.json", "{");
  Remove("sources.json");
  const std::string some = told(Yaml());
  EXPECT_THAT(some, HasSubstr("missing read " + folder_.path() + "/catalog.json: " + folder_.path() +
                              "/catalog.json: expected JSON"));
  EXPECT_THAT(some, HasSubstr("ok read " + folder_.path() + "/sources.json: it is not there: the freshness"));
  EXPECT_THAT(some, HasSubstr("run_results.json: none: it is that of `dbt generate`"));
  EXPECT_THAT(some, HasSubstr("missing the manifest is of the whole project"));
  EXPECT_THAT(
      some,
      HasSubstr(
          "ok namespace for snowflake: postgres://db:5432, where others would say snowflake://ORGANIZATION-ACCOUNT\n"));
  EXPECT_THAT(some, HasSubstr("missing name the tables: model.shop.stg_orders: "));
}

TEST(Guide, TellsEveryKeyOfARecipeForDbt) {
  std::stringstream guide;
  guide << std::ifstream(testing_support::SourcePath("docs/ingest.md")).rdbuf();
  EXPECT_THAT(guide.str(), HasSubstr(ingest::MarkdownOf(*DbtType().keys)))
      << "put what `cadastre-ingest schema dbt --markdown` prints besides the common keys into docs/ingest.md";
}

}  // namespace
}  // namespace cadastre::ingest_dbt
