// Leases, fences and what is remembered, below the doors.
#include "catalog/crawl.h"

#include <gmock/gmock.h>

#include <chrono>

#include "base/status.h"
#include "catalog/crawl_lists.h"
#include "catalog/crawl_memory.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

const AssetName kSource = {AssetKind::kJob, "cadastre", "shop"};
constexpr char kScope[] = "shop.public";

class CrawlTest : public testing::Test {
 protected:
  StatusOr<Revision> Do(const std::function<Status(authz::WriteSession&, const SourcePermit&)>& what) {
    return DoAs(world_.admin(), what);
  }
  StatusOr<Revision> DoAs(const std::string& bearer,
                          const std::function<Status(authz::WriteSession&, const SourcePermit&)>& what) {
    return world_.Write(CatalogWorld::WriteCall(bearer), [&](authz::WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(const SourcePermit source, session.PermitPush(kSource));
      return what(session, source);
    });
  }
  StatusOr<int64_t> Begin() { return BeginAs(world_.admin()); }
  // Each time by another crawler.
  StatusOr<int64_t> BeginAs(const std::string& bearer) {
    return BeginAs(bearer, "host:" + std::to_string(++crawlers_));
  }
  StatusOr<int64_t> BeginAs(const std::string& bearer, const std::string& holder) {
    int64_t crawl = 0;
    const StatusOr<Revision> begun = DoAs(bearer, [&](auto& session, const auto& source) -> Status {
      ASSIGN_OR_RETURN(const CrawlLease lease, BeginCrawl(session, source, holder, minutes(2)));
      crawl = lease.crawl;
      return absl::OkStatus();
    });
    return begun.ok() ? StatusOr<int64_t>(crawl) : begun.status();
  }
  Status Finish(int64_t crawl, CrawlState state = CrawlState::kComplete) {
    return Do([&](auto& session, const auto& source) {
             return FinishCrawl(session, source, crawl, {state, "", {}});
           })
        .status();
  }
  Status Check(int64_t crawl) {
    return Do([&](auto& session, const auto& source) { return CheckCrawl(session, source, crawl).status(); }).status();
  }
  void Pass(std::chrono::microseconds time) { world_.clock().Set(world_.clock().Now() + time); }

  Status Remember(int64_t crawl, const std::vector<std::string>& names, const std::string& scope = kScope,
                  const std::string& renamed_from = "") {
    return Do([&](authz::WriteSession& session, const SourcePermit& source) -> Status {
             ASSIGN_OR_RETURN(const AssetId id, CheckCrawl(session, source, crawl));
             CrawlMemory memory(&session, id, crawl);
             for (const std::string& name : names) {
               ASSIGN_OR_RETURN(const ObjectPermit permit, session.PermitPush(Table(name)));
               SeenObject seen{"oid", "digest", std::nullopt};
               if (!renamed_from.empty()) seen.renamed_from = session.FindName(Table(renamed_from));
               RETURN_IF_ERROR(memory.Remember(permit, scope, seen));
             }
             return absl::OkStatus();
           })
        .status();
  }
  StatusOr<Missed> Miss(int64_t crawl, const std::vector<std::string>& names, int64_t allow = 0,
                        const std::string& scope = kScope) {
    Missed missed;
    const StatusOr<Revision> done = Do([&](authz::WriteSession& session, const SourcePermit& source) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, CheckCrawl(session, source, crawl));
      ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "postgres", Rank::kCrawl));
      std::vector<ObjectPermit> objects;
      for (const std::string& name : names) {
        ASSIGN_OR_RETURN(auto permit, session.PermitPush(Table(name)));
        objects.push_back(std::move(permit));
      }
      ASSIGN_OR_RETURN(missed, CrawlMemory(&session, id, crawl).Miss(std::move(objects), scope, allow, producer));
      return absl::OkStatus();
    });
    return done.ok() ? StatusOr<Missed>(missed) : done.status();
  }
  // `name@scope`, those missed with a `-`.
  std::vector<std::string> Remembered() {
    std::vector<std::string> out;
    EXPECT_TRUE(world_
                    .Look(world_.admin(),
                          [&](authz::GovernedView& view) -> Status {
                            ASSIGN_OR_RETURN(const AssetId source, view.ResolveExact(kSource));
                            const auto take = [&](const authz::Visible<RememberedRow>& row) {
                              out.push_back(view.NameOf(row->asset)->name + "@" + row->scope +
                                            (row->object.missed_by() == 0 ? "" : "-"));
                              return true;
                            };
                            return ScanRemembered(view, source, "", take).status();
                          })
                    .ok());
    return out;
  }
  // Newest first.
  std::vector<CrawlRow> Crawls() {
    std::vector<CrawlRow> out;
    EXPECT_TRUE(world_
                    .Look(world_.admin(),
                          [&](authz::GovernedView& view) -> Status {
                            ASSIGN_OR_RETURN(const AssetId source, view.ResolveExact(kSource));
                            ASSIGN_OR_RETURN(const auto crawls, ScanCrawls(view, source, 0, 1000));
                            for (const auto& crawl : crawls) out.push_back(*crawl);
                            return absl::OkStatus();
                          })
                    .ok());
    return out;
  }

  CatalogWorld world_;
  int crawlers_ = 0;
};

