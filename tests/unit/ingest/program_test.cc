// The program as a person or a script meets it: words, exit codes, what is printed and what is not.
#include "ingestors/runner/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "ingestors/runner/report.h"
#include "ingestors/runner/setup.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/ingest/fake_catalog.h"
#include "tests/unit/ingest/fake_source.h"

namespace cadastre::ingest {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What the program asked of a catalog that outlives it.
class Forwarding final : public client::Caller {
 public:
  explicit Forwarding(client::Caller* to) : to_(to) {}
  absl::Status Call(std::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message* response) override {
    return to_->Call(method, request, response);
  }
  absl::StatusOr<Answer> PostJson(std::string_view path, std::string_view body) override {
    return to_->PostJson(path, body);
  }

 private:
  client::Caller* to_;
};

class ProgramTest : public ::testing::Test {
 protected:
  struct Ended {
    int code = 0;
    std::string out, err;
  };

  ProgramTest() {
    unsetenv("CADASTRE_URL");
    setenv("XDG_STATE_HOME", folder_.path().c_str(), 1);
    Write("r.yml", "source: {type: fake, name: warehouse}\nsink: {url: 'http://catalog:1', token: tok-sesame}\n");
  }

  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_.path() + "/" + name) << text; }

  Ended Run(const std::vector<std::string>& words) {
    std::ostringstream out, err;
    Program program;
    program.screen.out = &out;
    program.screen.err = &err;
    SourceType type;
    type.word = "fake";
    type.summary = "what a test says";
    type.keys = &keys_;
    type.make = [this](const Recipe&) -> absl::StatusOr<std::unique_ptr<Source>> {
      auto source = std::make_unique<FakeSource>();
      source->Holds("s", tables_);
      return source;
    };
    program.types = {type};
    program.connect = [this](const client::Settings& settings) {
      settings_ = settings;
      return std::make_unique<Forwarding>(&catalog_);
    };
    program.pace = RealPace();
    program.pace.sleep = [](std::chrono::milliseconds) {};
    program.clock = &clock_;
    std::vector<const char*> argv = {"cadastre-ingest"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    const int code = RunProgram(static_cast<int>(argv.size()), argv.data(), program);
    return {code, out.str(), err.str()};
  }

  testing_support::TempFolder folder_;
  const std::vector<RecipeKey> keys_;
  std::vector<v1::CrawledObject> tables_ = {TableObject("t", "1")};
  FakeCatalog catalog_;
  client::Settings settings_;
  base::FakeClock clock_{base::Timestamp(1'700'000'000'000'000)};
};

TEST_F(ProgramTest, ARunTellsWhatItDid) {
  const Ended ended = Run({"run", folder_.path() + "/r.yml"});
  EXPECT_EQ(ended.code, kDone) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("s: complete, 1 seen, 1 added"));
  EXPECT_EQ(settings_.url, "http://catalog:1");
  EXPECT_EQ(settings_.token, "tok-sesame");
  EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("sesame")));
}

TEST_F(ProgramTest, JsonIsTheReportAndNothingElse) {
  const Ended ended = Run({"run", folder_.path() + "/r.yml", "--json"});
  EXPECT_THAT(ended.out, ::testing::StartsWith("{"));
  EXPECT_THAT(ended.out, HasSubstr("\"exit_code\": 0"));
  EXPECT_EQ(ended.err, "");
}

TEST_F(ProgramTest, WhatIsKeptIsToldOnceWhenItIsSent) {
  catalog_.away = true;
  const Ended away = Run({"run", folder_.path() + "/r.yml"});
  EXPECT_EQ(away.code, kCatalogUnreachable);
  EXPECT_THAT(away.err, HasSubstr("1 objects are kept for the next run"));
  catalog_.away = false;
  const Ended back = Run({"run", folder_.path() + "/r.yml"});
  EXPECT_EQ(back.code, kDone) << back.err;
  EXPECT_THAT(back.out, HasSubstr("kept from 2023-11-14T22:13:20Z: sent, 1 objects\n"));
  EXPECT_THAT(Run({"run", folder_.path() + "/r.yml"}).out, Not(HasSubstr("kept from")));
}

TEST_F(ProgramTest, AMachineWithoutAPlaceCrawlsAllTheSame) {
  setenv("XDG_STATE_HOME", "/dev/null/none", 1);
  const Ended without = Run({"run", folder_.path() + "/r.yml"});
  EXPECT_EQ(without.code, kDone);
  EXPECT_THAT(without.err, HasSubstr("without a lock and a spool: cannot make /dev/null/none"));
  const Ended said = Run({"run", folder_.path() + "/r.yml", "--spool", "/dev/null/none"});
  EXPECT_EQ(said.code, kUsage);
  EXPECT_THAT(said.err, HasSubstr("/dev/null/none"));
}

TEST_F(ProgramTest, APlanPrintsTheChanges) {
  const Ended ended = Run({"plan", folder_.path() + "/r.yml"});
  EXPECT_EQ(ended.code, kDone);
  EXPECT_THAT(ended.out, HasSubstr("+ dataset:fake://db#t\n"));
  EXPECT_THAT(catalog_.kept, IsEmpty());
}

