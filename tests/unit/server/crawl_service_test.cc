// What a crawl records, misses and reports, through its methods.
#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>

#include "tests/unit/server/crawl_world.h"

namespace cadastre::server {
namespace {

namespace v1 = ingest::v1;

using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using CrawlServiceTest = CrawlWorld;

v1::CrawledAspect* AddDoc(v1::CrawledObject* object, const std::string& text) {
  v1::CrawledAspect* aspect = object->add_aspects();
  aspect->mutable_aspect()->mutable_documentation()->set_text(text);
  return aspect;
}

void AddSchema(v1::CrawledObject* object, const std::vector<std::string>& columns) {
  auto* schema = object->add_aspects()->mutable_aspect()->mutable_schema();
  for (const std::string& column : columns) schema->add_fields()->set_name(column);
}

std::string DocOf(const catalog::v1::Asset& asset) {
  for (const auto& value : asset.business()) {
    if (value.aspect().has_documentation()) return value.aspect().documentation().text();
  }
  return "";
}

std::vector<std::string> RejectedFields(const v1::RecordCrawledObjectsResponse& response) {
  std::vector<std::string> fields;
  for (const auto& one : response.rejected()) fields.push_back(base::Cat(one.index(), " ", one.field()));
  return fields;
}

TEST_F(CrawlServiceTest, ACrawlStatesWhatItSaw) {
  const int64_t crawl = Begin();
  auto request = Objects(crawl, {"shop.orders"});
  AddSchema(request.mutable_objects(0), {"id", "total"});
  AddDoc(request.mutable_objects(0), "the orders");
  AddDoc(request.mutable_objects(0), "their sum")->mutable_column()->add_path("total");
  const auto recorded = Record(request);
  EXPECT_THAT(recorded.rejected(), IsEmpty());
  EXPECT_THAT(recorded.warnings(), IsEmpty());
  EXPECT_FALSE(recorded.revision().empty());
  const catalog::v1::Asset asset = Asset(Table("shop.orders"));
  EXPECT_EQ(DocOf(asset), "the orders");
  EXPECT_EQ(asset.columns_size(), 2);
  EXPECT_THAT(Remembered(), ElementsAre("shop.orders"));
  const catalog::v1::Asset job = Asset(Source());
  ASSERT_EQ(job.technical_size(), 1);
  EXPECT_EQ(job.technical(0).aspect().job_type().integration(), "CADASTRE_INGEST");
}

TEST_F(CrawlServiceTest, APersonsWordStandsOverACrawls) {
  catalog::v1::UpsertAspectsRequest said;
  said.add_upserts()->mutable_aspect()->mutable_documentation()->set_text("by hand");
  *said.mutable_upserts(0)->mutable_asset() = Table("shop.orders");
  Must<catalog::v1::UpsertAspectsResponse>(said);
  auto request = Objects(Begin(), {"shop.orders"});
  AddDoc(request.mutable_objects(0), "crawled");
  Record(request);
  EXPECT_EQ(DocOf(Asset(Table("shop.orders"))), "by hand");
}

TEST_F(CrawlServiceTest, AKindThatTheSourceNoLongerStatesIsWithdrawn) {
  const int64_t crawl = Begin();
  auto request = Objects(crawl, {"shop.orders"});
  AddDoc(request.mutable_objects(0), "the orders");
  Record(request);
  Pass(minutes(1));
  request = Objects(crawl, {"shop.orders"});
  AddDoc(request.mutable_objects(0), "")->set_withdraw(true);
  Record(request);
  EXPECT_EQ(DocOf(Asset(Table("shop.orders"))), "");
}

TEST_F(CrawlServiceTest, NewerInputsReplaceOlderOnes) {
  const auto inputs = [&] {
    lineage::v1::GetLineageRequest request;
    *request.mutable_asset() = Table("shop.view");
    request.set_direction(lineage::v1::DIRECTION_UPSTREAM);
    catalog::v1::GetAssetRequest newest;
    *newest.mutable_asset() = Table("shop.view");
    request.set_min_revision(Must<catalog::v1::GetAssetResponse>(newest).revision());
    std::vector<std::string> names;
    const auto lineage = Must<lineage::v1::GetLineageResponse>(request);
    for (const auto& node : lineage.nodes()) {
      if (node.asset().ref().name() != "shop.view") names.push_back(node.asset().ref().name());
    }
    std::sort(names.begin(), names.end());
    return names;
  };
  const int64_t crawl = Begin();
  const auto record = [&](const std::vector<std::string>& from) {
    Pass(minutes(1));
    auto request = Objects(crawl, {"shop.view"});
    request.mutable_objects(0)->set_inputs_stated(true);
    for (const std::string& name : from) {
      v1::CrawledInput* input = request.mutable_objects(0)->add_inputs();
      *input->mutable_asset() = Table(name);
      input->add_columns()->mutable_from()->add_path("a");
      input->mutable_columns(0)->mutable_to()->add_path("b");
    }
    EXPECT_THAT(Record(request).rejected(), IsEmpty());
  };
  record({"shop.a", "shop.b"});
  EXPECT_THAT(inputs(), ElementsAre("shop.a", "shop.b"));
  record({"shop.b", "shop.c"});
  EXPECT_THAT(inputs(), ElementsAre("shop.b", "shop.c"));
  record({});
  EXPECT_THAT(inputs(), IsEmpty());
}

TEST_F(CrawlServiceTest, AJobLeadsFromWhatItReadsToWhatItWrites) {
  const auto above = [&](const std::string& table) {
    lineage::v1::GetLineageRequest request;
    *request.mutable_asset() = Table(table);
    request.set_direction(lineage::v1::DIRECTION_UPSTREAM);
    catalog::v1::GetAssetRequest newest;
    *newest.mutable_asset() = Table(table);
    request.set_min_revision(Must<catalog::v1::GetAssetResponse>(newest).revision());
    std::vector<std::string> names;
    const auto answer = Must<lineage::v1::GetLineageResponse>(request);
    for (const auto& node : answer.nodes()) {
      names.push_back(node.asset().ref().name());
    }
    std::sort(names.begin(), names.end());
    return names;
  };
  const auto job = [](const std::string& name) {
    catalog::v1::AssetRef ref;
    ref.set_kind("job");
    ref.set_namespace_("dbt");
    ref.set_name(name);
    return ref;
  };
  const int64_t crawl = Begin();
  const auto record = [&](const std::vector<std::string>& reads, const std::string& writes) {
    Pass(minutes(1));
    auto request = Objects(crawl, {"shop.a", "shop.b", "shop.c", "shop.other"});
    // Two jobs of one request do not end each other's edges.
    for (const std::string name : {"model", "other"}) {
      v1::CrawledObject* object = request.add_objects();
      *object->mutable_asset() = job(name);
      object->set_inputs_stated(true);
      object->set_outputs_stated(true);
      if (name == "other") {
        *object->add_inputs()->mutable_asset() = Table("shop.a");
        *object->add_outputs()->mutable_asset() = Table("shop.other");
        continue;
      }
      for (const std::string& table : reads) *object->add_inputs()->mutable_asset() = Table(table);
      *object->add_outputs()->mutable_asset() = Table(writes);
    }
    EXPECT_THAT(RejectedFields(Record(request)), IsEmpty());
  };
  record({"shop.a", "shop.b"}, "shop.c");
  EXPECT_THAT(above("shop.c"), ElementsAre("model", "shop.a", "shop.b", "shop.c"));
  EXPECT_THAT(above("shop.other"), ElementsAre("other", "shop.a", "shop.other"));
  record({"shop.b"}, "shop.c");
  EXPECT_THAT(above("shop.c"), ElementsAre("model", "shop.b", "shop.c"));
  EXPECT_THAT(above("shop.other"), ElementsAre("other", "shop.a", "shop.other"));

  auto wrong = Objects(crawl, {"shop.a", "shop.b", "shop.c"});
  wrong.mutable_objects(0)->set_outputs_stated(true);
  *wrong.mutable_objects(1)->add_outputs()->mutable_asset() = Table("shop.c");
  *wrong.mutable_objects(2)->mutable_asset() = job("model");
  wrong.mutable_objects(2)->set_inputs_stated(true);
  *wrong.mutable_objects(2)->add_inputs()->mutable_asset() = job("other");
  EXPECT_THAT(RejectedFields(Record(wrong)),
              ElementsAre("0 outputs_stated", "1 outputs_stated", "2 inputs[0].asset.kind"));
  v1::CrawledObject* object = wrong.mutable_objects(2);
  *object->mutable_inputs(0)->mutable_asset() = Table("shop.a");
  object->mutable_inputs(0)->add_columns()->mutable_from()->add_path("id");
  EXPECT_THAT(RejectedFields(Record(wrong)), testing::Contains("2 inputs[0].columns"));
}

TEST_F(CrawlServiceTest, OneBadObjectRefusesNoOther) {
  auto request = Objects(Begin(), {"shop.good", "", "shop.good", "shop.column", "shop.twice", "shop.large", "shop.self",
                                   "shop.renamed", "shop.whole", "shop.last"});
  AddDoc(request.mutable_objects(3), "x")->mutable_column()->add_path("");
  AddDoc(request.mutable_objects(4), "x");
  AddDoc(request.mutable_objects(4), "y");
  request.mutable_objects(5)->set_digest(std::string(33, 'd'));
  request.mutable_objects(6)->set_inputs_stated(true);
  *request.mutable_objects(6)->add_inputs()->mutable_asset() = Table("shop.self");
  *request.mutable_objects(7)->mutable_renamed_from() = Source();
  request.mutable_objects(8)->set_inputs_stated(true);
  v1::CrawledInput* input = request.mutable_objects(8)->add_inputs();
  *input->mutable_asset() = Table("shop.good");
  input->add_columns()->mutable_to()->add_path("b");
  AddDoc(request.mutable_objects(9), "kept");
  const auto recorded = Record(request);
  EXPECT_THAT(RejectedFields(recorded),
              ElementsAre("1 asset.name", "2 asset", "3 aspects[0].column.path", "4 aspects[1]", "5 digest",
                          "6 inputs[0].asset", "7 renamed_from.kind", "8 inputs[0].columns[0].from.path"));
  EXPECT_THAT(Remembered(), ElementsAre("shop.good", "shop.last"));
  EXPECT_EQ(DocOf(Asset(Table("shop.last"))), "kept");
}

TEST_F(CrawlServiceTest, ACheckWritesNothingAndNeedsNoCrawl) {
  auto request = Objects(0, {"shop.good", ""});
  request.set_validate_only(true);
  AddDoc(request.mutable_objects(0), "x");
  const auto checked = Record(request);
  EXPECT_EQ(checked.rejected_size(), 1);
  EXPECT_TRUE(checked.revision().empty());
  EXPECT_THAT(Remembered(), IsEmpty());
  request.set_validate_only(false);
  EXPECT_TRUE(absl::IsInvalidArgument(CallAs<v1::RecordCrawledObjectsResponse>(admin_, request).status()));
}

TEST_F(CrawlServiceTest, RepeatingARequestChangesNothing) {
  auto request = Objects(Begin(), {"shop.orders"});
  AddDoc(request.mutable_objects(0), "the orders");
  *request.mutable_held_at() = google::protobuf::Timestamp();
  request.mutable_held_at()->set_seconds(1'699'999'000);
  Record(request);
  catalog::v1::GetHistoryRequest history;
  *history.mutable_asset() = Table("shop.orders");
  const int before = Must<catalog::v1::GetHistoryResponse>(history).entries_size();
  Record(request);
  EXPECT_EQ(Must<catalog::v1::GetHistoryResponse>(history).entries_size(), before);
}

TEST_F(CrawlServiceTest, WhatIsSeenAgainIsBack) {
  int64_t crawl = Begin();
  Record(Objects(crawl, {"shop.orders", "shop.other"}));
  MustFinish(crawl);
  for (int i = 0; i < 2; ++i) {
    crawl = Begin();
    Must<v1::MissCrawledObjectsResponse>(Missing(crawl, {"shop.orders"}));
    MustFinish(crawl);
  }
  EXPECT_TRUE(Asset(Table("shop.orders")).summary().dropped());
  EXPECT_THAT(Remembered(), ElementsAre("shop.other"));
  crawl = Begin();
  auto request = Objects(crawl, {"shop.orders"});
  // By a clock that is behind.
  request.mutable_held_at()->set_seconds(1'600'000'000);
  auto* change = request.mutable_objects(0)->add_aspects()->mutable_aspect()->mutable_lifecycle_change();
  change->set_change("RENAME");
  Record(request);
  EXPECT_FALSE(Asset(Table("shop.orders")).summary().dropped());
}

TEST_F(CrawlServiceTest, AFencedOffCrawlWritesNothing) {
  const int64_t first = Begin();
  Pass(minutes(3));
  const int64_t second = Begin();
  ASSERT_EQ(second, first + 1);
  auto request = Objects(first, {"shop.late"});
  AddDoc(request.mutable_objects(0), "late");
  const Status refused = CallAs<v1::RecordCrawledObjectsResponse>(admin_, request).status();
  EXPECT_TRUE(absl::IsAborted(refused)) << refused;
  EXPECT_EQ(base::FieldOf(refused), "crawl");
  EXPECT_TRUE(absl::IsAborted(CallAs<v1::MissCrawledObjectsResponse>(admin_, Missing(first, {"shop.a"})).status()));
  EXPECT_TRUE(absl::IsAborted(CallAs<v1::FinishCrawlResponse>(admin_, Finish(first)).status()));
  v1::RenewCrawlRequest renew;
  *renew.mutable_source() = Source();
  renew.set_crawl(first);
  EXPECT_TRUE(absl::IsAborted(CallAs<v1::RenewCrawlResponse>(admin_, renew).status()));
  EXPECT_THAT(Remembered(), IsEmpty());
  catalog::v1::GetAssetRequest late;
  *late.mutable_asset() = Table("shop.late");
  EXPECT_TRUE(absl::IsNotFound(CallAs<catalog::v1::GetAssetResponse>(admin_, late).status()));
}

TEST_F(CrawlServiceTest, ARenamedTableIsOneAssetWithItsEarlierName) {
  int64_t crawl = Begin();
  auto request = Objects(crawl, {"shop.old"});
  AddDoc(request.mutable_objects(0), "told of the old name");
  Record(request);
  MustFinish(crawl);
  crawl = Begin();
  request = Objects(crawl, {"shop.new"});
  *request.mutable_objects(0)->mutable_renamed_from() = Table("shop.old");
  Record(request);
  EXPECT_THAT(Remembered(), ElementsAre("shop.new"));
  EXPECT_EQ(DocOf(Asset(Table("shop.new"))), "told of the old name");
}

TEST_F(CrawlServiceTest, AnEarlierNameThatIsGivenAwayIsAnotherThing) {
  int64_t crawl = Begin();
  Record(Objects(crawl, {"shop.orders"}));
  MustFinish(crawl);
  crawl = Begin();
  auto request = Objects(crawl, {"shop.orders_old"});
  *request.mutable_objects(0)->mutable_renamed_from() = Table("shop.orders");
  Record(request);
  EXPECT_EQ(Asset(Table("shop.orders_old")).aliases_size(), 1);
  Pass(minutes(1));
  Record(Objects(crawl, {"shop.orders"}));
  const catalog::v1::Asset orders = Asset(Table("shop.orders"));
  for (const auto& alias : orders.aliases()) {
    EXPECT_EQ(alias.state(), catalog::v1::ALIAS_STATE_TAKEN_BACK);
  }
  EXPECT_EQ(Remembered().size(), 2u);
  // And back again.
  MustFinish(crawl);
  crawl = Begin();
  request = Objects(crawl, {"shop.orders"});
  *request.mutable_objects(0)->mutable_renamed_from() = Table("shop.orders_old");
  Record(request);
  EXPECT_EQ(Asset(Table("shop.orders")).aliases(0).state(), catalog::v1::ALIAS_STATE_MERGED);
  EXPECT_THAT(Remembered(), ElementsAre("shop.orders"));
}

// As of a table that is rebuilt beside the old one and takes its name.
TEST_F(CrawlServiceTest, ANameThatStandsIsNoEarlierName) {
  int64_t crawl = Begin();
  Record(Objects(crawl, {"shop.orders"}));
  MustFinish(crawl);
  crawl = Begin();
  auto request = Objects(crawl, {"shop.orders_old", "shop.orders"});
  *request.mutable_objects(0)->mutable_renamed_from() = Table("shop.orders");
  const auto recorded = Record(request);
  ASSERT_EQ(recorded.warnings_size(), 1);
  EXPECT_EQ(recorded.warnings(0).cause(), "renamed_from_stands");
  EXPECT_EQ(Remembered().size(), 2u);
  EXPECT_THAT(Asset(Table("shop.orders")).aliases(), IsEmpty());
}

TEST_F(CrawlServiceTest, MissingMoreThanAFifthIsRefusedAsAWhole) {
  int64_t crawl = Begin();
  Record(Objects(crawl, {"shop.a", "shop.b", "shop.c", "shop.d", "shop.e"}));
  MustFinish(crawl);
  crawl = Begin();
  auto request = Missing(crawl, {"shop.a", "shop.b"});
  EXPECT_TRUE(absl::IsFailedPrecondition(CallAs<v1::MissCrawledObjectsResponse>(admin_, request).status()));
  v1::ListCrawledObjectsRequest list;
  *list.mutable_source() = Source();
  const auto remembered = Must<v1::ListCrawledObjectsResponse>(list);
  for (const auto& object : remembered.objects()) EXPECT_EQ(object.missed(), 0);
  request.set_allow_missed(2);
  request.set_validate_only(true);
  EXPECT_EQ(Must<v1::MissCrawledObjectsResponse>(request).missed(), 2);
  request.set_validate_only(false);
  EXPECT_EQ(Must<v1::MissCrawledObjectsResponse>(request).missed(), 2);
  EXPECT_EQ(Must<v1::MissCrawledObjectsResponse>(request).missed(), 0) << "a repetition";
}

TEST_F(CrawlServiceTest, WhatWasDeletedHereIsMissedAsWell) {
  int64_t crawl = Begin();
  Record(Objects(crawl, {"shop.a", "shop.b"}));
  MustFinish(crawl);
  catalog::v1::DeleteAssetRequest deleted;
  *deleted.mutable_asset() = Table("shop.a");
  Must<catalog::v1::DeleteAssetResponse>(deleted);
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(Remembered(), ElementsAre("shop.a", "shop.b"));
    crawl = Begin();
    const auto missed = Must<v1::MissCrawledObjectsResponse>(Missing(crawl, {"shop.a"}));
    EXPECT_EQ(missed.missed() + missed.dropped(), 1);
    MustFinish(crawl);
  }
  EXPECT_THAT(Remembered(), ElementsAre("shop.b"));
}

TEST_F(CrawlServiceTest, RememberedObjectsComeInPages) {
  const int64_t crawl = Begin();
  std::vector<std::string> tables;
  for (int i = 0; i < 25; ++i) tables.push_back(base::Cat("shop.t", 10 + i));
  auto request = Objects(crawl, tables);
  for (auto& object : *request.mutable_objects()) {
    object.set_source_id("7");
    object.set_digest("d");
  }
  Record(request);
  v1::ListCrawledObjectsRequest list;
  *list.mutable_source() = Source();
  list.set_page_size(10);
  std::vector<std::string> seen;
  std::vector<int> sizes;
  do {
    const auto page = Must<v1::ListCrawledObjectsResponse>(list);
    sizes.push_back(page.objects_size());
    for (const auto& object : page.objects()) {
      seen.push_back(object.asset().name());
      EXPECT_EQ(object.scope(), kShop);
      EXPECT_EQ(object.source_id(), "7");
      EXPECT_EQ(object.digest(), "d");
    }
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_THAT(sizes, ElementsAre(10, 10, 5));
  EXPECT_EQ(seen, tables);
}

TEST_F(CrawlServiceTest, AReportIsReadBack) {
  const int64_t crawl = Begin();
  Record(Objects(crawl, {"shop.orders"}));
  v1::FinishCrawlRequest finish = Finish(crawl);
  finish.set_state(v1::CRAWL_STATE_PARTIAL);
  finish.set_reason("one schema is closed");
  for (const char* scope : {"shop.public", "shop.audit"}) {
    v1::ScopeReport* report = finish.add_scopes();
    report->set_scope(scope);
    report->set_state(finish.scopes_size() == 1 ? v1::SCOPE_STATE_COMPLETE : v1::SCOPE_STATE_FAILED);
    report->set_seen(3);
    report->set_added(1);
  }
  finish.mutable_scopes(0)->mutable_covered_until()->set_seconds(1'700'000'000);
  const auto finished = Must<v1::FinishCrawlResponse>(finish);
  EXPECT_EQ(finished.crawl().seen(), 6);
  EXPECT_EQ(finished.crawl().scopes_size(), 0);
  v1::GetCrawlRequest get;
  *get.mutable_source() = Source();
  const v1::Crawl told = Must<v1::GetCrawlResponse>(get).crawl();
  EXPECT_EQ(told.crawl(), crawl);
  EXPECT_EQ(told.state(), v1::CRAWL_STATE_PARTIAL);
  EXPECT_EQ(told.holder(), "host:1");
  EXPECT_EQ(told.added(), 2);
  ASSERT_EQ(told.scopes_size(), 2);
  EXPECT_EQ(told.scopes(0).DebugString(), finish.scopes(0).DebugString());
  const auto sources = Must<v1::ListSourcesResponse>(v1::ListSourcesRequest());
  ASSERT_EQ(sources.sources_size(), 1);
  EXPECT_EQ(sources.sources(0).objects(), 1);
  EXPECT_FALSE(sources.sources(0).has_complete_at());
  EXPECT_EQ(sources.sources(0).newest().state(), v1::CRAWL_STATE_PARTIAL);
}

TEST_F(CrawlServiceTest, SourcesAndCrawlsComeInPages) {
  for (const char* name : {"c", "a", "b"}) ASSERT_TRUE(BeginAs(admin_, Source(name)).ok());
  v1::ListSourcesRequest sources;
  sources.set_page_size(2);
  const auto first = Must<v1::ListSourcesResponse>(sources);
  ASSERT_EQ(first.sources_size(), 2);
  EXPECT_EQ(first.sources(0).source().name(), "a");
  EXPECT_EQ(first.sources(1).source().name(), "b");
  sources.set_page_token(first.next_page_token());
  const auto second = Must<v1::ListSourcesResponse>(sources);
  ASSERT_EQ(second.sources_size(), 1);
  EXPECT_EQ(second.sources(0).source().name(), "c");
  EXPECT_TRUE(second.next_page_token().empty());
  for (int i = 0; i < 5; ++i) MustFinish(Begin());
  v1::ListCrawlsRequest crawls;
  *crawls.mutable_source() = Source();
  crawls.set_page_size(3);
  const auto newest = Must<v1::ListCrawlsResponse>(crawls);
  ASSERT_EQ(newest.crawls_size(), 3);
  EXPECT_EQ(newest.crawls(0).crawl(), 5);
  EXPECT_EQ(newest.crawls(0).state(), v1::CRAWL_STATE_COMPLETE);
  crawls.set_page_token(newest.next_page_token());
  const auto rest = Must<v1::ListCrawlsResponse>(crawls);
  ASSERT_EQ(rest.crawls_size(), 2);
  EXPECT_EQ(rest.crawls(1).crawl(), 1);
}

TEST_F(CrawlServiceTest, WhatIsOutOfBoundsIsRefusedByItsField) {
  const auto field = [](const Status& status) { return base::FieldOf(status).value_or(base::Cat(status.ToString())); };
  v1::BeginCrawlRequest begin;
  *begin.mutable_source() = Table("no job");
  EXPECT_EQ(field(CallAs<v1::BeginCrawlResponse>(admin_, begin).status()), "source.kind");
  *begin.mutable_source() = Source();
  begin.mutable_lease()->set_seconds(5);
  EXPECT_EQ(field(CallAs<v1::BeginCrawlResponse>(admin_, begin).status()), "lease");
  begin.clear_lease();
  begin.set_holder(std::string(257, 'h'));
  EXPECT_EQ(field(CallAs<v1::BeginCrawlResponse>(admin_, begin).status()), "holder");
  const int64_t crawl = Begin();
  auto objects = Objects(crawl, {"shop.a"});
  objects.set_tool("Postgres 16");
  EXPECT_EQ(field(CallAs<v1::RecordCrawledObjectsResponse>(admin_, objects).status()), "tool");
  objects = Objects(crawl, {"shop.a"});
  objects.set_scope("");
  EXPECT_EQ(field(CallAs<v1::RecordCrawledObjectsResponse>(admin_, objects).status()), "scope");
  objects = Objects(crawl);
  EXPECT_EQ(field(CallAs<v1::RecordCrawledObjectsResponse>(admin_, objects).status()), "objects");
  auto finish = Finish(crawl);
  finish.set_state(v1::CRAWL_STATE_RUNNING);
  EXPECT_EQ(field(CallAs<v1::FinishCrawlResponse>(admin_, finish).status()), "state");
  finish = Finish(crawl);
  for (int i = 0; i < 2; ++i) {
    finish.add_scopes()->set_scope(kShop);
    finish.mutable_scopes(i)->set_state(v1::SCOPE_STATE_COMPLETE);
  }
  EXPECT_EQ(field(CallAs<v1::FinishCrawlResponse>(admin_, finish).status()), "scopes[1].scope");
  finish.mutable_scopes(1)->set_scope("other");
  finish.mutable_scopes(1)->set_seen(-1);
  EXPECT_EQ(field(CallAs<v1::FinishCrawlResponse>(admin_, finish).status()), "scopes[1].seen");
  finish.mutable_scopes(1)->set_seen(1);
  finish.mutable_scopes(1)->set_state(v1::SCOPE_STATE_PARTIAL);
  EXPECT_EQ(field(CallAs<v1::FinishCrawlResponse>(admin_, finish).status()), "state");
}

}  // namespace
}  // namespace cadastre::server
