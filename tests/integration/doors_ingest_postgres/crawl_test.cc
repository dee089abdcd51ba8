// The PostgreSQL crawler on a real server with a catalog of odd things.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "ingestors/runner/digest.h"
#include "tests/integration/doors_ingest_postgres/crawls.h"
#include "tests/integration/doors_ingest_postgres/postgres_server.h"

namespace cadastre::ingest_postgres {
namespace {

using ingest::v1::CrawledObject;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kOdd[] = R"sql(
  CREATE ROLE reader LOGIN;
  CREATE ROLE analyst;
  COMMENT ON DATABASE shop IS 'the shop''s "own" database';
  CREATE SCHEMA sales; COMMENT ON SCHEMA sales IS 'what was sold';
  GRANT USAGE ON SCHEMA sales TO analyst;
  CREATE SCHEMA "a.b"; CREATE SCHEMA "say ""hi"""; CREATE SCHEMA "일별 매출"; CREATE SCHEMA empty;
  CREATE SCHEMA hidden; REVOKE ALL ON SCHEMA hidden FROM PUBLIC;
  CREATE TABLE hidden.secret (id int PRIMARY KEY);
  CREATE TYPE sales.mood AS ENUM ('ok', 'bad');
  CREATE DOMAIN sales.positive AS numeric(10, 2) CHECK (VALUE > 0);
  CREATE TABLE sales.customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, gone int,
                                mood sales.mood, UNIQUE (name));
  ALTER TABLE sales.customers DROP COLUMN gone;
  COMMENT ON COLUMN sales.customers.name IS E'it''s "quoted" $$and$$ \\ 이름';
  CREATE TABLE sales.orders (id int, customer bigint REFERENCES sales.customers, price sales.positive, qty int,
                             total numeric GENERATED ALWAYS AS (qty * 2) STORED, during tsrange,
                             PRIMARY KEY (id), CHECK (qty > 0), EXCLUDE USING gist (during WITH &&));
  CREATE INDEX orders_customer ON sales.orders (customer) WHERE qty > 1;
  GRANT SELECT, INSERT ON sales.orders TO analyst; GRANT SELECT ON sales.orders TO PUBLIC;
  ALTER TABLE sales.orders ENABLE ROW LEVEL SECURITY;
  CREATE POLICY mine ON sales.orders FOR SELECT TO analyst USING (customer = 42424242);
  COMMENT ON TABLE sales.orders IS E'line one\nline "two"';
  INSERT INTO sales.customers (name) SELECT 'c' || i FROM generate_series(1, 500) i; ANALYZE sales.customers;
  CREATE TABLE sales.never (x int);
  CREATE TABLE sales.events (at date, kind text, n int) PARTITION BY RANGE (at);
  CREATE TABLE sales.events_24 PARTITION OF sales.events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (kind);
  CREATE TABLE sales.events_24_a PARTITION OF sales.events_24 FOR VALUES IN ('a');
  CREATE TABLE sales.events_24_b PARTITION OF sales.events_24 FOR VALUES IN ('b');
  INSERT INTO sales.events SELECT '2024-05-05', 'a', i FROM generate_series(1, 100) i; ANALYZE sales.events;
  CREATE TABLE sales.animals (legs int); CREATE TABLE sales.dogs (name text) INHERITS (sales.animals);
  CREATE VIEW sales.names AS SELECT c.id AS customer_id, upper(c.name) AS loud, o.qty
    FROM sales.customers c JOIN sales.orders o ON o.customer = c.id;
  CREATE VIEW sales.over AS SELECT s.customer_id, s.n + 1 AS more FROM (SELECT customer_id, count(*) AS n FROM sales.names
    GROUP BY customer_id) s;
  CREATE VIEW sales.both AS SELECT id FROM sales.customers UNION SELECT customer FROM sales.orders;
  CREATE VIEW sales.part AS SELECT n FROM sales.events_24_a;
  CREATE MATERIALIZED VIEW sales.kept AS SELECT name FROM sales.customers WITH NO DATA;
  CREATE SEQUENCE sales.counter;
  CREATE TABLE "a.b"."c.d" ("e.f" int, "say ""x""" text, "😀" text);
  CREATE TABLE "say ""hi"""."t" (x int);
  CREATE TABLE "일별 매출"."주문 😀" ("금액" numeric(20, 4));
  CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER far FOREIGN DATA WRAPPER nowhere OPTIONS (password 'hunter2');
  CREATE FOREIGN TABLE sales.remote (x int) SERVER far;
  CREATE TABLE public."t-01234567-89ab-cdef-0123-456789abcdef" (x int);
)sql";

