// What each command asks the server, told by the words that were typed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/cli/recording_caller.h"

namespace cadastre::cli {
namespace {

using ::testing::HasSubstr;

constexpr char kOrders[] = "dataset:postgres://db:5432#shop.public.orders";
constexpr char kOrdersJson[] = R"({"kind":"dataset","namespace":"postgres://db:5432","name":"shop.public.orders"})";

struct Case {
  std::vector<std::string> words;
  std::string method;
  // With $ORDERS for the asset's reference.
  std::string json;
};

std::string WithOrders(std::string json) {
  for (size_t at = json.find("$ORDERS"); at != std::string::npos; at = json.find("$ORDERS")) {
    json.replace(at, 7, kOrdersJson);
  }
  return json;
}

class Requests : public ::testing::TestWithParam<Case> {};

TEST_P(Requests, AreWhatWasTyped) {
  Conversation talk;
  const Outcome outcome = RunWords(talk, GetParam().words);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  ASSERT_EQ(talk.asked.size(), 1u);
  EXPECT_EQ(talk.asked[0].method, "cadastre." + GetParam().method);
  EXPECT_EQ(talk.asked[0].json, WithOrders(GetParam().json));
}

const Case kCases[] = {
    {{"whoami"}, "authz.v1.AuthzService/WhoAmI", "{}"},
    {{"search", "매출", "-f", "kind=dataset", "-f", "kind=job", "-f", "tag=a=b,c", "--facets", "kind,tag",
      "--page-size", "5"},
     "search.v1.SearchService/Search",
     R"({"query":"매출","filters":[{"facet":"kind","values":["dataset","job"]},{"facet":"tag","values":["a=b,c"]}],)"
     R"("facets":["kind","tag"],"pageSize":5})"},
    {{"search", "push"}, "search.v1.SearchService/Search", R"({"query":"push"})"},
    {{"suggest", "ord", "--limit", "3"}, "search.v1.SearchService/Suggest", R"({"prefix":"ord","limit":3})"},
    {{"get", kOrders}, "catalog.v1.CatalogService/GetAsset", R"({"asset":$ORDERS})"},
    {{"--min-revision", "r7", "get", kOrders, "--as-of-held", "2026-03-01", "--known", "2026-03-02T00:00:00Z"},
     "catalog.v1.CatalogService/GetAsset",
     R"({"asset":$ORDERS,"minRevision":"r7","asOf":{"knownAt":"2026-03-02T00:00:00Z","heldAt":"2026-03-01T00:00:00Z"}})"},
    {{"get", kOrders, "--full", "--facet", "a", "--facet", "b"},
     "catalog.v1.CatalogService/GetAsset",
     R"({"asset":$ORDERS,"view":"ASSET_VIEW_FULL","facets":["a","b"]})"},
    {{"get", kOrders, "--column", R"(a\.b.c)", "--kind", "documentation"},
     "catalog.v1.CatalogService/GetAsset",
     R"({"asset":$ORDERS,"kinds":["ASPECT_KIND_DOCUMENTATION"],"column":{"path":["a.b","c"]}})"},
    {{"columns", kOrders, "--known", "AXtoken"},
     "catalog.v1.CatalogService/ListColumns",
     R"({"asset":$ORDERS,"asOf":{"knownAtRevision":"AXtoken"}})"},
    {{"columns", kOrders, "--filter", "price", "--page-size", "5", "--page-token", "t"},
     "catalog.v1.CatalogService/ListColumns",
     R"({"asset":$ORDERS,"filter":"price","pageSize":5,"pageToken":"t"})"},
    {{"list", "--kind", "dataset", "--namespace", "n", "--prefix", "p", "--page-token", "t"},
     "catalog.v1.CatalogService/ListAssets",
     R"({"kind":"dataset","namespace":"n","namePrefix":"p","pageToken":"t"})"},
    {{"list", "--container", "container:n#c"},
     "catalog.v1.CatalogService/ListAssets",
     R"({"container":{"kind":"container","namespace":"n","name":"c"}})"},
    {{"lineage", kOrders},
     "lineage.v1.LineageService/GetLineage",
     R"({"asset":$ORDERS,"direction":"DIRECTION_BOTH","level":"LEVEL_ASSET"})"},
    {{"lineage", kOrders, "--up", "--depth", "3", "--column", R"(a.b\.c)", "--stale"},
     "lineage.v1.LineageService/GetLineage",
     R"({"asset":$ORDERS,"direction":"DIRECTION_UPSTREAM","depth":3,"level":"LEVEL_COLUMN",)"
     R"("includeStale":true,"column":{"path":["a","b.c"]}})"},
    {{"paths", kOrders, "job:n#j", "--max-hops", "9"},
     "lineage.v1.LineageService/FindPaths",
     R"({"from":$ORDERS,"to":{"kind":"job","namespace":"n","name":"j"},"direction":"DIRECTION_DOWNSTREAM","maxHops":9})"},
    {{"runs", "job:n#j", "--state", "failed", "--state", "running"},
     "catalog.v1.CatalogService/ListRuns",
     R"({"job":{"kind":"job","namespace":"n","name":"j"},"states":["RUN_STATE_FAILED","RUN_STATE_RUNNING"]})"},
    {{"runs", "--dataset", kOrders}, "catalog.v1.CatalogService/ListRuns", R"({"dataset":$ORDERS})"},
    {{"runs", "--parent", "job:n#j", "--parent-run", "r1"},
     "catalog.v1.CatalogService/ListRuns",
     R"({"parent":{"job":{"kind":"job","namespace":"n","name":"j"},"runId":"r1"}})"},
    {{"runs"}, "catalog.v1.CatalogService/ListRuns", "{}"},
    {{"run-days", "job:n#j", "--from", "2026-01-01"},
     "catalog.v1.CatalogService/ListRunRollups",
     R"({"job":{"kind":"job","namespace":"n","name":"j"},"from":"2026-01-01T00:00:00Z"})"},
    {{"namespaces", "--kind", "job"}, "catalog.v1.CatalogService/ListNamespaces", R"({"kind":"job"})"},
    {{"run", "job:n#j", "r1"},
     "catalog.v1.CatalogService/GetRun",
     R"({"job":{"kind":"job","namespace":"n","name":"j"},"runId":"r1","view":"RUN_VIEW_FULL"})"},
    {{"run", "job:n#j", "r1", "--facet", "error_message", "--facet", "mine"},
     "catalog.v1.CatalogService/GetRun",
     R"({"job":{"kind":"job","namespace":"n","name":"j"},"runId":"r1","view":"RUN_VIEW_FULL",)"
     R"("kinds":["ASPECT_KIND_ERROR_MESSAGE"],"facets":["mine"]})"},
    {{"history", kOrders}, "catalog.v1.CatalogService/GetHistory", R"({"asset":$ORDERS})"},
    {{"diff", kOrders, "--before", "2026-01-01", "--after", "2026-02-01"},
     "catalog.v1.CatalogService/DiffAsset",
     R"({"asset":$ORDERS,"before":{"heldAt":"2026-01-01T00:00:00Z"},"after":{"heldAt":"2026-02-01T00:00:00Z"}})"},
    {{"set", kOrders, R"({"displayName":{"name":"x"}})", "--column", "c"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"displayName":{"name":"x"}},"column":{"path":["c"]}}]})"},
    {{"describe", kOrders, "주문"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"documentation":{"text":"주문"}}}]})"},
    {{"describe", kOrders, "text", "--etag", "e"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"documentation":{"text":"text"}},"etag":"e"}]})"},
    {{"set", kOrders, R"({"displayName":{"name":"x"}})", "--absent"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"displayName":{"name":"x"}},"absent":true}]})"},
    {{"tag", kOrders, "new", "team=a", "--column", "c"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"tags":{"tags":[{"key":"new"},)"
     R"({"key":"team","value":"a"}]}},"change":"CHANGE_ADD","column":{"path":["c"]}}]})"},
    {{"untag", kOrders, "theirs"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"tags":{"tags":[{"key":"theirs"}]}},"change":"CHANGE_REMOVE"}]})"},
    {{"own", kOrders, "kim"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"ownership":{"owners":[{"owner":"kim","type":"OWNER"}]}},)"
     R"("change":"CHANGE_ADD"}]})"},
    {{"disown", kOrders, "kim"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"ownership":{"owners":[{"owner":"kim"}]}},"change":"CHANGE_REMOVE"}]})"},
    {{"term", kOrders, "glossary_term:g#revenue"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"glossaryTerms":{"terms":[{"term":)"
     R"({"kind":"glossary_term","namespace":"g","name":"revenue"}}]}},"change":"CHANGE_ADD"}]})"},
    {{"tag", kOrders, "new", "--column", "c", "--new-column"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"tags":{"tags":[{"key":"new"}]}},)"
     R"("change":"CHANGE_ADD","column":{"path":["c"]}}],"allowUnknownColumns":true})"},
    {{"classify", kOrders, "pii", "--column", "c", "--new-column"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"classifications":{"classifications":[{"name":"pii"}]}},)"
     R"("change":"CHANGE_ADD","column":{"path":["c"]}}],"allowUnknownColumns":true})"},
    {{"classify", kOrders, "pii"},
     "catalog.v1.CatalogService/UpsertAspects",
     R"({"upserts":[{"asset":$ORDERS,"aspect":{"classifications":{"classifications":[{"name":"pii"}]}},)"
     R"("change":"CHANGE_ADD"}]})"},
    {{"delete", kOrders}, "catalog.v1.CatalogService/DeleteAsset", R"({"asset":$ORDERS})"},
    {{"restore", kOrders}, "catalog.v1.CatalogService/RestoreAsset", R"({"asset":$ORDERS})"},
    {{"tokens", "create", "--for", "pipelines", "--days", "2"},
     "authz.v1.AuthzService/CreateToken",
     R"({"principal":"pipelines","lifetime":"172800s"})"},
    {{"tokens", "list"}, "authz.v1.AuthzService/ListTokens", "{}"},
    {{"tokens", "revoke", "abc"}, "authz.v1.AuthzService/RevokeToken", R"({"id":"abc"})"},
    {{"principals", "list"}, "authz.v1.AuthzService/ListPrincipals", "{}"},
    {{"principals", "get", "kim"}, "authz.v1.AuthzService/GetPrincipal", R"({"id":"kim"})"},
    {{"roles", "get", "r"}, "authz.v1.AuthzService/GetRole", R"({"id":"r"})"},
    {{"roles", "put", R"({"id":"r"})"}, "authz.v1.AuthzService/PutRole", R"({"role":{"id":"r"}})"},
    {{"grants", "put", R"({"id":"g","deny":true})"},
     "authz.v1.AuthzService/PutGrant",
     R"({"grant":{"id":"g","deny":true},"updateMask":"deny"})"},
    // What is named is replaced, by nothing too.
    {{"roles", "put", R"({"id":"r","inherits":[],"description":""})"},
     "authz.v1.AuthzService/PutRole",
     R"({"role":{"id":"r"},"updateMask":"description,inherits"})"},
    {{"principals", "put", R"({"principal":{"id":"kim","roles":[],"displayName":"Kim"}})"},
     "authz.v1.AuthzService/PutPrincipal",
     R"({"principal":{"id":"kim","displayName":"Kim"},"updateMask":"displayName,roles"})"},
    {{"grants", "list", "--role", "r"}, "authz.v1.AuthzService/ListGrants", R"({"role":"r"})"},
    {{"grants", "get", "g"}, "authz.v1.AuthzService/GetGrant", R"({"id":"g"})"},
    {{"principals", "delete", "ann", "--etag", "e"},
     "authz.v1.AuthzService/DeletePrincipal",
     R"({"id":"ann","etag":"e"})"},
    {{"roles", "delete", "r", "--validate-only"},
     "authz.v1.AuthzService/DeleteRole",
     R"({"id":"r","validateOnly":true})"},
    {{"environments", "put", "pg", "postgres://prod*", "production", "--validate-only"},
     "authz.v1.AuthzService/PutEnvironmentRule",
     R"({"rule":{"id":"pg","namespace":"postgres://prod*","environment":"production"},)"
     R"("updateMask":"namespace,environment","validateOnly":true})"},
    {{"grants", "put", R"({"id":"g","deny":true})", "--validate-only"},
     "authz.v1.AuthzService/PutGrant",
     R"({"grant":{"id":"g","deny":true},"updateMask":"deny","validateOnly":true})"},
    {{"grants", "delete", "g"}, "authz.v1.AuthzService/DeleteGrant", R"({"id":"g"})"},
    {{"environments", "put", "pg", "postgres://prod*", "production"},
     "authz.v1.AuthzService/PutEnvironmentRule",
     R"({"rule":{"id":"pg","namespace":"postgres://prod*","environment":"production"},)"
     R"("updateMask":"namespace,environment"})"},
    {{"environments", "list"}, "authz.v1.AuthzService/ListEnvironmentRules", "{}"},
    {{"environments", "delete", "pg"}, "authz.v1.AuthzService/DeleteEnvironmentRule", R"({"id":"pg"})"},
    {{"audit", "list", "--principal", "kim", "--asset", kOrders, "--after", "2026-01-01"},
     "audit.v1.AuditService/ListRecords",
     R"({"principal":"kim","asset":$ORDERS,"after":"2026-01-01T00:00:00Z"})"},
    {{"audit", "head"}, "audit.v1.AuditService/GetHead", "{}"},
    {{"backup", "monday"}, "admin.v1.AdminService/Backup", R"({"name":"monday"})"},
};

