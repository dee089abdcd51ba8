// What a project tells of its tables, jobs and exposures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ingest_dbt/dbt_world.h"

namespace cadastre::ingest_dbt {
namespace {

using catalog::v1::Aspect;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using ProjectTest = DbtWorld;

TEST_F(ProjectTest, EachTableIsOneAssetAndEachModelOneJob) {
  const ingest::RunReport report = Run();
  EXPECT_EQ(report.code, ingest::kDone) << report.reason;
  for (const auto& failure : report.outcome.failures) ADD_FAILURE() << failure.shown << ": " << failure.reason;
  std::vector<std::string> names;
  for (const auto& [key, kept] : catalog_.kept) names.push_back(key);
  const std::string table = "dataset:postgres://db:5432#shop.";
  EXPECT_THAT(
      names,
      UnorderedElementsAre(
          // A seed, and the source that reads it, are one table.
          table + "dbt_seeds.countries", table + "dbt_stg.stg_customers", table + "dbt_stg.stg_orders",
          table + "dbt_marts.fct_orders", table + "dbt_marts.revenue_daily", table + "dbt_marts.forecast",
          table + "dbt_util.dates", table + "snap.customers_snapshot", table + "raw.customers", table + "raw.orders",
          // By its identifier, which is what the warehouse has; dbt calls it `payments`.
          table + "raw.payments_v2", "job:dbt#seed.shop.countries", "job:dbt#model.shop.stg_customers",
          "job:dbt#model.shop.stg_orders", "job:dbt#model.shop.fct_orders", "job:dbt#model.shop.revenue_daily",
          "job:dbt#model.shop.forecast", "job:dbt#model.calendar.dates", "job:dbt#snapshot.shop.customers_snapshot",
          "dashboard:dbt#exposure.shop.revenue_dashboard", "job:dbt#exposure.shop.mailer"));
  for (const char* scope :
       {"packages", "shop.model", "shop.seed", "shop.snapshot", "shop.source", "shop.exposure", "calendar.model"}) {
    ASSERT_TRUE(report.outcome.scopes.contains(scope)) << scope;
    EXPECT_EQ(report.outcome.scopes.at(scope).state(), ingest::v1::SCOPE_STATE_COMPLETE) << scope;
  }
  EXPECT_EQ(Run().outcome.unchanged, static_cast<int64_t>(names.size())) << "the same files say the same";
}

TEST_F(ProjectTest, AJobLeadsFromItsInputsToItsTable) {
  Run();
  const Object& orders = Job("model.shop.fct_orders");
  EXPECT_EQ(NamesOf(orders.inputs()), "shop.dbt_seeds.countries shop.dbt_stg.stg_customers shop.dbt_stg.stg_orders")
      << "an ephemeral model is no table, and what it reads is read";
  EXPECT_EQ(NamesOf(orders.outputs()), "shop.dbt_marts.fct_orders");
  EXPECT_TRUE(orders.inputs_stated() && orders.outputs_stated());
  const Object& seed = Job("seed.shop.countries");
  EXPECT_TRUE(seed.inputs_stated());
  EXPECT_EQ(NamesOf(seed.inputs()), "") << "a file is no table";
  EXPECT_FALSE(Table("dbt_marts.fct_orders").inputs_stated()) << "its job says what it is made from";
  EXPECT_EQ(NamesOf(Job("exposure.shop.mailer").inputs()), "shop.raw.customers");
  EXPECT_EQ(NamesOf(At("dashboard:dbt#exposure.shop.revenue_dashboard").inputs()),
            "shop.dbt_marts.fct_orders shop.dbt_marts.revenue_daily")
      << "a metric is no table either";
}

TEST_F(ProjectTest, ModelsThatDependOnEachOtherEnd) {
  Change("manifest.json", R"("macros": [], "nodes": ["model.shop.stg_orders"])",
         R"("macros": [], "nodes": ["model.shop.stg_orders", "model.shop.paid_orders"])");
  EXPECT_EQ(Run().code, ingest::kDone);
  EXPECT_TRUE(Job("model.shop.fct_orders").inputs_stated());
}

TEST_F(ProjectTest, ColumnsComeFromTheWarehouseOrAContract) {
  Run();
  EXPECT_EQ(FieldsOf(Table("dbt_seeds.countries")), "code character(2)\nname text: as printed\n");
  EXPECT_EQ(FieldsOf(Table("raw.customers")), "id integer\nemail text: e-mail\ncreated_at timestamp with time zone\n");
  EXPECT_EQ(FieldsOf(Table("dbt_marts.revenue_daily")), "DAY date\nREVENUE numeric: Sum of amounts\n")
      << "the warehouse's letters";
  EXPECT_EQ(FieldsOf(Table("dbt_marts.fct_orders")),
            "order_id integer not null key: Order key\ncountry text\namount numeric: Paid, in CHF\n")
      << "a contract tells all columns";
  EXPECT_EQ(FieldsOf(Table("dbt_stg.stg_orders")), "") << "nobody knows them";
  const auto contract = AspectOf(Table("dbt_marts.fct_orders"), Aspect::kContract).contract();
  EXPECT_EQ(contract.format(), "dbt");
  EXPECT_EQ(contract.text(),
            "order_id integer not_null primary_key\ncountry text\namount numeric check (amount >= 0)\n");
  std::vector<std::string> texts;
  for (const auto& aspect : Table("dbt_marts.revenue_daily").aspects()) {
    if (aspect.has_column()) texts.push_back(aspect.column().path(0) + ": " + aspect.aspect().documentation().text());
  }
  EXPECT_THAT(texts, ElementsAre("REVENUE: Sum of amounts")) << "whoever tells the schema, the text stands";
}

TEST_F(ProjectTest, WhereTheWarehouseIsCrawledItselfDbtLeavesItsStructureAlone) {
  Run(Yaml(", structure: false"));
  for (const auto& [key, kept] : catalog_.kept) {
    EXPECT_FALSE(AspectOf(kept.object, Aspect::kSchema).has_schema()) << key;
    EXPECT_FALSE(AspectOf(kept.object, Aspect::kVolume).has_volume()) << key;
  }
}

TEST_F(ProjectTest, WhatATableIsCalledAndIn) {
  Run();
  const auto type = [&](const std::string& name) {
    return AspectOf(Table(name), Aspect::kDatasetType).dataset_type().type();
  };
  EXPECT_EQ(type("dbt_stg.stg_customers"), "VIEW");
  EXPECT_EQ(type("dbt_stg.stg_orders"), "VIEW");
  EXPECT_EQ(type("snap.customers_snapshot"), "TABLE");
  EXPECT_EQ(type("raw.orders"), "") << "nobody said";
  const auto container = AspectOf(Table("raw.orders"), Aspect::kContainer).container().container();
  EXPECT_EQ(container.kind() + ":" + container.namespace_() + "#" + container.name(),
            "container:postgres://db:5432#shop.raw");
  const auto volume = AspectOf(Table("dbt_seeds.countries"), Aspect::kVolume).volume();
  EXPECT_EQ(volume.rows(), 3);
  EXPECT_EQ(volume.bytes(), 8192);
}

TEST_F(ProjectTest, WhatPeopleSaidOfATable) {
  Run();
  const Object& orders = Table("dbt_marts.fct_orders");
  EXPECT_EQ(TextOf(orders), "Order facts");
  EXPECT_EQ(AspectOf(orders, Aspect::kDocumentation).documentation().content_type(), "text/markdown");
  EXPECT_EQ(TextOf(Table("dbt_seeds.countries")), "Countries we sell to");
  std::vector<std::string> owners, tags;
  const auto ownership = AspectOf(orders, Aspect::kOwnership);
  for (const auto& owner : ownership.ownership().owners()) owners.push_back(owner.owner() + "/" + owner.type());
  EXPECT_THAT(owners, ElementsAre("data-team/", "finance@example.org/group"));
  const auto stated = AspectOf(orders, Aspect::kTags);
  for (const auto& tag : stated.tags().tags()) tags.push_back(tag.field() + "/" + tag.key());
  EXPECT_THAT(tags, ElementsAre("/finance", "country/geo"));
  EXPECT_TRUE(AspectOf(Table("dbt_marts.revenue_daily"), Aspect::kDeprecation).deprecation().deprecated());
  const auto source = PropertiesOf(Table("raw.orders"));
  EXPECT_EQ(source.at("source"), "raw");
  EXPECT_EQ(source.at("loaded at"), "created_at");
  EXPECT_EQ(AspectOf(Table("raw.orders"), Aspect::kServiceLevel).service_level().freshness(),
            "warning after 12 hours, error after 1 day");
}

TEST_F(ProjectTest, HowATableIsMadeStandsAtItsJob) {
  Run();
  const Object& job = Job("model.shop.fct_orders");
  const auto type = AspectOf(job, Aspect::kJobType).job_type();
  EXPECT_EQ(type.integration() + " " + type.job_type() + " " + type.processing_type(), "DBT MODEL BATCH");
  EXPECT_EQ(AspectOf(job, Aspect::kDefinition).definition().sql(), "select 1");
  EXPECT_EQ(AspectOf(job, Aspect::kDefinition).definition().dialect(), "postgres");
  EXPECT_EQ(AspectOf(job, Aspect::kSourceLocation).source_location().path(), "models/fct_orders.sql");
  const auto properties = PropertiesOf(job);
  EXPECT_EQ(properties.at("materialized"), "table");
  EXPECT_EQ(properties.at("access"), "public");
  EXPECT_EQ(properties.at("meta.tier"), "1");
  EXPECT_EQ(properties.at("meta.sla"), R"({"hours":4})");
  EXPECT_EQ(properties.at("package"), "shop");
  EXPECT_THAT(PropertiesOf(Table("dbt_marts.fct_orders")), IsEmpty())
      << "properties at the table would take turns with a crawl of the warehouse";
  EXPECT_EQ(AspectOf(Job("model.shop.forecast"), Aspect::kSourceCode).source_code().language(), "python");
  EXPECT_FALSE(AspectOf(Job("model.shop.forecast"), Aspect::kDefinition).has_definition());
  const auto run = AspectOf(Job("model.shop.revenue_daily"), Aspect::kFacet).facet();
  EXPECT_EQ(run.name(), "dbt_last_run");
  EXPECT_THAT(run.json(), HasSubstr(R"("status": "error")"));
  EXPECT_THAT(run.json(), HasSubstr(R"("message": "Database Error in model revenue_daily\n  division by zero")"));
}

TEST_F(ProjectTest, AnExposureIsWhatItIs) {
  Run();
  const Object& board = At("dashboard:dbt#exposure.shop.revenue_dashboard");
  EXPECT_EQ(TextOf(board), "What the board looks at");
  EXPECT_EQ(AspectOf(board, Aspect::kDisplayName).display_name().name(), "Revenue");
  EXPECT_EQ(AspectOf(board, Aspect::kLinks).links().links(0).url(), "https://bi.example.org/d/1");
  EXPECT_EQ(AspectOf(board, Aspect::kOwnership).ownership().owners(0).owner(), "ann@example.org");
  EXPECT_EQ(PropertiesOf(board).at("maturity"), "high");
  const Object& mailer = Job("exposure.shop.mailer");
  EXPECT_FALSE(AspectOf(mailer, Aspect::kLinks).has_links()) << "no page offers a script";
  EXPECT_EQ(AspectOf(mailer, Aspect::kOwnership).ownership().owners(0).owner(), "Crew");
}

std::string Shown(const catalog::v1::QualityResults& results) {
  std::string out;
  for (const auto& one : results.results()) {
    out += base::Cat(one.assertion(), "(", one.column(), ") ", one.success() ? "holds" : "fails", " ", one.severity(),
                     one.actual().empty() ? "" : base::Cat(" ", one.actual(), " of ", one.expected()), "\n");
  }
  return out;
}

TEST_F(ProjectTest, AFailedTestIsAFailedCheck) {
  Run();
  const auto orders = AspectOf(Table("dbt_marts.fct_orders"), Aspect::kQualityResults).quality_results();
  EXPECT_EQ(Shown(orders),
            "accepted_values(country) fails warn 12 of > 10\n"
            "not_null(order_id) fails error 3 of 0\n"
            "relationships(country) fails error\n"
            "unique(order_id) holds error 0 of 0\n")
      << "a test that names two tables is one of the table it stands at";
  EXPECT_EQ(orders.results(1).name(), "not_null_fct_orders_order_id");
  EXPECT_EQ(orders.results(1).description(), "Got 3 results, configured to fail if != 0");
  EXPECT_THAT(orders.results(1).content(), HasSubstr("2026-11-21T04:40:39"));
  EXPECT_EQ(Shown(AspectOf(Table("dbt_marts.revenue_daily"), Aspect::kQualityResults).quality_results()),
            "revenue_not_negative() holds error 0 of 0\n")
      << "a test that was skipped has no outcome";
}

TEST_F(ProjectTest, FreshnessIsWhatWasLookedAt) {
  Run();
  EXPECT_EQ(AspectOf(Table("raw.orders"), Aspect::kFreshness).freshness().updated_at().seconds(), 1'795'214'400);
  EXPECT_EQ(Shown(AspectOf(Table("raw.orders"), Aspect::kQualityResults).quality_results()),
            "freshness() holds error 21600.00 s old of warning after 12 hours, error after 1 day\n"
            "not_null(id) holds error 0 of 0\n");
  const auto payments = AspectOf(Table("raw.payments_v2"), Aspect::kQualityResults).quality_results();
  EXPECT_EQ(Shown(payments), "freshness() fails error\n");
  EXPECT_THAT(payments.results(0).description(), HasSubstr("does not exist"));
  EXPECT_TRUE(AspectOf(Table("dbt_marts.fct_orders"), Aspect::kFreshness).has_freshness()) << "it was written";
  EXPECT_FALSE(AspectOf(Table("dbt_marts.revenue_daily"), Aspect::kFreshness).has_freshness()) << "its run failed";
  EXPECT_FALSE(AspectOf(Table("dbt_stg.stg_customers"), Aspect::kFreshness).has_freshness())
      << "a view is as fresh as what it reads";
}

TEST_F(ProjectTest, ResultsOfCompilingAreNone) {
  Change("run_results.json", R"("which": "build")", R"("which": "generate")");
  Change("run_results.json", R"("status": "fail")", R"("status": "success")");
  EXPECT_EQ(Run().code, ingest::kDone);
  const Object& orders = Table("dbt_marts.fct_orders");
  EXPECT_FALSE(AspectOf(orders, Aspect::kQualityResults).has_quality_results());
  EXPECT_FALSE(AspectOf(orders, Aspect::kFreshness).has_freshness());
  EXPECT_FALSE(AspectOf(Job("model.shop.fct_orders"), Aspect::kFacet).has_facet());
}

TEST_F(ProjectTest, OfSeveralResultsTheNewestCounts) {
  const std::string passed =
      With(ShopArtefact("run_results.json"), R"("status": "fail", "timing": [)", R"("status": "pass", "timing": [)");
  Write("passed.json", passed);
  std::string later = passed;
  for (size_t at = 0; (at = later.find("04:40:39.5", at)) != std::string::npos;) later.replace(at, 10, "09:00:00.0");
  Write("later.json", later);
  const auto run = [&](const std::string& first, const std::string& second) {
    Run(Yaml(base::Cat(", run_results: ['", folder_.path(), "/", first, "', '", folder_.path(), "/", second, "']")));
    return Shown(AspectOf(Table("dbt_marts.fct_orders"), Aspect::kQualityResults).quality_results());
  };
  EXPECT_THAT(run("run_results.json", "passed.json"), HasSubstr("not_null(order_id) holds"))
      << "of the same time, the one that is named last";
  EXPECT_THAT(run("passed.json", "run_results.json"), HasSubstr("not_null(order_id) fails"));
  EXPECT_THAT(run("later.json", "run_results.json"), HasSubstr("not_null(order_id) holds"));
}

}  // namespace
}  // namespace cadastre::ingest_dbt
