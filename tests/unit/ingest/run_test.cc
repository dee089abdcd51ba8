// A run against a catalog in memory: what is told, what is not, and above all what is not taken away.
#include "ingestors/runner/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestors/runner/digest.h"
#include "tests/unit/ingest/fake_catalog.h"
#include "tests/unit/ingest/fake_source.h"

namespace cadastre::ingest {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class RunTest : public ::testing::Test {
 protected:
  RunTest() {
    type_.word = "fake";
    type_.keys = &keys_;
    type_.states = {catalog::v1::Aspect::kDocumentation};
    options_.clock = &clock_;
    options_.pace.now = [this] { return now_; };
    options_.pace.sleep = [this](std::chrono::milliseconds pause) {
      now_ += pause;
      slept_.push_back(pause.count());
    };
  }

  RunReport Run(const std::string& yaml = "") {
    const std::string whole = "source: {type: fake, name: warehouse}\n" + yaml;
    const auto recipe =
        ParseRecipe("r.yml", whole, {"fake"}, [this](std::string_view) { return &keys_; },
                    {[](const std::string&) { return std::nullopt; },
                     [](const std::string&) -> absl::StatusOr<std::string> { return absl::NotFoundError("none"); }});
    EXPECT_TRUE(recipe.ok()) << recipe.status();
    return RunCrawl(type_, *recipe, source_, catalog_, options_);
  }

  // As many tables as a scope needs so that one of them is few.
  std::vector<v1::CrawledObject> Tables(int count, int without = -1) {
    std::vector<v1::CrawledObject> objects;
    for (int i = 0; i < count; ++i) {
      if (i != without) objects.push_back(TableObject("t" + std::to_string(i), std::to_string(i)));
    }
    return objects;
  }