const PostgresServer& TheServer() {
  static const PostgresServer* server = [] {
    auto* made = new PostgresServer();
    made->Run("postgres", "CREATE DATABASE shop");
    made->Run("postgres", "CREATE DATABASE \"odd.db\"");
    made->Run("postgres", "CREATE DATABASE closed");
    made->Run("shop", kOdd);
    made->Run("postgres", "REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
    return made;
  }();
  return *server;
}

// Whose server ends with the program.
class Ending : public ::testing::Environment {
 public:
  void TearDown() override { delete &TheServer(); }
};
[[maybe_unused]] const auto* kEnding = ::testing::AddGlobalTestEnvironment(new Ending);

std::string RecipeOf(const std::string& more = "", const std::string& source = "") {
  return base::Cat("source: {type: postgres, name: shop, host: '", TheServer().folder(), "', user: reader", source,
                   "}\nnamespace: postgres://db:5432\n", more);
}

class CrawlTest : public ::testing::Test {
 protected:
  const CrawledObject& Object(const std::string& name, const std::string& kind = "dataset") {
    static const CrawledObject kNone;
    const auto found = catalog_.kept.find(base::Cat(kind, ":postgres://db:5432#", name));
    EXPECT_TRUE(found != catalog_.kept.end()) << name;
    return found == catalog_.kept.end() ? kNone : found->second.object;
  }

  ingest::FakeCatalog catalog_;
};

TEST_F(CrawlTest, TheOddShopComesOutWhole) {
  const ingest::RunReport report = RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  EXPECT_EQ(report.code, ingest::kDone) << report.reason;
  for (const auto& failure : report.outcome.failures) ADD_FAILURE() << failure.shown << ": " << failure.reason;
  std::vector<std::string> names;
  for (const auto& [key, kept] : catalog_.kept) names.push_back(kept.object.asset().name());
  EXPECT_THAT(names,
              UnorderedElementsAre("shop", "shop.sales", "shop.\"a.b\"", "shop.\"say \"\"hi\"\"\"", "shop.일별 매출",
                                   "shop.empty", "shop.hidden", "shop.public", "shop.hidden.secret",
                                   "shop.sales.customers", "shop.sales.orders", "shop.sales.never", "shop.sales.events",
                                   "shop.sales.animals", "shop.sales.dogs", "shop.sales.names", "shop.sales.over",
                                   "shop.sales.both", "shop.sales.part", "shop.sales.kept", "shop.\"a.b\".\"c.d\"",
                                   "shop.\"say \"\"hi\"\"\".t", "shop.일별 매출.주문 😀", "shop.sales.remote",
                                   "shop.public.t-01234567-89ab-cdef-0123-456789abcdef"));
  EXPECT_EQ(report.outcome.scopes.at("shop.empty").state(), ingest::v1::SCOPE_STATE_COMPLETE);
}

TEST_F(CrawlTest, ColumnsKeysAndComments) {
  RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  EXPECT_EQ(FieldsOf(Object("shop.sales.customers")),
            "1 1 id bigint not null key\n2 2 name text not null\n3 4 mood sales.mood\n")
      << "a dropped column leaves a gap in the numbers alone";
  EXPECT_EQ(FieldsOf(Object("shop.\"a.b\".\"c.d\"")), "1 1 e.f integer\n2 2 say \"x\" text\n3 3 😀 text\n");
  EXPECT_EQ(FieldsOf(Object("shop.일별 매출.주문 😀")), "1 1 금액 numeric(20,4)\n");
  const auto schema = AspectOf(Object("shop.sales.customers"), catalog::v1::Aspect::kSchema).schema();
  EXPECT_EQ(schema.fields(1).description(), "it's \"quoted\" $$and$$ \\ 이름");
  const CrawledObject& orders = Object("shop.sales.orders");
  EXPECT_EQ(AspectOf(orders, catalog::v1::Aspect::kDocumentation).documentation().text(), "line one\nline \"two\"");
  EXPECT_EQ(AspectOf(orders, catalog::v1::Aspect::kContainer).container().container().name(), "shop.sales");
  const auto properties = PropertiesOf(orders);
  const std::pair<std::string, std::string> kTold[] = {
      {"owner", "admin"},
      {"primary key orders_pkey", "PRIMARY KEY (id)"},
      {"foreign key orders_customer_fkey", "FOREIGN KEY (customer) REFERENCES sales.customers(id)"},
      {"check orders_qty_check", "CHECK (qty > 0)"},
      {"exclusion orders_during_excl", "EXCLUDE USING gist (during WITH &&)"},
      {"index orders_customer", "CREATE INDEX orders_customer ON sales.orders USING btree (customer) WHERE (qty > 1)"},
      {"generated column total", "(qty * 2)"},
      {"granted to PUBLIC", "SELECT"},
      {"granted to analyst", "INSERT, SELECT"},
      {"row security", "enabled"},
      {"policy mine", "SELECT for analyst"},
  };
  for (const auto& [key, value] : kTold) {
    ASSERT_TRUE(properties.contains(key)) << key;
    EXPECT_EQ(properties.at(key), value);
  }
  EXPECT_EQ(PropertiesOf(Object("shop.sales.customers")).at("identity column id"), "ALWAYS");
  EXPECT_EQ(PropertiesOf(Object("shop.sales.dogs")).at("inherits"), "sales.animals");
  EXPECT_EQ(PropertiesOf(Object("shop.sales.remote")).at("foreign server"), "far");
  EXPECT_EQ(PropertiesOf(Object("shop.sales", "container")).at("granted to analyst"), "USAGE");
  for (const auto& [key, kept] : catalog_.kept) {
    EXPECT_THAT(kept.object.DebugString(), Not(HasSubstr("hunter2"))) << "options of a server hold passwords";
    EXPECT_THAT(kept.object.DebugString(), Not(HasSubstr("42424242"))) << "what a policy compares with is code";
  }
}

TEST_F(CrawlTest, SizesOnlyWhereSomebodyCounted) {
  RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  EXPECT_EQ(AspectOf(Object("shop.sales.customers"), catalog::v1::Aspect::kVolume).volume().rows(), 500);
  EXPECT_GT(AspectOf(Object("shop.sales.customers"), catalog::v1::Aspect::kProfile).profile().last_updated().seconds(),
            0);
  EXPECT_FALSE(AspectOf(Object("shop.sales.never"), catalog::v1::Aspect::kVolume).has_volume());
  const CrawledObject& events = Object("shop.sales.events");
  EXPECT_EQ(AspectOf(events, catalog::v1::Aspect::kVolume).volume().rows(), 100);
  EXPECT_EQ(AspectOf(events, catalog::v1::Aspect::kPartitioning).partitioning().expression(), "RANGE (at)");
  EXPECT_EQ(PropertiesOf(events).at("partitions"), "2");
  EXPECT_EQ(PropertiesOf(events).at("partitions that are partitioned"), "1");
}

TEST_F(CrawlTest, ProfilesAreOfWhatTheRoleMayRead) {
  TheServer().Run("shop", R"sql(
    CREATE TABLE sales.looked (n int, "half.null" text, few numeric, secret int, PRIMARY KEY (n));
    INSERT INTO sales.looked SELECT i, CASE WHEN i % 2 = 0 THEN 'hunter8' || i END, i % 3 - 0.5, i FROM generate_series(1, 1000) i;
    GRANT SELECT (n, "half.null", few) ON sales.looked TO reader;
    CREATE TABLE sales.guarded (n int); INSERT INTO sales.guarded SELECT 1; GRANT SELECT ON sales.guarded TO reader;
    ALTER TABLE sales.guarded ENABLE ROW LEVEL SECURITY;
    ANALYZE sales.looked, sales.guarded)sql");
  const auto profile = [&](const std::string& more) {
    catalog_.kept.clear();
    RunOn(catalog_, RecipeOf("", base::Cat(", databases: [shop]", more)));
    std::string out;
    const auto aspect = AspectOf(Object("shop.sales.looked"), catalog::v1::Aspect::kProfile);
    for (const auto& one : aspect.profile().columns()) {
      out += base::Cat(one.column(), " ", one.null_count(), " ", one.distinct_count());
      if (one.has_min()) out += base::Cat(" ", one.min(), " ", one.max());
      out += "\n";
    }
    EXPECT_THAT(Object("shop.sales.looked").DebugString(), Not(HasSubstr("hunter8")));
    return out;
  };
  EXPECT_EQ(profile(""), "n 0 1000\nhalf.null 500 500\nfew 0 3\n") << "no values of the data";
  EXPECT_EQ(profile(", samples: true"), "n 0 1000 1 1000\nhalf.null 500 500\nfew 0 3 -0.5 1.5\n");
  const auto guarded = AspectOf(Object("shop.sales.guarded"), catalog::v1::Aspect::kProfile).profile();
  EXPECT_EQ(guarded.rows(), 1);
  EXPECT_THAT(guarded.columns(), IsEmpty());
  TheServer().Run("shop", "DROP TABLE sales.looked, sales.guarded");
}

TEST_F(CrawlTest, ViewsTellWhatTheyAreMadeFrom) {
  RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  EXPECT_EQ(InputsOf(Object("shop.sales.names")), "shop.sales.customers id>customer_id\nshop.sales.orders qty>qty\n");
  EXPECT_EQ(InputsOf(Object("shop.sales.over")), "shop.sales.names customer_id>customer_id\n") << "a view over a view";
  EXPECT_EQ(InputsOf(Object("shop.sales.both")), "shop.sales.customers\nshop.sales.orders\n") << "a union is of both";
  EXPECT_EQ(InputsOf(Object("shop.sales.part")), "shop.sales.events n>n\n") << "a partition is its table";
  EXPECT_EQ(InputsOf(Object("shop.sales.kept")), "shop.sales.customers name>name\n");
  EXPECT_FALSE(Object("shop.sales.orders").inputs_stated());
  const auto definition = AspectOf(Object("shop.sales.both"), catalog::v1::Aspect::kDefinition).definition();
  EXPECT_EQ(definition.dialect(), "postgres");
  EXPECT_THAT(definition.sql(), HasSubstr("FROM sales.customers"));
  EXPECT_EQ(PropertiesOf(Object("shop.sales.kept")).at("populated"), "no");
}

TEST_F(CrawlTest, TwiceIsTheSame) {
  RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  const auto before = catalog_.kept;
  catalog_.Forget();
  const ingest::RunReport report = RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  EXPECT_EQ(report.code, ingest::kDone);
  EXPECT_EQ(report.outcome.unchanged, static_cast<int64_t>(before.size()));
  EXPECT_THAT(catalog_.recorded, IsEmpty());
}

TEST_F(CrawlTest, ARenameIsSeenByItsOid) {
  TheServer().Run("shop", "CREATE SCHEMA IF NOT EXISTS moves; CREATE TABLE moves.before (x int)");
  RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  TheServer().Run("shop", "ALTER TABLE moves.before RENAME TO after");
  const ingest::RunReport report = RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  EXPECT_EQ(report.code, ingest::kDone) << report.reason;
  EXPECT_EQ(Object("shop.moves.after").renamed_from().name(), "shop.moves.before");
  TheServer().Run("shop", "DROP SCHEMA moves CASCADE");
  const ingest::RunReport dropped = RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  EXPECT_EQ(dropped.code, ingest::kRemovalStopped) << "a schema that is gone came out empty";
}

TEST_F(CrawlTest, ADatabaseThatMayNotBeReadIsFailedAndTakesNothingAway) {
  const ingest::RunReport report = RunOn(catalog_, RecipeOf());
  EXPECT_EQ(report.code, ingest::kSomeFailed);
  EXPECT_EQ(report.outcome.scopes.at("closed").state(), ingest::v1::SCOPE_STATE_FAILED);
  EXPECT_EQ(report.outcome.scopes.at("\"odd.db\"").state(), ingest::v1::SCOPE_STATE_COMPLETE);
  EXPECT_EQ(report.outcome.scopes.at("postgres://db:5432").state(), ingest::v1::SCOPE_STATE_COMPLETE);
  EXPECT_TRUE(catalog_.kept.contains("container:postgres://db:5432#closed")) << "it is there";
  const ingest::RunReport missing = RunOn(catalog_, RecipeOf("", ", databases: [shop, nosuch]"));
  EXPECT_EQ(missing.outcome.scopes.at("nosuch").state(), ingest::v1::SCOPE_STATE_FAILED);
}

TEST_F(CrawlTest, WhatIsBehindALockFailsByItself) {
  RunOn(catalog_, RecipeOf("", ", databases: [shop]"));
  PGconn* locker = TheServer().Connect("shop");
  PQclear(PQexec(locker, "BEGIN; LOCK TABLE sales.customers IN ACCESS EXCLUSIVE MODE"));
  const ingest::RunReport report = RunOn(catalog_, RecipeOf("", ", databases: [shop], lock_seconds: 1"));
  PQfinish(locker);
  EXPECT_EQ(report.code, ingest::kSomeFailed);
  EXPECT_GE(report.outcome.failed, 1);
  EXPECT_EQ(report.outcome.scopes.at("shop.sales").missed(), 0);
  EXPECT_EQ(report.outcome.scopes.at("shop.sales").changed(), 0) << "nothing is told without its definition";
  EXPECT_TRUE(catalog_.kept.contains("dataset:postgres://db:5432#shop.sales.names"));
}

TEST_F(CrawlTest, TheRecipeChooses) {
  const ingest::RunReport report = RunOn(
      catalog_, RecipeOf("scope: {schemas: {include: [sales]}, tables: {include: ['*ers']}}\n", ", databases: [shop]"));
  EXPECT_EQ(report.code, ingest::kDone);
  std::vector<std::string> names;
  for (const auto& [key, kept] : catalog_.kept) names.push_back(kept.object.asset().name());
  EXPECT_THAT(names, UnorderedElementsAre("shop", "shop.sales", "shop.sales.customers", "shop.sales.orders"));
}

TEST_F(CrawlTest, NoServerIsASourceThatCannotBeRead) {
  const ingest::RunReport report = RunOn(
      catalog_, "source: {type: postgres, name: n, host: /nowhere, user: reader}\nnamespace: postgres://db:5432\n");
  EXPECT_EQ(report.code, ingest::kSourceOrLogin);
  EXPECT_EQ(report.state, ingest::v1::CRAWL_STATE_FAILED);
}

TEST(Checks, NameTheGrantThatIsMissing) {
  const auto recipe = Parsed(RecipeOf("", ", databases: [shop, closed, nosuch]"));
  ASSERT_TRUE(recipe.ok());
  const auto source = PostgresType().make(*recipe);
  ASSERT_TRUE(source.ok());
  const auto checks = (*source)->Test();
  ASSERT_TRUE(checks.ok()) << checks.status();
  std::string told;
  for (const ingest::Check& check : *checks)
    told += base::Cat(check.ok ? "ok " : "no ", check.what, ": ", check.told, "\n");
  EXPECT_THAT(told, HasSubstr("ok connect to postgres://db:5432 as reader: PostgreSQL 15."));
  EXPECT_THAT(told,
              HasSubstr("no read the catalog of database closed: GRANT CONNECT ON DATABASE \"closed\" TO \"reader\";"));
  EXPECT_THAT(told, HasSubstr("no database nosuch: the server has none of that name"));
  EXPECT_THAT(told, HasSubstr("ok read the catalog of database shop"));
}

TEST(Crawler, LeavesNoConnectionBehind) {
  ingest::FakeCatalog catalog;
  EXPECT_EQ(RunOn(catalog, RecipeOf("", ", databases: [shop]")).code, ingest::kDone);
  PGconn* connection = TheServer().Connect("shop");
  PGresult* result =
      PQexec(connection, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cadastre-ingest'");
  EXPECT_STREQ(PQgetvalue(result, 0, 0), "0") << "no connection stays behind";
  PQclear(result);
  PQfinish(connection);
}

}  // namespace
}  // namespace cadastre::ingest_postgres
