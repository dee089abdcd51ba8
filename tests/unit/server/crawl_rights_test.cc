// Who may crawl, what a crawler learns of what he may not see, and what is recorded of it.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/unit/server/crawl_world.h"

namespace cadastre::server {
namespace {

namespace v1 = ingest::v1;

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr auto kPush = privilege::v1::PRIVILEGE_PUSH;
constexpr auto kBrowse = privilege::v1::PRIVILEGE_BROWSE;
constexpr auto kReadOperations = privilege::v1::PRIVILEGE_READ_OPERATIONS;
constexpr char kTables[] = "postgres://db:5432";
constexpr char kJobs[] = "cadastre";

class CrawlRightsTest : public CrawlWorld {
 protected:
  audit::v1::Record NewestOf(const std::string& method) {
    audit::v1::ListRecordsRequest request;
    request.set_operation("cadastre.ingest.v1.IngestService/" + method);
    request.set_page_size(1);
    const auto records = Must<audit::v1::ListRecordsResponse>(request);
    return records.records_size() == 0 ? audit::v1::Record() : records.records(0);
  }
  static std::vector<std::string> ShownIn(const audit::v1::Record& record) {
    std::vector<std::string> names;
    for (const auto& one : record.shown()) names.push_back(one.asset().name());
    return names;
  }
};

TEST_F(CrawlRightsTest, EveryWriteNeedsPushOnTheJob) {
  const std::string bearer = AddService("tables", {{{kPush, kBrowse}, kTables, ""}, {{kBrowse}, kJobs, ""}});
  EXPECT_TRUE(absl::IsPermissionDenied(BeginAs(bearer).status()));
  const int64_t crawl = Begin();
  EXPECT_TRUE(
      absl::IsPermissionDenied(CallAs<v1::RecordCrawledObjectsResponse>(bearer, Objects(crawl, {"shop.a"})).status()));
  EXPECT_TRUE(
      absl::IsPermissionDenied(CallAs<v1::MissCrawledObjectsResponse>(bearer, Missing(crawl, {"shop.a"})).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(CallAs<v1::FinishCrawlResponse>(bearer, Finish(crawl)).status()));
  v1::RenewCrawlRequest renew;
  *renew.mutable_source() = Source();
  renew.set_crawl(crawl);
  EXPECT_TRUE(absl::IsPermissionDenied(CallAs<v1::RenewCrawlResponse>(bearer, renew).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(RememberedAs(bearer).status()));
}

TEST_F(CrawlRightsTest, WhatLiesOutsideThePushScopeIsToldAndLeftOut) {
  const std::string bearer =
      AddService("crawler", {{{kPush, kBrowse}, kTables, "shop."}, {{kPush, kBrowse}, kJobs, ""}});
  const int64_t crawl = *BeginAs(bearer);
  const auto recorded = CallAs<v1::RecordCrawledObjectsResponse>(bearer, Objects(crawl, {"shop.a", "bank.b"}));
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  ASSERT_EQ(recorded->rejected_size(), 1);
  EXPECT_EQ(recorded->rejected(0).index(), 1);
  EXPECT_EQ(recorded->rejected(0).field(), "asset");
  EXPECT_THAT(*RememberedAs(bearer), ElementsAre("shop.a"));
  const Status missed = CallAs<v1::MissCrawledObjectsResponse>(bearer, Missing(crawl, {"shop.a", "bank.b"})).status();
  EXPECT_TRUE(absl::IsPermissionDenied(missed));
  EXPECT_EQ(base::FieldOf(missed), "assets[1]");
}

// A crawler that pushes everywhere and sees the shop alone: the bank is neither listed, counted nor missed.
TEST_F(CrawlRightsTest, AHiddenObjectIsNotListedAndItsCountIsNotTold) {
  const std::string bearer = AddService(
      "half", {{{kPush}, kTables, ""}, {{kBrowse}, kTables, "shop."}, {{kPush, kBrowse, kReadOperations}, kJobs, ""}});
  int64_t crawl = *BeginAs(bearer);
  std::vector<std::string> tables = {"shop.a", "shop.b"};
  for (int i = 0; i < 20; ++i) tables.push_back(base::Cat("bank.t", i));
  ASSERT_TRUE(CallAs<v1::RecordCrawledObjectsResponse>(bearer, Objects(crawl, tables)).ok());
  ASSERT_TRUE(CallAs<v1::FinishCrawlResponse>(bearer, Finish(crawl)).ok());
  EXPECT_THAT(*RememberedAs(bearer), ElementsAre("shop.a", "shop.b"));
  EXPECT_EQ(Remembered().size(), 22u);
  const auto sources = CallAs<v1::ListSourcesResponse>(bearer, v1::ListSourcesRequest());
  ASSERT_TRUE(sources.ok()) << sources.status();
  EXPECT_EQ(sources->sources(0).objects(), 2);
  EXPECT_EQ(Must<v1::ListSourcesResponse>(v1::ListSourcesRequest()).sources(0).objects(), 22);
  crawl = *BeginAs(bearer);
  const auto hidden = CallAs<v1::MissCrawledObjectsResponse>(bearer, Missing(crawl, {"bank.t1", "bank.none"}));
  ASSERT_TRUE(hidden.ok()) << hidden.status();
  EXPECT_EQ(hidden->missed(), 0) << "it is as what was never seen";
  ASSERT_TRUE(CallAs<v1::MissCrawledObjectsResponse>(bearer, Missing(crawl, {"shop.a"})).ok());
  const Status second = CallAs<v1::MissCrawledObjectsResponse>(bearer, Missing(crawl, {"shop.b"})).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(second)) << "two of two, whatever else there is";
  EXPECT_THAT(std::string(base::MessageOf(second)), HasSubstr("2 of the 2"));
}

TEST_F(CrawlRightsTest, AHiddenSourceHasNothingToWhoMayPushIt) {
  const std::string bearer = AddService("blind", {{{kPush, kBrowse}, kTables, ""}, {{kPush}, kJobs, ""}});
  const int64_t crawl = Begin();
  Record(Objects(crawl, {"shop.a"}));
  EXPECT_THAT(*RememberedAs(bearer), IsEmpty());
  v1::ListCrawledObjectsRequest none;
  *none.mutable_source() = Source("none");
  EXPECT_TRUE(CallAs<v1::ListCrawledObjectsResponse>(bearer, none).ok());
}

TEST_F(CrawlRightsTest, ReportsNeedReadOperationsOnTheJob) {
  const std::string bearer = AddService(
      "reader", {{{kBrowse}, kTables, ""}, {{kBrowse, kReadOperations}, kJobs, "bank"}, {{kBrowse}, kJobs, "shop"}});
  ASSERT_TRUE(BeginAs(admin_, Source("bank")).ok());
  MustFinish(Begin());
  const auto sources = CallAs<v1::ListSourcesResponse>(bearer, v1::ListSourcesRequest());
  ASSERT_TRUE(sources.ok()) << sources.status();
  ASSERT_EQ(sources->sources_size(), 1);
  EXPECT_EQ(sources->sources(0).source().name(), "bank");
  v1::ListCrawlsRequest crawls;
  *crawls.mutable_source() = Source("shop");
  EXPECT_THAT(CallAs<v1::ListCrawlsResponse>(bearer, crawls)->crawls(), IsEmpty());
  v1::GetCrawlRequest get;
  *get.mutable_source() = Source("shop");
  EXPECT_TRUE(absl::IsNotFound(CallAs<v1::GetCrawlResponse>(bearer, get).status()));
  *get.mutable_source() = Source("bank");
  EXPECT_TRUE(CallAs<v1::GetCrawlResponse>(bearer, get).ok());
  *get.mutable_source() = Source("none");
  EXPECT_TRUE(absl::IsNotFound(CallAs<v1::GetCrawlResponse>(bearer, get).status()));
}

TEST_F(CrawlRightsTest, WhoHoldsTheLeaseIsToldToWhoReadsOperations) {
  const std::string blind = AddService("pushes", {{{kPush}, kJobs, ""}});
  const std::string reader = AddService("reads", {{{kPush, kBrowse, kReadOperations}, kJobs, ""}});
  Begin();
  EXPECT_THAT(std::string(base::MessageOf(BeginAs(blind).status())), Not(HasSubstr("host:1")));
  EXPECT_THAT(std::string(base::MessageOf(BeginAs(reader).status())), HasSubstr("host:1"));
}

TEST_F(CrawlRightsTest, AFinishedCrawlIsShownToWhoReadsOperations) {
  const std::string pusher = AddService("pusher", {{{kPush, kBrowse}, kJobs, ""}});
  const int64_t crawl = *BeginAs(pusher);
  const auto finished = CallAs<v1::FinishCrawlResponse>(pusher, Finish(crawl));
  ASSERT_TRUE(finished.ok()) << finished.status();
  EXPECT_FALSE(finished->has_crawl());
  EXPECT_EQ(Must<v1::FinishCrawlResponse>(Finish(Begin())).crawl().state(), v1::CRAWL_STATE_COMPLETE);
}

TEST_F(CrawlRightsTest, EveryCallNamesItsSourceAndObjects) {
  int64_t crawl = Begin();
  EXPECT_THAT(ShownIn(NewestOf("BeginCrawl")), ElementsAre("shop"));
  Record(Objects(crawl, {"shop.a", "shop.b"}));
  EXPECT_THAT(ShownIn(NewestOf("RecordCrawledObjects")), UnorderedElementsAre("shop", "shop.a", "shop.b"));
  auto check = Objects(crawl, {"shop.a"});
  check.set_validate_only(true);
  Record(check);
  EXPECT_THAT(NewestOf("RecordCrawledObjects").detail(), HasSubstr("validate_only"));
  MustFinish(crawl);
  EXPECT_THAT(ShownIn(NewestOf("FinishCrawl")), ElementsAre("shop"));
  crawl = Begin();
  Must<v1::MissCrawledObjectsResponse>(Missing(crawl, {"shop.b"}));
  EXPECT_THAT(ShownIn(NewestOf("MissCrawledObjects")), UnorderedElementsAre("shop", "shop.b"));
  v1::RenewCrawlRequest renew;
  *renew.mutable_source() = Source();
  renew.set_crawl(crawl);
  Must<v1::RenewCrawlResponse>(renew);
  EXPECT_THAT(ShownIn(NewestOf("RenewCrawl")), ElementsAre("shop"));
  Remembered();
  EXPECT_THAT(ShownIn(NewestOf("ListCrawledObjects")), UnorderedElementsAre("shop", "shop.a", "shop.b"));
  Must<v1::ListSourcesResponse>(v1::ListSourcesRequest());
  EXPECT_THAT(ShownIn(NewestOf("ListSources")), ElementsAre("shop"));
}

TEST_F(CrawlRightsTest, ARefusedCallNamesWhatItAskedFor) {
  const int64_t crawl = Begin();
  EXPECT_FALSE(BeginAs(admin_).ok());
  EXPECT_THAT(NewestOf("BeginCrawl").detail(), HasSubstr("job:cadastre#shop"));
  EXPECT_FALSE(CallAs<v1::RecordCrawledObjectsResponse>(admin_, Objects(crawl + 1, {"shop.a"})).ok());
  const audit::v1::Record record = NewestOf("RecordCrawledObjects");
  EXPECT_THAT(record.detail(), HasSubstr("job:cadastre#shop"));
  EXPECT_THAT(record.detail(), HasSubstr("dataset:postgres://db:5432#shop.a"));
  EXPECT_FALSE(CallAs<v1::MissCrawledObjectsResponse>(admin_, Missing(crawl + 1, {"shop.a"})).ok());
  EXPECT_THAT(NewestOf("MissCrawledObjects").detail(), HasSubstr("shop.a"));
  v1::GetCrawlRequest get;
  *get.mutable_source() = Source("none");
  EXPECT_FALSE(CallAs<v1::GetCrawlResponse>(admin_, get).ok());
  EXPECT_THAT(NewestOf("GetCrawl").detail(), HasSubstr("job:cadastre#none"));
}

}  // namespace
}  // namespace cadastre::server
