// Schemas as people have them: what is easily forgotten comes out by its name, and takes nothing else with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "tests/integration/doors_ingest_postgres/crawls.h"
#include "tests/integration/doors_ingest_postgres/postgres_server.h"
#include "tests/support/paths.h"

namespace cadastre::ingest_postgres {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr char kFar[] = R"sql(
  CREATE EXTENSION postgres_fdw;
  CREATE ROLE secretive;
  CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host 'far.example.com', port '5433', dbname 'shop', fetch_size '77777', options '-c x.y=hunter4');
  CREATE SERVER near FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'localhost', dbname 'other.db');
  CREATE SERVER somewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'a.example.com,b.example.com', dbname 'shop');
  CREATE USER MAPPING FOR secretive SERVER far OPTIONS (user 'hunter5', password 'hunter6');
  CREATE SCHEMA remote;
  CREATE FOREIGN TABLE remote.orders (id int, total numeric OPTIONS (column_name 'sum')) SERVER far
    OPTIONS (schema_name 'sales', table_name 'all.orders');
  CREATE FOREIGN TABLE remote.plain (x int) SERVER near;
  CREATE FOREIGN TABLE remote.unclear (x int) SERVER somewhere;
  CREATE TABLE remote.both (at date, n int) PARTITION BY RANGE (at);
  CREATE TABLE remote.both_own PARTITION OF remote.both FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE FOREIGN TABLE remote.both_far PARTITION OF remote.both FOR VALUES FROM ('2020-01-01') TO ('2024-01-01')
    SERVER far OPTIONS (schema_name 'sales', table_name 'old');
)sql";

// Crawled once for all tests.
class HardSchema : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<PostgresServer>();
    server_->Run("postgres", "CREATE ROLE reader LOGIN");
    server_->Run("postgres", "CREATE DATABASE hard");
    std::ifstream file(testing_support::SourcePath("tests/integration/doors_ingest_postgres/hard_schema.sql"));
    std::stringstream text;
    text << file.rdbuf();
    server_->Run("hard", text.str());
    server_->Run("hard", kFar);
    catalog_ = std::make_unique<ingest::FakeCatalog>();
    report_ = Crawl();
  }
  static void TearDownTestSuite() {
    catalog_.reset();
    server_.reset();
  }
  static ingest::RunReport Crawl() {
    return RunOn(*catalog_, base::Cat("source: {type: postgres, name: hard, host: '", server_->folder(),
                                      "', user: reader, databases: [hard]}\nnamespace: ", kNamespace, "\n"));
  }
  static ingest::v1::CrawledObject Object(const std::string& name, const std::string& kind = "dataset") {
    const auto found = catalog_->kept.find(base::Cat(kind, ":", kNamespace, "#hard.", name));
    EXPECT_TRUE(found != catalog_->kept.end()) << name;
    return found == catalog_->kept.end() ? ingest::v1::CrawledObject() : found->second.object;
  }
  static bool IsKept(const std::string& name, const std::string& kind = "dataset") {
    return catalog_->kept.contains(base::Cat(kind, ":", kNamespace, "#hard.", name));
  }

  static inline std::unique_ptr<PostgresServer> server_;
  static inline std::unique_ptr<ingest::FakeCatalog> catalog_;
  static inline ingest::RunReport report_;
};

TEST_F(HardSchema, ComesOutWhole) {
  EXPECT_EQ(report_.code, ingest::kDone) << report_.reason;
  for (const auto& failure : report_.outcome.failures) ADD_FAILURE() << failure.shown << ": " << failure.reason;
  PGconn* connection = server_->Connect("hard");
  PGresult* result = PQexec(connection, R"sql(
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND NOT c.relispartition AND n.nspname !~ '^pg_|information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e'))sql");
  int64_t datasets = 0;
  for (const auto& [key, kept] : catalog_->kept) datasets += kept.object.asset().kind() == "dataset" ? 1 : 0;
  EXPECT_EQ(datasets, PQntuples(result));
  PQclear(result);
  PQfinish(connection);
}

TEST_F(HardSchema, TwiceIsTheSame) {
  const ingest::RunReport again = Crawl();
  EXPECT_EQ(again.outcome.unchanged, static_cast<int64_t>(catalog_->kept.size()));
}

TEST_F(HardSchema, NamesStayApart) {
  const std::string odd = "\"Odd.Schema \"\"quoted\"\"\".";
  for (const char* name : {"a",
                           "A",
                           " a",
                           "a ",
                           "it's",
                           "a/b#c%20d?e:f{g}[h]*",
                           "주문 테이블 🧾",
                           "back\\slash",
                           "$1",
                           "\"...\"",
                           "\"\"\"\"",
                           "select",
                           "2024-01-31",
                           "2024-02-01",
                           "dt=2024-01-31",
                           "dt=2024-01-30",
                           "part-00000",
                           "part-00001",
                           "\"x.parquet\"",
                           "http://a/b",
                           "line\n\tbreak",
                           "\"a.b.\"\"c\"\"\"",
                           "\"v.w\""}) {
    EXPECT_TRUE(IsKept(odd + name)) << name;
  }
  EXPECT_EQ(InputsOf(Object(odd + "\"v.w\"")),
            "hard.\"Odd.Schema \"\"quoted\"\"\".\"a.b.\"\"c\"\"\" x.y>x.y say \"hi\">it's 🦊>이름\n");
  EXPECT_THAT(AspectOf(Object(odd + "a"), catalog::v1::Aspect::kDocumentation).documentation().text(),
              HasSubstr("it's \"a\" `b` $c$ $$ \\ \\n %s {0} ${HOME} <script>alert(1)</script>"));
}