std::vector<std::string> Names(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back("shop.t" + std::to_string(100 + i));
  return names;
}

TEST_F(CrawlTest, CrawlsAreNumberedAndOneAtATime) {
  EXPECT_EQ(*Begin(), 1);
  const Status second = Begin().status();
  EXPECT_TRUE(absl::IsAborted(second)) << second;
  EXPECT_THAT(std::string(base::MessageOf(second)), HasSubstr("host:1"));
  ASSERT_TRUE(Finish(1).ok());
  EXPECT_EQ(*Begin(), 2);
}

TEST_F(CrawlTest, WhoComesBackDoesNotWaitForHimself) {
  EXPECT_EQ(*BeginAs(world_.admin(), "host:dead"), 1);
  Pass(minutes(1));
  EXPECT_EQ(*BeginAs(world_.admin(), "host:dead"), 2);
  EXPECT_TRUE(absl::IsAborted(Check(1))) << "what he began before is fenced off";
  EXPECT_TRUE(Check(2).ok());
  EXPECT_EQ(Crawls()[1].crawl.state(), static_cast<uint32_t>(CrawlState::kAbandoned));
  EXPECT_EQ(Crawls()[1].crawl.ended(), world_.clock().Now().micros())
      << "then, and not when its lease would have run out";
  EXPECT_TRUE(absl::IsAborted(BeginAs(world_.admin(), "host:alive").status()));
  EXPECT_TRUE(absl::IsAborted(BeginAs(world_.admin(), "").status()));
  const std::string other =
      world_.AddPerson("other", {CatalogWorld::Allow({authz::Privilege::kPush, authz::Privilege::kBrowse})});
  EXPECT_TRUE(absl::IsAborted(BeginAs(other, "host:dead").status())) << "a name alone is nobody";
  ASSERT_TRUE(Finish(2).ok());
  EXPECT_EQ(*BeginAs(world_.admin(), ""), 3);
  EXPECT_TRUE(absl::IsAborted(BeginAs(world_.admin(), "").status())) << "no name is everybody's";
}

TEST_F(CrawlTest, ALeaseThatRanOutMakesItsCrawlAbandoned) {
  ASSERT_TRUE(Begin().ok());
  Pass(minutes(3));
  EXPECT_EQ(CrawlStateAt(Crawls()[0].crawl, world_.clock().Now()), CrawlState::kAbandoned);
  EXPECT_EQ(*Begin(), 2);
  ASSERT_EQ(Crawls().size(), 2u);
  EXPECT_EQ(Crawls()[1].crawl.state(), static_cast<uint32_t>(CrawlState::kAbandoned));
  EXPECT_TRUE(absl::IsAborted(Check(1)));
  EXPECT_TRUE(Check(2).ok());
}