  const std::vector<RecipeKey> keys_;
  SourceType type_;
  FakeSource source_;
  FakeCatalog catalog_;
  RunOptions options_;
  std::chrono::steady_clock::time_point now_;
  std::vector<int64_t> slept_;
  base::FakeClock clock_{base::Timestamp(1'700'000'000'000'000)};
};

TEST_F(RunTest, WhatDidNotChangeIsNotSentAgain) {
  source_.Holds("s", Tables(5));
  EXPECT_EQ(Run().code, kDone);
  EXPECT_EQ(catalog_.kept.size(), 5u);
  catalog_.Forget();
  const RunReport second = Run();
  EXPECT_EQ(second.code, kDone);
  EXPECT_EQ(second.outcome.unchanged, 5);
  EXPECT_THAT(catalog_.recorded, IsEmpty());
  ASSERT_EQ(catalog_.finished.size(), 1u);
  EXPECT_EQ(catalog_.finished[0].state(), v1::CRAWL_STATE_COMPLETE);
  EXPECT_EQ(catalog_.finished[0].scopes(0).seen(), 5);
}

TEST_F(RunTest, WhatIsNoLongerStatedIsWithdrawn) {
  source_.Holds("s", {TableObject("t", "1", "a comment")});
  Run();
  source_.Holds("s", {TableObject("t", "1")});
  EXPECT_EQ(Run().outcome.scopes.at("s").changed(), 1);
  const v1::CrawledObject& sent = catalog_.recorded.back().objects(0);
  bool withdrawn = false;
  for (const v1::CrawledAspect& aspect : sent.aspects()) {
    withdrawn = withdrawn || (aspect.withdraw() && aspect.aspect().has_documentation());
  }
  EXPECT_TRUE(withdrawn) << sent.DebugString();
}

TEST_F(RunTest, OneThingGoneIsMissedFirstAndDroppedNext) {
  source_.Holds("s", Tables(20));
  Run();
  source_.Holds("s", Tables(20, 7));
  const RunReport first = Run();
  EXPECT_EQ(first.code, kDone);
  EXPECT_EQ(first.outcome.scopes.at("s").missed(), 1);
  EXPECT_THAT(catalog_.dropped, IsEmpty());
  EXPECT_EQ(Run().outcome.scopes.at("s").dropped(), 1);
  EXPECT_THAT(catalog_.dropped, ElementsAre("dataset:fake://db#t7"));
}

TEST_F(RunTest, WhatComesBackIsRememberedAnew) {
  source_.Holds("s", Tables(20));
  Run();
  source_.Holds("s", Tables(20, 7));
  Run();
  source_.Holds("s", Tables(20));
  EXPECT_EQ(Run().outcome.scopes.at("s").changed(), 1);
  EXPECT_EQ(catalog_.kept.at("dataset:fake://db#t7").missed, 0);
}

TEST_F(RunTest, AnIncompleteScopeMissesNothing) {
  source_.Holds("s", Tables(20));
  Run();
  catalog_.Forget();
  const std::pair<std::function<void(Sink&)>, v1::ScopeState> kEnds[] = {
      {[](Sink& sink) { sink.Partial("s", "no right to read t3"); }, v1::SCOPE_STATE_PARTIAL},
      {[](Sink& sink) { sink.Failed("s", "the server went away"); }, v1::SCOPE_STATE_FAILED},
      {[](Sink&) {}, v1::SCOPE_STATE_PARTIAL},
  };
  for (const auto& [end, state] : kEnds) {
    source_.crawl = [this, &end = end](Sink& sink) {
      const absl::Status status = sink.Emit("s", TableObject("t0", "0"));
      end(sink);
      return status;
    };
    const RunReport report = Run();
    EXPECT_EQ(report.code, kSomeFailed);
    EXPECT_EQ(report.outcome.scopes.at("s").state(), state);
    EXPECT_FALSE(report.outcome.scopes.at("s").has_covered_until());
  }
  EXPECT_THAT(catalog_.missing, IsEmpty());
  EXPECT_EQ(catalog_.kept.size(), 20u);
}

TEST_F(RunTest, AnErrorReadAsNothingTakesNothingAway) {
  source_.Holds("s", Tables(20));
  Run();
  source_.Holds("s", {});
  const RunReport report = Run();
  EXPECT_EQ(report.code, kRemovalStopped);
  EXPECT_TRUE(report.outcome.scopes.at("s").removals_stopped());
  EXPECT_THAT(report.outcome.scopes.at("s").reason(), HasSubstr("it came out empty"));
  EXPECT_EQ(catalog_.kept.size(), 20u);
  for (const auto& [key, kept] : catalog_.kept) EXPECT_EQ(kept.missed, 0) << key;
}

TEST_F(RunTest, ManyGoneAtOnceStopWhileWhatIsNewIsKept) {
  source_.Holds("s", Tables(20));
  Run();
  std::vector<v1::CrawledObject> left = Tables(15);
  left.push_back(TableObject("fresh", "99"));
  source_.Holds("s", left);
  EXPECT_EQ(Run().code, kRemovalStopped) << "5 of 20 are more than a fifth";
  EXPECT_TRUE(catalog_.kept.contains("dataset:fake://db#fresh"));
  EXPECT_TRUE(catalog_.kept.contains("dataset:fake://db#t19"));
  EXPECT_THAT(catalog_.missing, IsEmpty());
  options_.allow_removals = 4;
  EXPECT_EQ(Run().code, kRemovalStopped) << "fewer than are gone";
  options_.allow_removals = 5;
  const RunReport allowed = Run();
  EXPECT_EQ(allowed.code, kDone) << allowed.reason;
  EXPECT_EQ(allowed.outcome.scopes.at("s").missed(), 5);
}

TEST_F(RunTest, FewOfAScopeMayBeManyOfTheSource) {
  source_.Holds("s", Tables(10));
  Run();
  source_.Holds("s", Tables(8));
  EXPECT_EQ(Run().code, kRemovalStopped) << "a fifth of the scope, and more than a tenth of the source";
  EXPECT_EQ(Run("removal: {run_percent: 20}\n").code, kDone);
}

TEST_F(RunTest, OneMayAlwaysGoAndTheLastOneMayNot) {
  source_.Holds("s", Tables(3));
  Run();
  source_.Holds("s", Tables(2));
  EXPECT_EQ(Run().code, kDone) << "or a source of three could never lose any";
  EXPECT_EQ(Run().code, kDone);
  source_.Holds("s", Tables(1));
  EXPECT_EQ(Run().code, kDone);
  EXPECT_EQ(Run().code, kDone);
  source_.Holds("s", {});
  EXPECT_EQ(Run().code, kRemovalStopped);
}

TEST_F(RunTest, AContainerIsNeverRenamed) {
  const auto container = [](const std::string& name) {
    v1::CrawledObject object = TableObject(name, "16384");
    object.mutable_asset()->set_kind("container");
    return object;
  };
  source_.Holds("s", {container("before"), TableObject("t", "1")});
  Run();
  source_.Holds("s", {container("after"), TableObject("t", "1")});
  const RunReport report = Run();
  EXPECT_EQ(report.outcome.scopes.at("s").renamed(), 0);
  EXPECT_EQ(report.outcome.scopes.at("s").missed(), 1);
}

TEST_F(RunTest, TheServersOwnBrakeIsToldAsSuch) {
  source_.Holds("s", Tables(20));
  Run();
  source_.Holds("s", Tables(20, 3));
  catalog_.faults["MissCrawledObjects"].push_back(absl::FailedPreconditionError("more than a fifth of the scope"));
  EXPECT_EQ(Run().code, kRemovalStopped);
}

TEST_F(RunTest, WhatTheRecipeLeavesOutNowIsNotGone) {
  source_.Holds("s", Tables(20));
  Run();
  catalog_.Forget();
  source_.Holds("s", Tables(10));
  for (int i = 10; i < 20; ++i) source_.filtered.insert("t" + std::to_string(i));
  EXPECT_EQ(Run().code, kDone);
  EXPECT_THAT(catalog_.missing, IsEmpty());
  EXPECT_EQ(catalog_.kept.size(), 20u);
}

TEST_F(RunTest, RemovalsMayBeSwitchedOff) {
  source_.Holds("s", Tables(20));
  Run();
  source_.Holds("s", Tables(20, 4));
  EXPECT_EQ(Run("removal: {enabled: false}\n").code, kDone);
  EXPECT_THAT(catalog_.missing, IsEmpty());
}

TEST_F(RunTest, AScopeThatIsNotListedAnyMoreIsEmptyAndAScopeThatCouldNotBeListedIsNot) {
  const auto crawl = [](Sink& sink, bool both, bool listed) {
    std::vector<std::string> scopes = {"shop.public"};
    if (both) scopes.push_back("shop.attic");
    for (const std::string& scope : scopes) {
      const int count = scope == "shop.attic" ? 1 : 30;
      for (int i = 0; i < count; ++i) {
        const std::string name = scope + ".t" + std::to_string(i);
        if (const absl::Status status = sink.Emit(scope, TableObject(name, name)); !status.ok()) return status;
      }
      sink.Complete(scope);
    }
    listed ? sink.Complete("shop") : sink.Failed("shop", "no right");
    return absl::OkStatus();
  };
  source_.crawl = [&](Sink& sink) { return crawl(sink, true, true); };
  Run();
  source_.crawl = [&](Sink& sink) { return crawl(sink, false, false); };
  EXPECT_EQ(Run().code, kSomeFailed);
  EXPECT_THAT(catalog_.missing, IsEmpty());
  source_.crawl = [&](Sink& sink) { return crawl(sink, false, true); };
  const RunReport report = Run();
  EXPECT_EQ(report.code, kRemovalStopped) << "a whole scope goes by a person's word alone";
  options_.allow_removals = 1;
  EXPECT_EQ(Run().code, kDone);
  EXPECT_EQ(catalog_.kept.at("dataset:fake://db#shop.attic.t0").missed, 1);
}

TEST_F(RunTest, ARenamedThingIsTheSameThing) {
  source_.Holds("s", {TableObject("orders", "16384"), TableObject("customers", "16385")});
  Run();
  source_.Holds("s", {TableObject("sales", "16384"), TableObject("customers", "16385")});
  const RunReport report = Run();
  EXPECT_EQ(report.code, kDone);
  EXPECT_EQ(report.outcome.scopes.at("s").renamed(), 1);
  EXPECT_EQ(catalog_.recorded.back().objects(0).renamed_from().name(), "orders");
  EXPECT_FALSE(catalog_.kept.contains("dataset:fake://db#orders"));
  EXPECT_THAT(catalog_.missing, IsEmpty());
}

TEST_F(RunTest, NamesThatChangedPlacesAreNoRename) {
  source_.Holds("s", {TableObject("a", "1"), TableObject("b", "2")});
  Run();
  source_.Holds("s", {TableObject("a", "2"), TableObject("b", "1")});
  const RunReport report = Run();
  EXPECT_EQ(report.outcome.scopes.at("s").renamed(), 0);
  EXPECT_EQ(report.outcome.scopes.at("s").changed(), 2);
}

TEST_F(RunTest, WithoutTheOldNamesScopeNothingIsARename) {
  source_.Holds("s", {TableObject("orders", "16384")});
  Run();
  source_.crawl = [](Sink& sink) {
    const absl::Status status = sink.Emit("s", TableObject("sales", "16384"));
    sink.Partial("s", "cut short");
    return status;
  };
  EXPECT_EQ(Run().outcome.scopes.at("s").renamed(), 0);
  EXPECT_TRUE(catalog_.kept.contains("dataset:fake://db#orders"));
}

TEST_F(RunTest, WhatFailedByItselfIsThere) {
  source_.Holds("s", Tables(20));
  Run();
  source_.crawl = [this](Sink& sink) {
    for (const v1::CrawledObject& object : Tables(20, 5)) {
      if (const absl::Status status = sink.Emit("s", object); !status.ok()) return status;
    }
    sink.Fail("s", {"t5", std::nullopt, "5", "its definition is behind a lock"});
    sink.Complete("s");
    return absl::OkStatus();
  };
  const RunReport report = Run();
  EXPECT_EQ(report.code, kSomeFailed);
  EXPECT_EQ(report.outcome.failures[0].shown, "t5");
  EXPECT_THAT(catalog_.missing, IsEmpty());
}

TEST_F(RunTest, TwoThingsThatFoldToOneNameAreNotToldAsOne) {
  const std::string uuid = "-01234567-89ab-cdef-0123-456789abcdef";
  source_.Holds("s", {TableObject("tab" + uuid, "1"), TableObject("tab-11234567-89ab-cdef-0123-456789abcdef", "2")});
  const RunReport report = Run();
  EXPECT_EQ(report.code, kSomeFailed);
  EXPECT_EQ(catalog_.kept.size(), 1u);
  EXPECT_THAT(report.outcome.failures[0].reason, HasSubstr("another object is"));
  EXPECT_EQ(Run().outcome.unchanged, 1) << "what folds is found again under the name it folds to";
}

TEST_F(RunTest, AnObjectThatIsRefusedFailsAlone) {
  source_.Holds("s", Tables(3));
  catalog_.refuse = {"t1"};
  const RunReport report = Run();
  EXPECT_EQ(report.code, kSomeFailed);
  EXPECT_EQ(report.outcome.scopes.at("s").added(), 2);
  EXPECT_EQ(report.outcome.scopes.at("s").rejected(), 1);
  EXPECT_THAT(report.outcome.failures[0].reason, HasSubstr("outside what may be pushed"));
}

TEST_F(RunTest, WhatTheCatalogDidNotTakeIsNotComplete) {
  catalog_.faults["RecordCrawledObjects"] = {absl::InvalidArgumentError("objects[1]: no")};
  // Sent while the scope is read, not at its end.
  source_.crawl = [this](Sink& sink) {
    for (const char* scope : {"s", "other"}) {
      if (const absl::Status status = sink.Emit(scope, TableObject(scope)); !status.ok()) return status;
    }
    sink.Complete("s");
    sink.Complete("other");
    return absl::OkStatus();
  };
  const RunReport report = Run();
  EXPECT_EQ(report.code, kSomeFailed);
  EXPECT_EQ(report.outcome.scopes.at("s").state(), v1::SCOPE_STATE_PARTIAL);
  EXPECT_EQ(report.outcome.scopes.at("other").state(), v1::SCOPE_STATE_COMPLETE);
  EXPECT_EQ(report.outcome.failed, 1);
}

TEST_F(RunTest, RequestsAreBounded) {
  std::vector<v1::CrawledObject> objects = Tables(2'500);
  for (v1::CrawledObject& object : objects) {
    object.add_aspects()->mutable_aspect()->mutable_documentation()->set_text(std::string(10'000, 'x'));
  }
  source_.Holds("s", objects);
  EXPECT_EQ(Run().code, kDone);
  int64_t sent = 0;
  for (const v1::RecordCrawledObjectsRequest& request : catalog_.recorded) {
    EXPECT_LE(request.ByteSizeLong(), (size_t{4} << 20) + 10'000);
    sent += request.objects_size();
  }
  EXPECT_EQ(sent, 2'500);
  EXPECT_GE(catalog_.recorded.size(), 6u);
}

TEST_F(RunTest, AnotherRunsLeaseIsRespected) {
  source_.Holds("s", Tables(1));
  const absl::Status held = absl::AbortedError("another crawl holds the lease");
  catalog_.faults["BeginCrawl"] = {held};
  EXPECT_EQ(Run().code, kLocked);
  catalog_.faults["BeginCrawl"] = {held};
  options_.if_locked = IfLocked::kSkip;
  EXPECT_EQ(Run().code, kDone);
  EXPECT_THAT(catalog_.recorded, IsEmpty());
  catalog_.faults["BeginCrawl"] = {held, held, held};
  options_.if_locked = IfLocked::kWait;
  EXPECT_EQ(Run().code, kDone);
  EXPECT_EQ(catalog_.kept.size(), 1u);
  catalog_.faults["BeginCrawl"] = std::deque<absl::Status>(100, held);
  options_.wait_max = std::chrono::seconds(60);
  EXPECT_EQ(Run().code, kLocked);
}

TEST_F(RunTest, WhoIsOvertakenWritesNothingMore) {
  source_.Holds("s", Tables(3));
  catalog_.faults["RecordCrawledObjects"].push_back(absl::AbortedError("a later crawl took the lease"));
  const RunReport report = Run();
  EXPECT_EQ(report.code, kLocked);
  EXPECT_THAT(catalog_.called, Not(Contains("FinishCrawl")));
  EXPECT_THAT(catalog_.called, Not(Contains("MissCrawledObjects")));
}

TEST_F(RunTest, WhoIsToldToStopGivesTheLeaseBackAndMissesNothing) {
  source_.Holds("s", Tables(20));
  Run();
  catalog_.Forget();
  int asked = 0;
  options_.stop = [&] { return ++asked > 10; };
  const RunReport report = Run();
  EXPECT_EQ(report.code, kSomeFailed);
  EXPECT_EQ(report.reason, "it was told to stop");
  EXPECT_THAT(catalog_.missing, IsEmpty());
  ASSERT_EQ(catalog_.finished.size(), 1u);
  EXPECT_EQ(catalog_.finished[0].state(), v1::CRAWL_STATE_PARTIAL);
}

TEST_F(RunTest, TheLeaseIsKeptByTheClock) {
  source_.crawl = [this](Sink& sink) {
    for (int i = 0; i < 10; ++i) {
      now_ += std::chrono::seconds(50);
      if (const absl::Status status = sink.Emit("s", TableObject("t" + std::to_string(i))); !status.ok()) return status;
    }
    sink.Complete("s");
    return absl::OkStatus();
  };
  EXPECT_EQ(Run().code, kDone);
  EXPECT_EQ(catalog_.CountOf("RenewCrawl"), 5);
}

TEST_F(RunTest, WhatMayHealIsTriedAgainWithPatience) {
  source_.Holds("s", Tables(3));
  catalog_.faults["RecordCrawledObjects"] = {absl::UnavailableError("starting"), absl::ResourceExhaustedError("busy")};
  EXPECT_EQ(Run().code, kDone);
  EXPECT_THAT(slept_, ElementsAre(500, 1'000));
  EXPECT_EQ(catalog_.kept.size(), 3u);
}

TEST_F(RunTest, ACatalogThatIsNotThereIsTold) {
  source_.Holds("s", Tables(3));
  catalog_.faults["BeginCrawl"] = std::deque<absl::Status>(100, absl::UnavailableError("nobody there"));
  EXPECT_EQ(Run().code, kCatalogUnreachable);
  catalog_.faults["BeginCrawl"] = {absl::UnauthenticatedError("no such token")};
  EXPECT_EQ(Run().code, kSourceOrLogin);
}

TEST_F(RunTest, ASourceThatCannotBeReadIsAFailedCrawl) {
  source_.Holds("s", Tables(20));
  Run();
  catalog_.Forget();
  source_.crawl = [](Sink&) { return absl::UnavailableError("no route to host"); };
  const RunReport report = Run();
  EXPECT_EQ(report.code, kSourceOrLogin);
  ASSERT_EQ(catalog_.finished.size(), 1u);
  EXPECT_EQ(catalog_.finished[0].state(), v1::CRAWL_STATE_FAILED);
  EXPECT_THAT(catalog_.finished[0].reason(), HasSubstr("no route to host"));
  EXPECT_EQ(catalog_.kept.size(), 20u);
}

TEST_F(RunTest, APlanTellsEverythingAndWritesNothing) {
  source_.Holds("s", Tables(20));
  Run();
  catalog_.Forget();
  std::vector<v1::CrawledObject> now = Tables(20, 2);
  now[0] = TableObject("t0", "0", "documented now");
  now[1] = TableObject("first", "1");
  now.push_back(TableObject("fresh", "77"));
  source_.Holds("s", now);
  options_.plan = true;
  const RunReport report = Run();
  EXPECT_EQ(report.code, kDone);
  std::vector<std::string> told;
  for (const Outcome::Changed& changed : report.outcome.changes) {
    told.push_back(std::to_string(static_cast<int>(changed.what)) + changed.asset.substr(18) + "<" + changed.before);
  }
  EXPECT_THAT(told, UnorderedElementsAre("1t0<", "0fresh<", "2first<dataset:fake://db#t1", "3t2<"));
  for (const std::string& method : catalog_.called) EXPECT_EQ(method, "ListCrawledObjects");
}

TEST_F(RunTest, DefaultsAreStatedOfTables) {
  source_.Holds("s", {TableObject("t", "1")});
  EXPECT_EQ(Run("defaults: {owners: [kim], domain: 'domain:acme#sales', tags: ['tier:1', raw]}\n").code, kDone);
  std::string kinds;
  for (const v1::CrawledAspect& aspect : catalog_.recorded[0].objects(0).aspects()) {
    kinds += aspect.aspect().ShortDebugString() + "\n";
  }
  EXPECT_THAT(kinds, HasSubstr("owner: \"kim\""));
  EXPECT_THAT(kinds, HasSubstr("name: \"sales\""));
  EXPECT_THAT(kinds, HasSubstr("key: \"tier\" value: \"1\""));
}

TEST_F(RunTest, ASecretInASourcesWordsIsNotTold) {
  source_.crawl = [](Sink& sink) {
    sink.Failed("s", "role kim with password tok-sesame was refused");
    return absl::UnavailableError("tok-sesame again");
  };
  const RunReport report = Run("sink: {token: tok-sesame}\n");
  EXPECT_THAT(report.outcome.scopes.at("s").reason(), HasSubstr("password *** was refused"));
  EXPECT_THAT(report.reason, Not(HasSubstr("sesame")));
}

TEST(Digest, EstimatesThatMoveALittleAreTheSame) {
  const auto digest = [](int64_t rows, int64_t seconds) {
    v1::CrawledObject object = TableObject("t", "1");
    object.add_aspects()->mutable_aspect()->mutable_volume()->set_rows(rows);
    object.add_aspects()->mutable_aspect()->mutable_profile()->mutable_last_updated()->set_seconds(seconds);
    return DigestOf(object);
  };
  EXPECT_EQ(digest(1'000, 1), digest(1'010, 2));
  EXPECT_NE(digest(1'000, 1), digest(3'000, 1));
  EXPECT_EQ(digest(1'000, 1).size(), 16u);
}

}  // namespace
}  // namespace cadastre::ingest