INSTANTIATE_TEST_SUITE_P(EveryCommand, Requests, ::testing::ValuesIn(kCases),
                         [](const auto& info) { return "case" + std::to_string(info.index); });

TEST(Program, WrongWordsAreUsageAndNameTheArgument) {
  const std::pair<std::vector<std::string>, std::string> kWrong[] = {
      {{}, "SUBCOMMAND"},
      {{"fly"}, "fly"},
      {{"get"}, "ASSET"},
      {{"get", "orders"}, "ASSET"},
      {{"get", kOrders, "--held", "yesterday"}, "--held"},
      {{"search", "x", "-f", "kind"}, "--filter"},
      {{"runs", "job:n#j", "--state", "asleep"}, "--state"},
      {{"set", kOrders, "{"}, "ASPECT"},
      {{"untag", kOrders, "old", "--column", "c", "--new-column"}, "--new-column"},
      {{"diff", kOrders}, "--before"},
      {{"lineage", kOrders, "--depth", "deep"}, "--depth"}};
  for (const auto& [words, named] : kWrong) {
    Conversation talk;
    const Outcome outcome = RunWords(talk, words);
    EXPECT_EQ(outcome.code, 2) << named;
    EXPECT_THAT(outcome.err, HasSubstr(named));
    EXPECT_TRUE(talk.asked.empty());
  }
}