TEST_F(CrawlTest, ACrawlPastItsLeaseGoesOnWhileNoOtherBegan) {
  ASSERT_TRUE(Begin().ok());
  Pass(minutes(3));
  EXPECT_TRUE(Check(1).ok());
  EXPECT_TRUE(
      Do([](auto& session, const auto& source) { return RenewCrawl(session, source, 1, minutes(2)).status(); }).ok());
  EXPECT_TRUE(absl::IsAborted(Begin().status()));
}

TEST_F(CrawlTest, ACrawlThatEndedWritesNothing) {
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Finish(1).ok());
  EXPECT_TRUE(Finish(1).ok()) << "a repetition";
  EXPECT_TRUE(absl::IsFailedPrecondition(Finish(1, CrawlState::kFailed)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Check(1)));
  EXPECT_TRUE(absl::IsAborted(Check(2))) << "none such began";
}

TEST_F(CrawlTest, OnlyWhoBeganACrawlWritesByItsNumber) {
  using authz::Privilege;
  const std::string other = world_.AddPerson("other", {CatalogWorld::Allow({Privilege::kPush, Privilege::kBrowse})});
  ASSERT_TRUE(Begin().ok());
  const auto check = [](auto& session, const auto& source) { return CheckCrawl(session, source, 1).status(); };
  EXPECT_TRUE(absl::IsAborted(DoAs(other, check).status()));
  const Status held = BeginAs(other).status();
  EXPECT_TRUE(absl::IsAborted(held));
  EXPECT_EQ(std::string(base::MessageOf(held)).find("host:1"), std::string::npos)
      << "he may not read operations: " << held;
}

// The fence is a precondition of the commit, not a look before it.
TEST_F(CrawlTest, AWriteThatRacedWithALaterCrawlIsNotCommitted) {
  ASSERT_TRUE(Begin().ok());
  int runs = 0;
  const Status raced = Do([&](authz::WriteSession& session, const SourcePermit& source) -> Status {
                         ASSIGN_OR_RETURN(const AssetId id, CheckCrawl(session, source, 1));
                         if (++runs == 1) {
                           Pass(minutes(3));
                           EXPECT_EQ(*Begin(), 2);
                         }
                         ASSIGN_OR_RETURN(const ObjectPermit permit, session.PermitPush(Table("shop.late")));
                         return CrawlMemory(&session, id, 1).Remember(permit, kScope, {});
                       }).status();
  EXPECT_TRUE(absl::IsAborted(raced)) << raced;
  EXPECT_EQ(runs, 1) << "the second look refuses before it writes";
  EXPECT_TRUE(Remembered().empty());
}

TEST_F(CrawlTest, TheNewestHundredAreKept) {
  for (int i = 0; i < 103; ++i) {
    const StatusOr<int64_t> crawl = Begin();
    ASSERT_TRUE(crawl.ok());
    ASSERT_TRUE(Finish(*crawl).ok());
  }
  const std::vector<CrawlRow> crawls = Crawls();
  ASSERT_EQ(crawls.size(), 100u);
  EXPECT_EQ(crawls.front().number, 103);
  EXPECT_EQ(crawls.back().number, 4);
}

TEST_F(CrawlTest, AnObjectIsInOneScope) {
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Remember(1, {"shop.a", "shop.b"}).ok());
  ASSERT_TRUE(Remember(1, {"shop.a"}, "shop.archive").ok());
  EXPECT_EQ(Remembered(), (std::vector<std::string>{"shop.a@shop.archive", "shop.b@shop.public"}));
}

TEST_F(CrawlTest, ARenamedObjectIsForgottenUnderItsEarlierName) {
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Remember(1, {"shop.a"}).ok());
  ASSERT_TRUE(Finish(1).ok());
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Remember(2, {"shop.b"}, kScope, "shop.a").ok());
  EXPECT_EQ(Remembered(), std::vector<std::string>{"shop.b@shop.public"});
}

