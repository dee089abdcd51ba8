// Crawls of a project that changes: what is missing, partial, cut or filtered takes nothing away.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ingest_dbt/dbt_world.h"

namespace cadastre::ingest_dbt {
namespace {

using catalog::v1::Aspect;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DbtCrawlTest : public DbtWorld {
 protected:
  // Takes the model `forecast`, which nothing depends on, out of the manifest, but for what `kept` names.
  void DropForecast() const {
    std::string text = ShopArtefact("manifest.json");
    const size_t at = text.find("  \"model.shop.forecast\": {");
    text.erase(at, text.find('\n', at) + 1 - at);
    Write("manifest.json", With(text, R"("model.shop.forecast": ["model.shop.revenue_daily"],)", ""));
  }
  void NothingIsTakenBack() const {
    for (const auto& request : catalog_.recorded) {
      for (const auto& object : request.objects()) {
        for (const auto& aspect : object.aspects()) {
          if (!aspect.withdraw()) continue;
          EXPECT_THAT(aspect.aspect().value_case(),
                      testing::Not(AnyOf(Aspect::kSchema, Aspect::kQualityResults, Aspect::kFreshness, Aspect::kVolume,
                                         Aspect::kDefinition, Aspect::kFacet, Aspect::kDatasetType)))
              << object.asset().name();
        }
      }
    }
  }
};

TEST_F(DbtCrawlTest, WhatIsGoneFromAWholeManifestIsMissedThenDropped) {
  EXPECT_EQ(Run().code, ingest::kDone);
  DropForecast();
  ingest::RunReport report = Run(Yaml("", "removal: {scope_percent: 50, run_percent: 50}\n"));
  EXPECT_EQ(report.code, ingest::kDone) << report.reason;
  EXPECT_EQ(report.outcome.scopes.at("shop.model").missed(), 2) << "the table and its job";
  report = Run(Yaml("", "removal: {scope_percent: 50, run_percent: 50}\n"));
  EXPECT_EQ(report.outcome.scopes.at("shop.model").dropped(), 2);
}

TEST_F(DbtCrawlTest, ADisabledNodeIsGoneByIntentAndNoMistake) {
  Run();
  std::string text = ShopArtefact("manifest.json");
  Write("manifest.json", text);
  DropForecast();
  Change("manifest.json", R"("disabled": {)", R"("disabled": {"model.shop.forecast": [{}],)");
  Change("manifest.json", R"("nodes": ["model.shop.revenue_daily", "metric.shop.revenue"])",
         R"("nodes": ["model.shop.revenue_daily", "model.shop.forecast"])");
  const ingest::RunReport report = Run(Yaml("", "removal: {scope_percent: 50, run_percent: 50}\n"));
  EXPECT_EQ(report.code, ingest::kDone) << report.reason;
  EXPECT_EQ(report.outcome.scopes.at("shop.model").missed(), 2);
  EXPECT_TRUE(At("dashboard:dbt#exposure.shop.revenue_dashboard").inputs_stated());
}

TEST_F(DbtCrawlTest, APartOfAProjectMissesNothing) {
  Run();
  const std::string whole = ShopArtefact("manifest.json");
  struct Case {
    const char* what;
    std::function<void()> change;
    const char* reason;
  };
  const Case kCases[] = {
      {"of dbt test", [&] { Change("run_results.json", R"("which": "build")", R"("which": "test")"); }, "dbt test"},
      {"of chosen nodes", [&] { Change("run_results.json", R"("select": [])", R"("select": ["stg_orders+"])"); },
       "chosen nodes"},
      {"without what was excluded", [&] { Change("run_results.json", R"("exclude": [])", R"("exclude": ["tag:x"])"); },
       "chosen nodes"},
      {"without parent_map", [&] { Change("manifest.json", R"("parent_map")", R"("parents")"); }, "parent_map"},
      {"with a node that is not there",
       [&] { Change("manifest.json", R"("parent_map": {)", R"("parent_map": {"model.shop.elsewhere": [],)"); },
       "model.shop.elsewhere"},
      {"with a node that cannot be read",
       [&] { Change("manifest.json", R"("nodes": {)", R"("nodes": {"model.shop.bad": 7,)"); }, "1 of its nodes"},
  };
  for (const Case& one : kCases) {
    catalog_.Forget();
    DropForecast();
    Write("run_results.json", ShopArtefact("run_results.json"));
    one.change();
    const ingest::RunReport report = Run(Yaml("", "removal: {scope_percent: 100, run_percent: 100}\n"));
    EXPECT_EQ(report.code, ingest::kSomeFailed) << one.what;
    EXPECT_THAT(catalog_.missing, IsEmpty()) << one.what;
    EXPECT_EQ(report.outcome.scopes.at("shop.model").state(), ingest::v1::SCOPE_STATE_PARTIAL) << one.what;
    EXPECT_EQ(report.outcome.scopes.at("packages").state(), ingest::v1::SCOPE_STATE_PARTIAL) << one.what;
    EXPECT_THAT(report.outcome.scopes.at("shop.model").reason(), HasSubstr(one.reason)) << one.what;
  }
  Write("manifest.json", whole);
}

TEST_F(DbtCrawlTest, ResultsOfAnotherInvocationSayNothingOfTheManifest) {
  Change("run_results.json", R"("which": "build")", R"("which": "test")");
  Change("run_results.json", "000000000001", "000000000002");
  EXPECT_EQ(Run().code, ingest::kDone);
}

TEST_F(DbtCrawlTest, AModelWithoutItsDependenciesKeepsItsLineage) {
  Change("manifest.json", R"(, "depends_on": {"macros": [], "nodes": ["model.shop.fct_orders"]})", "");
  const ingest::RunReport report = Run();
  EXPECT_EQ(report.code, ingest::kSomeFailed);
  EXPECT_FALSE(Job("model.shop.revenue_daily").inputs_stated());
  EXPECT_TRUE(Job("model.shop.revenue_daily").outputs_stated());
  EXPECT_TRUE(Job("model.shop.fct_orders").inputs_stated()) << "of the others nothing is missing";
  EXPECT_EQ(report.outcome.scopes.at("shop.model").state(), ingest::v1::SCOPE_STATE_PARTIAL);
  EXPECT_EQ(report.outcome.scopes.at("shop.snapshot").state(), ingest::v1::SCOPE_STATE_COMPLETE);
}

TEST_F(DbtCrawlTest, AModelThatDependsOnWhatIsNotThereKeepsItsLineage) {
  Change("manifest.json", R"("nodes": ["model.shop.fct_orders"]})", R"("nodes": ["model.shop.elsewhere"]})");
  Run();
  EXPECT_FALSE(Job("model.shop.revenue_daily").inputs_stated());
  EXPECT_THAT(PropertiesOf(Job("model.shop.revenue_daily")).at("reads"), HasSubstr("model.shop.elsewhere"));
}

TEST_F(DbtCrawlTest, FilesThatAreNotThereTodayTakeNothingBack) {
  Run();
  for (const char* name : {"catalog.json", "run_results.json", "sources.json"}) Remove(name);
  // As `dbt parse` leaves it: nothing is compiled.
  Change("manifest.json", R"(, "compiled": true, "compiled_code": "select 1")", "");
  catalog_.Forget();
  const ingest::RunReport report = Run();
  EXPECT_EQ(report.code, ingest::kDone) << report.reason;
  EXPECT_GT(catalog_.recorded.size(), 0U);
  NothingIsTakenBack();
}

TEST_F(DbtCrawlTest, WhatTheRecipeLeavesOutIsNotGone) {
  Run();
  const ingest::RunReport report =
      Run(Yaml("",
               "scope: {packages: {exclude: [calendar]}, nodes: {exclude: ['shop.stg_*', mailer]}}\n"
               "removal: {scope_percent: 100, run_percent: 100}\n"));
  EXPECT_EQ(report.code, ingest::kDone) << report.reason;
  EXPECT_THAT(catalog_.missing, IsEmpty());
  EXPECT_EQ(NamesOf(Job("model.shop.fct_orders").inputs()),
            "shop.dbt_seeds.countries shop.dbt_stg.stg_customers shop.dbt_stg.stg_orders")
      << "what is left out is still read";
}

TEST_F(DbtCrawlTest, AModelThatMovesIsTheSameJobAndAnotherTable) {
  const std::string build = ", job_names: build";
  Run(Yaml(build));
  EXPECT_TRUE(Has("job:dbt#shop.dbt_marts.shop.fct_orders.build.run"));
  EXPECT_TRUE(Has("job:dbt#shop.snap.shop.customers_snapshot.build.snapshot"));
  EXPECT_FALSE(Has("job:dbt#shop.dbt_seeds.shop.countries.build.run")) << "no event of that mode tells of seeds";
  std::string text = ShopArtefact("manifest.json");
  for (size_t at = 0; (at = text.find("dbt_marts", at)) != std::string::npos; at += 5) text.replace(at, 9, "prod");
  Write("manifest.json", text);
  const ingest::RunReport report = Run(Yaml(build, "removal: {scope_percent: 100, run_percent: 100}\n"));
  EXPECT_EQ(report.outcome.scopes.at("shop.model").renamed(), 3);
  EXPECT_EQ(Job("shop.prod.shop.fct_orders.build.run").renamed_from().name(),
            "shop.dbt_marts.shop.fct_orders.build.run");
  EXPECT_TRUE(Has("dataset:postgres://db:5432#shop.dbt_marts.fct_orders")) << "dbt renames no table, it makes another";
  EXPECT_FALSE(Table("prod.fct_orders").has_renamed_from());
}

}  // namespace
}  // namespace cadastre::ingest_dbt