TEST(Program, TheExitCodeTellsWhatWentWrong) {
  const std::pair<absl::Status, int> kCodes[] = {
      {absl::InternalError("x"), 1},        {absl::AbortedError("x"), 1},          {absl::InvalidArgumentError("x"), 2},
      {absl::UnauthenticatedError("x"), 3}, {absl::PermissionDeniedError("x"), 3}, {absl::UnavailableError("x"), 4},
      {absl::NotFoundError("x"), 5}};
  for (const auto& [status, code] : kCodes) {
    Conversation talk;
    talk.failure = status;
    EXPECT_EQ(RunWords(talk, {"get", kOrders}).code, code) << status;
  }
}

TEST(Program, AnUnknownCommandIsNamedWithTheNearestOne) {
  const std::pair<std::vector<std::string>, std::string> kCases[] = {
      {{"serch", "orders"}, "there is no command `serch`; did you mean `cadastre search`?"},
      {{"desc", kOrders}, "there is no command `desc`; did you mean `cadastre describe`?"},
      {{"tokens", "lsit"}, "there is no command `lsit` under tokens; did you mean `cadastre tokens list`?"},
      {{"frobnicate"}, "there is no command `frobnicate`\nRun cadastre --help for all commands."},
      {{"a\x1b[2J"}, "there is no command `a\xEF\xBF\xBD[2J`\n"},
      {{"get", kOrders, "--helf"}, "not expected: --helf"},
  };
  for (const auto& [words, told] : kCases) {
    Conversation talk;
    const Outcome outcome = RunWords(talk, words);
    EXPECT_EQ(outcome.code, 2) << told;
    EXPECT_THAT(outcome.err, HasSubstr(told));
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(talk.asked.empty());
  }
}