TEST_F(CrawlTest, TwoMissesDrop) {
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Remember(1, {"shop.a", "shop.b"}).ok());
  EXPECT_EQ(Miss(1, {"shop.a"})->missed, 0) << "this crawl saw it";
  ASSERT_TRUE(Finish(1).ok());
  ASSERT_TRUE(Begin().ok());
  EXPECT_EQ(Miss(2, {"shop.a", "shop.a"})->missed, 1);
  EXPECT_EQ(Miss(2, {"shop.a"})->missed, 0) << "a repetition";
  EXPECT_EQ(Miss(2, {"shop.b"}, 0, "shop.other")->missed, 0) << "it is in another scope";
  EXPECT_EQ(Remembered(), (std::vector<std::string>{"shop.a@shop.public-", "shop.b@shop.public"}));
  EXPECT_EQ(AspectOf(world_.PageOf(Table("shop.a")), v1::Aspect::kLifecycleChange), nullptr);
  ASSERT_TRUE(Finish(2).ok());
  ASSERT_TRUE(Begin().ok());
  const StatusOr<Missed> second = Miss(3, {"shop.a"});
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->missed, 0);
  EXPECT_EQ(second->dropped, 1);
  EXPECT_EQ(Miss(3, {"shop.a"})->dropped, 0);
  EXPECT_EQ(Remembered(), std::vector<std::string>{"shop.b@shop.public"});
  const std::optional<AssetPage> page = world_.PageOf(Table("shop.a"));
  const v1::Aspect* change = AspectOf(page, v1::Aspect::kLifecycleChange);
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(change->lifecycle_change().change(), "DROP");
}

TEST_F(CrawlTest, WhatIsSeenInBetweenIsNotMissedTwice) {
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Remember(1, {"shop.a"}).ok());
  ASSERT_TRUE(Finish(1).ok());
  ASSERT_TRUE(Begin().ok());
  EXPECT_EQ(Miss(2, {"shop.a"})->missed, 1);
  ASSERT_TRUE(Finish(2).ok());
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Remember(3, {"shop.a"}).ok());
  ASSERT_TRUE(Finish(3).ok());
  ASSERT_TRUE(Begin().ok());
  EXPECT_EQ(Miss(4, {"shop.a"})->missed, 1);
}

TEST_F(CrawlTest, MoreThanAFifthIsNotMissed) {
  const std::vector<std::string> names = Names(20);
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Remember(1, names).ok());
  ASSERT_TRUE(Finish(1).ok());
  ASSERT_TRUE(Begin().ok());
  // New ones raise nobody's fifth.
  ASSERT_TRUE(Remember(2, {"shop.new1", "shop.new2", "shop.new3", "shop.new4", "shop.new5"}).ok());
  EXPECT_EQ(Miss(2, {names[0], names[1], names[2]})->missed, 3);
  const Status refused = Miss(2, {names[3], names[4]}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_EQ(base::FieldOf(refused), "allow_missed");
  EXPECT_THAT(std::string(base::MessageOf(refused)), HasSubstr("5 of the 20"));
  EXPECT_EQ(Miss(2, {names[3]})->missed, 1) << "that is a fifth";
  EXPECT_TRUE(absl::IsFailedPrecondition(Miss(2, {names[4]}).status()));
  EXPECT_EQ(Miss(2, {names[4]}, 5)->missed, 1);
  ASSERT_TRUE(Finish(2).ok());
  ASSERT_TRUE(Begin().ok());
  EXPECT_EQ(Miss(3, {names[0]})->dropped, 1) << "each crawl has its own fifth";
}

TEST_F(CrawlTest, OneMayAlwaysBeMissed) {
  ASSERT_TRUE(Begin().ok());
  ASSERT_TRUE(Remember(1, {"shop.a", "shop.b"}).ok());
  ASSERT_TRUE(Finish(1).ok());
  ASSERT_TRUE(Begin().ok());
  EXPECT_EQ(Miss(2, {"shop.a"})->missed, 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(Miss(2, {"shop.b"}).status()));
}

}  // namespace
}  // namespace cadastre::catalog