TEST_F(HardSchema, TypesAreToldAsSqlWritesThem) {
  EXPECT_THAT(FieldsOf(Object("kinds.everything")),
              AllOf(HasSubstr("a kinds.\"Mood \"\"of\"\" day\"\n"), HasSubstr("b kinds.very_positive\n"),
                    HasSubstr("c kinds.person\n"), HasSubstr("d kinds.person[]\n"), HasSubstr("e kinds.span\n"),
                    HasSubstr("f int4multirange\n"), HasSubstr("g public.hstore\n"), HasSubstr("l \"char\"\n"),
                    HasSubstr("j interval day to second(3)\n"), HasSubstr("n numeric(1000,500)\n")));
  EXPECT_EQ(AspectOf(Object("keys.wide_view"), catalog::v1::Aspect::kSchema).schema().fields_size(), 1600);
  EXPECT_EQ(Object("keys.wide_view").inputs(0).columns_size(), 1600);
  EXPECT_EQ(FieldsOf(Object("kinds.dropped")), "");
}

TEST_F(HardSchema, PartitionsOfPartitionsAreOneTable) {
  const auto events = PropertiesOf(Object("trees.events"));
  EXPECT_THAT(events, AllOf(Contains(Pair("partitions", "3")), Contains(Pair("partitions that are partitioned", "2"))));
  EXPECT_FALSE(IsKept("trees.events_24_a_1"));
  EXPECT_EQ(InputsOf(Object("trees.leaf")), "hard.trees.events n>n at>at\n") << "by its own numbers of columns";
  EXPECT_EQ(PropertiesOf(Object("trees.c")).at("inherits"), "trees.a, trees.b");
}

TEST_F(HardSchema, NothingOfTheDatabaseIsCalled) {
  const auto trap = PropertiesOf(Object("code.trap"));
  EXPECT_THAT(trap, AllOf(Contains(Pair("check trap_id_check", "CHECK (id <> code.fails())")),
                          Contains(Pair("generated column g", "(id + 1)"))));
  EXPECT_EQ(InputsOf(Object("code.calls")), "hard.code.trap id>id\n") << "another rule of a view is not what it is";
  EXPECT_EQ(InputsOf(Object("code.counted")), "");
  EXPECT_TRUE(Object("code.no_columns").inputs_stated());
}

TEST_F(HardSchema, ThousandsOfIndexesTakeNothingElseAway) {
  const auto many = PropertiesOf(Object("keys.many"));
  EXPECT_THAT(many, SizeIs(501));
  EXPECT_EQ(many.at("granted to PUBLIC"), "SELECT");
  // 500 without owner and grant.
  EXPECT_EQ(many.at("left out"), "1502 more");
  EXPECT_EQ(many.at("index many_0001"), "CREATE INDEX many_0001 ON keys.many USING btree (id) WHERE (id > 1)");
  EXPECT_EQ(many.at("index many_0498"), "CREATE INDEX many_0498 ON keys.many USING btree (id) WHERE (id > 498)");
}

TEST_F(HardSchema, GrantsAreToldToTheirRolesAlone) {
  const auto given = PropertiesOf(Object("rights.given"));
  const std::pair<std::string, std::string> kTold[] = {
      {"granted to PUBLIC", "INSERT"},
      {"granted to \"PUBLIC\"", "DELETE WITH GRANT OPTION"},
      {"granted on columns to \"PUBLIC\"", "SELECT (a, \"c,d\"), UPDATE (b)"},
      {"granted on columns to PUBLIC", "SELECT (b)"},
      {"granted to a \"role\", 역할", "DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE"},
      {"policy no \"secret\"", "RESTRICTIVE UPDATE for \"PUBLIC\", writer"},
  };
  for (const auto& [key, value] : kTold) EXPECT_THAT(given, Contains(Pair(key, value)));
  const auto found = catalog_->kept.find(base::Cat("container:", kNamespace, "#hard"));
  ASSERT_TRUE(found != catalog_->kept.end());
  EXPECT_THAT(PropertiesOf(found->second.object), AllOf(Contains(Pair("members of PUBLIC", "writer")),
                                                        Contains(Pair("granted to PUBLIC", "CONNECT, TEMPORARY"))));
  for (const auto& [key, kept] : catalog_->kept) EXPECT_THAT(kept.object.DebugString(), Not(HasSubstr("hunter")));
}

TEST_F(HardSchema, ASchemaOfAnExtensionIsToldWherePeopleUseIt) {
  EXPECT_TRUE(IsKept("made", "container"));
  EXPECT_TRUE(IsKept("made.mine"));
  EXPECT_FALSE(IsKept("only_made", "container"));
  EXPECT_FALSE(IsKept("only_made.part_of_it"));
  EXPECT_FALSE(IsKept("public.pg_stat_statements"));
}

TEST_F(HardSchema, AForeignTableIsMadeFromTheRemoteOne) {
  EXPECT_EQ(InputsOf(Object("remote.orders")),
            "postgres://far.example.com:5433 shop.sales.\"all.orders\" id>id sum>total\n");
  EXPECT_EQ(InputsOf(Object("remote.plain")), "\"other.db\".remote.plain x>x\n") << "this machine, by its own name";
  EXPECT_FALSE(Object("remote.unclear").inputs_stated()) << "one of several hosts";
  EXPECT_EQ(InputsOf(Object("remote.both")), "postgres://far.example.com:5433 shop.sales.old at>at n>n\n");
  EXPECT_FALSE(Object("trees.events").inputs_stated());
  EXPECT_EQ(PropertiesOf(Object("remote.orders")).at("foreign server"), "far");
  for (const auto& [key, kept] : catalog_->kept) EXPECT_THAT(kept.object.DebugString(), Not(HasSubstr("77777")));
}

}  // namespace
}  // namespace cadastre::ingest_postgres