TEST_F(ProgramTest, EveryWayItMayEndHasItsCode) {
  const std::string recipe = folder_.path() + "/r.yml";
  EXPECT_EQ(Run({}).code, kUsage);
  EXPECT_EQ(Run({"crawl"}).code, kUsage);
  EXPECT_EQ(Run({"run"}).code, kUsage);
  EXPECT_EQ(Run({"run", folder_.path() + "/none.yml"}).code, kUsage);
  EXPECT_EQ(Run({"run", recipe, "--if-locked", "perhaps"}).code, kUsage);
  EXPECT_EQ(Run({"run", recipe, "--allow-removals", "-3"}).code, kUsage);
  Write("wrong.yml", "source: {type: fake, name: x, hots: y}\n");
  const Ended wrong = Run({"run", folder_.path() + "/wrong.yml"});
  EXPECT_EQ(wrong.code, kUsage);
  EXPECT_THAT(wrong.err, HasSubstr("wrong.yml:1: there is no key `source.hots`"));
  const std::pair<const char*, const char*> kSchedules[] = {
      {"schedule: 0 25 * * *", "schedule.yml:2: `schedule`: expected when to run; its hour: expected 0 to 23"},
      {"schedule: '@daily'\nschedule_timezone: Mars/Olympus",
       "schedule.yml:3: `schedule_timezone`: expected the name of"},
      {"schedule_timezone: ../x", "schedule.yml:2: `schedule_timezone`: expected the name of a time zone"}};
  for (const auto& [says, why] : kSchedules) {
    Write("schedule.yml", std::string("source: {type: fake, name: x}\n") + says + "\n");
    const Ended refused = Run({"test", folder_.path() + "/schedule.yml"});
    EXPECT_EQ(refused.code, kUsage);
    EXPECT_THAT(refused.err, HasSubstr(why));
  }
  EXPECT_EQ(Run({"agent"}).code, kUsage);
  EXPECT_EQ(Run({"agent", folder_.path() + "/nowhere"}).code, kUsage);
  EXPECT_EQ(Run({"agent", recipe, "--parallel", "0"}).code, kUsage);
  EXPECT_EQ(Run({"agent", "--status"}).code, kSomeFailed);
  Write("url.yml", "source: {type: fake, name: x}\nsink: {url: 'ftp://catalog'}\n");
  EXPECT_THAT(Run({"run", folder_.path() + "/url.yml"}).err, HasSubstr("sink.url: "));
  catalog_.faults["BeginCrawl"] = {absl::AbortedError("held")};
  EXPECT_EQ(Run({"run", recipe}).code, kLocked);
  catalog_.faults["BeginCrawl"] = std::deque<absl::Status>(20, absl::UnavailableError("nobody there"));
  EXPECT_EQ(Run({"run", recipe}).code, kCatalogUnreachable);
  catalog_.faults.clear();
  EXPECT_EQ(Run({"--help"}).code, kDone);
  EXPECT_EQ(Run({"test", recipe}).code, kDone);
  EXPECT_THAT(Run({"list"}).out, HasSubstr("fake  what a test says"));
  EXPECT_THAT(Run({"schema", "fake"}).out, HasSubstr("json-schema.org"));
  EXPECT_THAT(Run({"schema", "fakee"}).err, HasSubstr("did you mean fake?"));
}

TEST_F(ProgramTest, MetricsAreWrittenWholeAndRememberTheLastCompleteRun) {
  const std::string file = folder_.path() + "/shop.prom";
  std::filesystem::remove(file);
  const auto text = [&] {
    std::stringstream read;
    read << std::ifstream(file).rdbuf();
    return read.str();
  };
  EXPECT_EQ(Run({"run", folder_.path() + "/r.yml", "--textfile", file}).code, kDone);
  EXPECT_THAT(text(), HasSubstr("cadastre_ingest_last_run_exit_code{source=\"warehouse\"} 0\n"));
  EXPECT_THAT(text(), HasSubstr("cadastre_ingest_last_run_objects{source=\"warehouse\",what=\"added\"} 1\n"));
  const std::string complete = "cadastre_ingest_last_complete_timestamp_seconds{source=\"warehouse\"} 1700000000\n";
  EXPECT_THAT(text(), HasSubstr(complete));
  clock_.Advance(std::chrono::hours(1));
  catalog_.faults["BeginCrawl"] = {absl::UnauthenticatedError("no such token")};
  EXPECT_EQ(Run({"run", folder_.path() + "/r.yml", "--textfile", file}).code, kSourceOrLogin);
  EXPECT_THAT(text(), HasSubstr("last_run_exit_code{source=\"warehouse\"} 3\n"));
  EXPECT_THAT(text(), HasSubstr(complete)) << "the one before stands";
  EXPECT_FALSE(std::filesystem::exists(file + ".new"));
}

TEST(Setup, CommandsAreWordsOfAShell) {
  const std::string commands = SetupCommands("Kim's shop", {"postgres://db:5432", "dbt"});
  EXPECT_THAT(
      commands,
      HasSubstr(
          R"(cadastre roles put '{"id": "ingest-kim-s-shop", "description": "what cadastre-ingest says of Kim'\''s shop"}')"));
  EXPECT_THAT(commands, HasSubstr(R"("namespace": "cadastre-ingest", "name_prefix": "Kim'\''s shop"}})"));
  EXPECT_THAT(commands, HasSubstr(R"("scope": {"namespace": "postgres://db:5432"})"));
  EXPECT_THAT(commands, HasSubstr(R"("id": "ingest-kim-s-shop-objects-2", )"));
  EXPECT_THAT(commands, HasSubstr(R"("scope": {"namespace": "dbt"})"));
  EXPECT_THAT(commands, HasSubstr("tokens create --for svc-ingest-kim-s-shop"));
}

}  // namespace
}  // namespace cadastre::ingest