TEST(Program, AGroupAloneTellsItsCommands) {
  Conversation talk;
  const std::pair<std::vector<std::string>, std::string> kCases[] = {{{"tokens"}, "revoke"}, {{}, "lineage"}};
  for (const auto& [words, told] : kCases) {
    const Outcome outcome = RunWords(talk, words);
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("Usage: cadastre"));
    EXPECT_THAT(outcome.err, HasSubstr(told));
  }
}

TEST(Search, AHitIsOneLine) {
  Conversation talk;
  talk.answers = {{"cadastre.search.v1.SearchService/Search",
                   R"({"hits":[{"asset":{"ref":{"kind":"dataset","namespace":"n","name":"a"},)"
                   R"("description":"\n# Orders\n\nof a day\r\n"}},)"
                   R"({"asset":{"ref":{"kind":"dataset","namespace":"n","name":"b\nc"}}}],"total":"2"})"}};
  const Outcome outcome = RunWords(talk, {"search", "orders"});
  EXPECT_EQ(std::count(outcome.out.begin(), outcome.out.end(), '\n'), 3) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("Orders\n"));
  EXPECT_EQ(outcome.out.find("of a day"), std::string::npos);
}

TEST(Program, JsonIsTheAnswerAndNothingElse) {
  Conversation talk;
  talk.answers = {{"cadastre.search.v1.SearchService/Search", R"({"total":"2","nextPageToken":"t"})"}};
  const Outcome outcome = RunWords(talk, {"search", "x", "--json"});
  EXPECT_EQ(outcome.out, "{\n \"total\": \"2\",\n \"nextPageToken\": \"t\"\n}\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(Batches, ALineThatSpoilsItsArrayIsFoundAndTold) {
  const std::string whole_refused = R"({"code":"invalid_argument","message":"body: expected an array"})";
  const std::string taken =
      R"({"received":1,"accepted":1,"rejected":[],"warnings":{"missing_producer":1},"revision":"r"})";
  Conversation talk;
  talk.posts = {{400, whole_refused, 0}, {201, taken, 0}, {400, whole_refused, 0}};
  const Outcome outcome = RunWords(talk, {"push", "-", "--http"}, "{\"a\":1}\n\n{\"b\":\n");
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("1 events accepted, 1 rejected"));
  EXPECT_THAT(outcome.out, HasSubstr("missing_producer"));
  EXPECT_THAT(outcome.err, HasSubstr("line 3: body: expected an array"));
  EXPECT_EQ(talk.posted[1], "/api/v1/lineage/batch {\"a\":1}");
}

}  // namespace
}  // namespace cadastre::cli
