// What a run keeps on its machine: nothing of it is told over what came later, told by half, or told to another.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "ingestors/runner/place.h"
#include "ingestors/runner/run.h"
#include "ingestors/runner/spool_file.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/ingest/fake_catalog.h"
#include "tests/unit/ingest/fake_source.h"

namespace cadastre::ingest {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr char kUrl[] = "http://catalog:1";

std::string ReadFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}
void WriteFile(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

class SpoolTest : public ::testing::Test {
 protected:
  SpoolTest() {
    type_.word = "fake";
    type_.keys = &keys_;
    type_.states = {catalog::v1::Aspect::kDocumentation};
    options_.clock = &clock_;
    options_.pace.now = [this] { return now_; };
    options_.pace.sleep = [this](std::chrono::milliseconds pause) { now_ += pause; };
    options_.holder = "somewhere:1";
    options_.spool_bytes_max = 1 << 20;
    catalog_.page_size_max = 1'000;
    source_.Holds("s", Tables(5));
  }

  static std::vector<v1::CrawledObject> Tables(int count, const std::string& text = "") {
    std::vector<v1::CrawledObject> objects;
    for (int i = 0; i < count; ++i) {
      objects.push_back(TableObject("t" + std::to_string(i), std::to_string(i), text));
    }
    return objects;
  }

  std::unique_ptr<SourcePlace> Place(const std::string& source = "warehouse") const {
    auto place = SourcePlace::Open(folder_.path() + "/state", kUrl, source);
    EXPECT_TRUE(place.ok()) << place.status();
    return *std::move(place);
  }
  // Locks it meanwhile.
  std::vector<std::string> Spools() const { return Place()->Spools(); }

  // A run of its own process: it has the lock until its end.
  RunReport Run(const std::string& more = "") {
    const auto recipe =
        ParseRecipe("r.yml", "source: {type: fake, name: warehouse}\n" + more, {"fake"},
                    [this](std::string_view) { return &keys_; },
                    {[](const std::string&) { return std::nullopt; },
                     [](const std::string&) -> absl::StatusOr<std::string> { return absl::NotFoundError("none"); }});
    EXPECT_TRUE(recipe.ok()) << recipe.status();
    const auto place = Place();
    options_.place = place.get();
    return RunCrawl(type_, *recipe, source_, catalog_, options_);
  }

  const std::vector<RecipeKey> keys_;
  testing_support::TempFolder folder_;
  SourceType type_;
  FakeSource source_;
  FakeCatalog catalog_;
  RunOptions options_;
  std::chrono::steady_clock::time_point now_;
  base::FakeClock clock_{base::Timestamp(1'700'000'000'000'000)};
};

TEST_F(SpoolTest, WhatTheCatalogCouldNotBeToldIsToldByTheNextRun) {
  catalog_.away = true;
  const RunReport first = Run();
  EXPECT_EQ(first.code, kCatalogUnreachable);
  EXPECT_EQ(first.state, v1::CRAWL_STATE_UNSPECIFIED);
  EXPECT_EQ(first.spooled.objects, 5);
  EXPECT_THAT(first.reason, HasSubstr("5 objects are kept for the next run"));
  EXPECT_EQ(first.outcome.scopes.at("s").seen(), 5);
  EXPECT_EQ(first.outcome.scopes.at("s").added(), 0) << "nothing was";
  clock_.Advance(std::chrono::hours(1));
  catalog_.away = false;
  source_.crawl = [](Sink&) { return absl::UnavailableError("the source is gone meanwhile"); };
  const RunReport second = Run();
  EXPECT_EQ(second.code, kSourceOrLogin);
  ASSERT_THAT(second.replayed, SizeIs(1));
  EXPECT_TRUE(second.replayed[0].sent);
  EXPECT_EQ(second.replayed[0].objects, 5);
  EXPECT_EQ(second.replayed[0].held_at, first.started_at);
  EXPECT_EQ(catalog_.kept.size(), 5u);
  EXPECT_EQ(catalog_.recorded[0].held_at().seconds(), 1'700'000'000) << "as of when it was read";
  EXPECT_EQ(catalog_.finished[0].state(), v1::CRAWL_STATE_PARTIAL) << "nothing is complete as of now";
  EXPECT_THAT(Spools(), IsEmpty());
}

TEST_F(SpoolTest, ACatalogLostInMidCrawlIsToldTheRestLater) {
  std::vector<v1::CrawledObject> objects = Tables(2'500);
  source_.Holds("s", objects);
  catalog_.faults["RecordCrawledObjects"] = {absl::OkStatus()};
  for (int i = 0; i < 100; ++i) catalog_.faults["RecordCrawledObjects"].push_back(absl::UnavailableError("gone"));
  const RunReport first = Run("sink: {patience_seconds: 4}\n");
  EXPECT_EQ(first.code, kCatalogUnreachable);
  EXPECT_EQ(first.outcome.scopes.at("s").added(), 1'000);
  EXPECT_EQ(first.spooled.objects, 1'500);
  EXPECT_EQ(catalog_.kept.size(), 1'000u);
  catalog_.faults.clear();
  catalog_.recorded.clear();
  const RunReport second = Run();
  EXPECT_EQ(second.code, kDone) << second.reason;
  EXPECT_EQ(second.replayed.at(0).objects, 1'500);
  EXPECT_EQ(catalog_.kept.size(), 2'500u);
  EXPECT_EQ(second.outcome.unchanged, 2'500) << "what was told late is told once";
}

TEST_F(SpoolTest, ARenameDuringTheOutageIsARename) {
  Run();
  auto renamed = Tables(5);
  *renamed[3].mutable_asset() = Table("three");
  source_.Holds("s", renamed);
  for (const std::string method : {"BeginCrawl", "RecordCrawledObjects"}) {
    SCOPED_TRACE(method);
    catalog_.faults[method] = std::deque<absl::Status>(100, absl::UnavailableError("gone"));
    EXPECT_EQ(Run().code, kCatalogUnreachable);
    catalog_.faults.clear();
    catalog_.Forget();
    EXPECT_EQ(Run().code, kDone);
    ASSERT_THAT(catalog_.recorded, SizeIs(1));
    EXPECT_EQ(catalog_.recorded[0].objects(0).renamed_from().name(), method == "BeginCrawl" ? "t3" : "three");
    *renamed[3].mutable_asset() = Table("drei");
    source_.Holds("s", renamed);
  }
}

TEST_F(SpoolTest, WhatANewerCrawlSaidIsNotWrittenOver) {
  source_.Holds("s", Tables(5, "old"));
  catalog_.away = true;
  Run();
  catalog_.away = false;
  // Another machine crawls.
  catalog_.holders.push_back("elsewhere:7");
  source_.Holds("s", Tables(5, "new"));
  const RunReport report = Run();
  EXPECT_EQ(report.code, kDone);
  ASSERT_THAT(report.replayed, SizeIs(1));
  EXPECT_FALSE(report.replayed[0].sent);
  EXPECT_THAT(report.replayed[0].told, HasSubstr("another crawl of the source began since"));
  ASSERT_THAT(catalog_.recorded, SizeIs(1));
  EXPECT_EQ(catalog_.recorded[0].objects(0).aspects(0).aspect().documentation().text(), "new");
  EXPECT_EQ(catalog_.CountOf("BeginCrawl") - 1, 8) << "eight tries and one crawl, which went on with the lease";
  EXPECT_THAT(Spools(), IsEmpty());
}

TEST_F(SpoolTest, ASpoolTakesNothingAway) {
  source_.Holds("s", Tables(20));
  Run();
  source_.Holds("s", Tables(19));
  catalog_.away = true;
  Run();
  catalog_.away = false;
  catalog_.Forget();
  source_.Holds("s", Tables(20));
  EXPECT_EQ(Run().code, kDone);
  EXPECT_THAT(catalog_.missing, IsEmpty());
}

TEST_F(SpoolTest, AReplayThatIsCutIsDoneAgainWholly) {
  catalog_.away = true;
  Run();
  catalog_.away = false;
  for (const std::string method : {"RecordCrawledObjects", "FinishCrawl", "ListCrawledObjects"}) {
    SCOPED_TRACE(method);
    catalog_.faults[method] = std::deque<absl::Status>(100, absl::UnavailableError("gone again"));
    EXPECT_EQ(Run().code, kCatalogUnreachable);
    EXPECT_THAT(Spools(), Not(IsEmpty()));
    catalog_.faults.clear();
  }
  EXPECT_THAT(Spools(), SizeIs(4));
  const RunReport report = Run();
  EXPECT_EQ(report.code, kDone);
  EXPECT_THAT(report.replayed, SizeIs(4));
  for (const RunReport::Replayed& one : report.replayed) EXPECT_TRUE(one.sent) << one.told;
  EXPECT_EQ(report.outcome.unchanged, 5);
  EXPECT_THAT(Spools(), IsEmpty());
}

TEST_F(SpoolTest, ATornSpoolIsToldAndNotApplied) {
  const auto whole = [&] {
    catalog_.away = true;
    Run();
    catalog_.away = false;
    return Spools().back();
  };
  const std::string bytes = ReadFile(whole());
  ASSERT_TRUE(CheckSpool(bytes).ok());
  // Cut anywhere, or with any byte turned, it is none.
  for (size_t at = 0; at < bytes.size(); ++at) {
    ASSERT_FALSE(CheckSpool(bytes.substr(0, at)).ok()) << at;
    std::string turned = bytes;
    turned[at] = static_cast<char>(turned[at] ^ 1);
    ASSERT_FALSE(CheckSpool(turned).ok()) << at;
  }
  WriteFile(Spools().back(), bytes.substr(0, bytes.size() - 1));
  source_.crawl = [](Sink&) { return absl::UnavailableError("gone"); };
  const RunReport report = Run();
  EXPECT_EQ(report.replayed.at(0).sent, false);
  EXPECT_THAT(report.replayed[0].told, HasSubstr("it is no whole spool"));
  EXPECT_THAT(catalog_.kept, IsEmpty());
  EXPECT_THAT(Spools(), IsEmpty());
}

TEST_F(SpoolTest, WhatARunThatDiedWasWritingIsTakenAwayAndNoMore) {
  catalog_.away = true;
  Run();
  const std::string whole = Spools().back();
  WriteFile(Place()->NextSpool() + ".new", "half a");
  catalog_.away = false;
  const RunReport report = Run();
  EXPECT_EQ(report.code, kDone);
  EXPECT_EQ(report.replayed.at(0).objects, 5);
  EXPECT_FALSE(fs::exists(whole));
  for (const auto& entry : fs::directory_iterator(Place()->folder())) {
    EXPECT_THAT(entry.path().filename().string(), ::testing::AnyOf("lock", "state"));
  }
}

TEST_F(SpoolTest, WhatARecipeLeavesOutByNowIsNotTold) {
  catalog_.away = true;
  Run();
  catalog_.away = false;
  source_.filtered = {"t2"};
  source_.Holds("s", {});
  Run();
  EXPECT_EQ(catalog_.kept.count("dataset:fake://db#t2"), 0u);
  EXPECT_EQ(catalog_.kept.count("dataset:fake://db#t3"), 1u);
}

TEST_F(SpoolTest, AFolderIsBoundedAndTheOldestGoesFirst) {
  catalog_.away = true;
  source_.Holds("s", Tables(100, std::string(1'000, 'x')));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(Run().spooled.objects, 100);
  int64_t bytes = 0;
  for (const std::string& path : Spools()) bytes += static_cast<int64_t>(fs::file_size(path));
  EXPECT_LE(bytes, 1 << 20);
  EXPECT_GT(bytes, 1 << 19);
  const std::string newest = Spools().back();
  source_.Holds("s", Tables(2'000, std::string(1'000, 'x')));
  const RunReport large = Run();
  EXPECT_EQ(large.spooled.objects, 0);
  EXPECT_THAT(large.reason, HasSubstr("nothing is kept for the next run: the spool would have more than 1 MiB"));
  EXPECT_EQ(large.code, kCatalogUnreachable);
  EXPECT_EQ(Spools().back(), newest) << "what is there stays";
  source_.Holds("s", Tables(1));
  for (size_t i = 0; i < 2 * kSpoolsMax; ++i) Run();
  EXPECT_THAT(Spools(), SizeIs(kSpoolsMax));
}

TEST_F(SpoolTest, FilesAreForTheirUserAlone) {
  catalog_.away = true;
  Run();
  const auto mode = [](const std::string& path) { return fs::status(path).permissions() & fs::perms::all; };
  EXPECT_EQ(mode(Spools()[0]), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(mode(Place()->folder()), fs::perms::owner_all);
  const std::string open = folder_.path() + "/open";
  fs::create_directory(open);
  fs::permissions(open, fs::perms::all);
  EXPECT_THAT(SourcePlace::Open(open, kUrl, "x").status().ToString(), HasSubstr("may be written by others"));
}

TEST_F(SpoolTest, NothingOfARecipeIsInIt) {
  catalog_.away = true;
  source_.crawl = [](Sink& sink) {
    const absl::Status status = sink.Emit("s", TableObject("t", "1"));
    sink.Fail("s", {"u", std::nullopt, "", "the password tok-sesame was refused"});
    sink.Partial("s", "tok-sesame");
    return status;
  };
  Run("sink: {token: tok-sesame}\n");
  EXPECT_THAT(ReadFile(Spools()[0]), Not(HasSubstr("sesame")));
}

TEST_F(SpoolTest, WhereBothAreAwayBothAreTold) {
  catalog_.away = true;
  source_.crawl = [](Sink&) { return absl::UnavailableError("no route to host"); };
  const RunReport report = Run();
  EXPECT_EQ(report.code, kCatalogUnreachable);
  EXPECT_EQ(report.reason, "the catalog: nobody there; the source: no route to host");
  EXPECT_THAT(Spools(), IsEmpty());
}

TEST_F(SpoolTest, NothingIsKeptWhereNothingMayBe) {
  catalog_.away = true;
  options_.spool_bytes_max = 0;
  const RunReport report = Run();
  EXPECT_EQ(report.code, kCatalogUnreachable);
  EXPECT_EQ(report.outcome.scopes.size(), 0u) << "and the source is not read for it";
  EXPECT_THAT(Spools(), IsEmpty());
}

TEST_F(SpoolTest, TwoRunsAtOnceOnOneMachineAreOne) {
  const auto other = Place();
  ASSERT_TRUE(*other->TryLock());
  const RunReport report = Run();
  EXPECT_EQ(report.code, kLocked);
  EXPECT_THAT(report.reason, HasSubstr("on this machine crawls the source"));
  EXPECT_THAT(catalog_.called, IsEmpty());
  options_.if_locked = IfLocked::kSkip;
  EXPECT_EQ(Run().code, kDone);
  options_.if_locked = IfLocked::kWait;
  options_.wait_max = std::chrono::seconds(30);
  const auto before = now_;
  EXPECT_EQ(Run().code, kLocked);
  EXPECT_EQ(now_ - before, std::chrono::seconds(30));
  options_.stop = [] { return true; };
  EXPECT_EQ(Run().reason, "it was told to stop");
}

TEST_F(SpoolTest, ADeadRunsLeaseIsTakenOverWhereItDied) {
  {
    const auto place = Place();
    ASSERT_TRUE(*place->TryLock());
    catalog_.holders.push_back(place->holder());
    catalog_.running = true;
  }
  EXPECT_EQ(Run().code, kDone);
  catalog_.holders.push_back("elsewhere:7");
  catalog_.running = true;
  EXPECT_EQ(Run().code, kLocked) << "another machine's is waited for";
}

TEST_F(SpoolTest, AnotherSourceOrCatalogIsAnotherPlace) {
  const auto here = Place();
  EXPECT_NE(here->folder(), Place("warehouse2")->folder());
  EXPECT_NE(Place("a/b")->folder(), Place("a-b")->folder());
  const auto there = SourcePlace::Open(folder_.path() + "/state", "http://catalog:2", "warehouse");
  EXPECT_NE(here->folder(), (*there)->folder());
  ASSERT_TRUE(*here->TryLock());
  EXPECT_TRUE(*(*there)->TryLock());
}

TEST(SpoolFile, WhatWasSaidIsToldInItsOrder) {
  const testing_support::TempFolder folder;
  const std::string path = folder.path() + "/one.spool";
  const SpoolHeader header{"shop", "postgres", "postgres://db:5432", base::Timestamp(77)};
  auto writer = SpoolWriter::Begin(path, header, 1 << 20);
  ASSERT_TRUE(writer.ok()) << writer.status();
  EXPECT_TRUE((*writer)->Emit("a.b", TableObject("t", "1", "이름 😀")).ok());
  (*writer)->Seen(Table("u"));
  (*writer)->Fail("a.b", {"\"odd\"", Table("v"), "9", "locked"});
  (*writer)->Complete("a.b");
  (*writer)->Partial("c", "cut");
  (*writer)->Failed("d", "no right");
  EXPECT_FALSE(fs::exists(path)) << "before it is whole";
  EXPECT_TRUE((*writer)->Seal().ok());
  EXPECT_EQ(static_cast<int64_t>(fs::file_size(path)), (*writer)->bytes());

  class Telling final : public Sink {
   public:
    absl::Status Emit(const std::string& scope, v1::CrawledObject object) override {
      told.push_back(scope + " has " + object.asset().name() + ": " +
                     object.aspects(0).aspect().documentation().text());
      return absl::OkStatus();
    }
    void Fail(const std::string& scope, Unread object) override {
      told.push_back(scope + " failed " + object.shown + " " + object.asset->name() + " " + object.source_id + " " +
                     object.reason);
    }
    void Complete(const std::string& scope) override { told.push_back(scope + " complete"); }
    void Partial(const std::string& scope, std::string_view reason) override {
      told.push_back(scope + " partial " + std::string(reason));
    }
    void Failed(const std::string& scope, std::string_view reason) override {
      told.push_back(scope + " failed " + std::string(reason));
    }
    std::vector<std::string> told;
  } sink;
  const auto file = SpoolBytes::Open(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(*CheckSpool((*file)->bytes()), header);
  const auto seen = [&](const catalog::v1::AssetRef& asset) { sink.told.push_back("seen " + asset.name()); };
  EXPECT_TRUE(TellSpool((*file)->bytes(), sink, seen).ok());
  EXPECT_THAT(sink.told, ElementsAre("a.b has t: 이름 😀", "seen u", "a.b failed \"odd\" v 9 locked", "a.b complete",
                                     "c partial cut", "d failed no right"));
}

}  // namespace
}  // namespace cadastre::ingest
