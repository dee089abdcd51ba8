// An agent with a clock and processes of a test's own: what runs when, what does not, and what it tells of it.
#include "ingestors/runner/agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "base/status.h"
#include "base/time_format.h"
#include "tests/support/temp_folder.h"

namespace cadastre::ingest {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

base::Timestamp NoonOf2026() { return base::ParseTime("2026-01-01T12:00:00Z")->at; }

class FakeProcesses final : public Processes {
 public:
  absl::StatusOr<int64_t> Begin(const std::vector<std::string>& words) override {
    if (none_left) return base::Unavailable("no process");
    begun.push_back(words);
    return static_cast<int64_t>(begun.size());
  }
  std::vector<Ended> TakeEnded() override { return std::exchange(ended, {}); }
  void Signal(int64_t id, int signal) override { signals.emplace_back(id, signal); }
  bool TakeReload() override { return std::exchange(reload, false); }

  std::vector<std::vector<std::string>> begun;
  std::vector<Ended> ended;
  std::vector<std::pair<int64_t, int>> signals;
  bool reload = false;
  bool none_left = false;
};

class AgentTest : public ::testing::Test {
 protected:
  // A recipe is its schedule here, or `bad`.
  AgentTest() {
    options_.paths = {folder_.path()};
    options_.status_path = folder_.path() + "/status.json";
    options_.load = [this](const std::string& path) -> absl::StatusOr<AgentRecipe> {
      ++loads_;
      std::string text;
      std::getline(std::ifstream(path), text);
      if (text == "bad") return base::InvalidArgument(path, ":1: there is no key `hots`");
      AgentRecipe recipe;
      recipe.source_name = std::filesystem::path(path).stem().string();
      recipe.jitter_seconds = jitter_;
      if (text.empty()) return recipe;
      recipe.schedule_text = text + " UTC";
      recipe.schedule = *Schedule::Parse(text, "UTC");
      return recipe;
    };
    options_.log = [this](const std::string& line) { log_ += line + "\n"; };
  }

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name + ".yml"; }
  void Write(const std::string& name, const std::string& schedule) { std::ofstream(Path(name)) << schedule << "\n"; }
  // As a new process: it knows what the file says.
  void Start() {
    agent_ = std::make_unique<Agent>(options_, &processes_, &clock_, *ReadAgentStatus(options_.status_path));
  }
  void LookAfter(std::chrono::microseconds pause) {
    clock_.Advance(pause);
    agent_->Look();
  }
  void End(int64_t process, int code) {
    processes_.ended.push_back({process, code});
    LookAfter(seconds(1));
  }
  std::vector<std::string> Begun() const {
    std::vector<std::string> names;
    for (const auto& words : processes_.begun) names.push_back(std::filesystem::path(words[1]).stem().string());
    return names;
  }
  const RecipeStatus& StatusOf(const std::string& name) const { return agent_->status().recipes.at(Path(name)); }

  testing_support::TempFolder folder_;
  AgentOptions options_;
  FakeProcesses processes_;
  base::FakeClock clock_{NoonOf2026()};
  std::unique_ptr<Agent> agent_;
  std::string log_;
  int loads_ = 0;
  int64_t jitter_ = 0;
};

TEST_F(AgentTest, ARecipeRunsAtItsTimes) {
  Write("shop", "*/10 * * * *");
  options_.textfile_folder = folder_.path();
  options_.spool = "/var/spool/x";
  Start();
  LookAfter(seconds(1));
  EXPECT_THAT(Begun(), IsEmpty()) << "not at once";
  EXPECT_EQ(base::FormatTime(StatusOf("shop").next), "2026-01-01T12:10:00Z");
  LookAfter(minutes(9) + seconds(59));
  ASSERT_THAT(processes_.begun, SizeIs(1));
  EXPECT_THAT(processes_.begun[0],
              ElementsAre("run", Path("shop"), "--if-locked", "fail", "--textfile",
                          folder_.path() + "/cadastre-ingest-shop.prom", "--spool", "/var/spool/x"));
  EXPECT_TRUE(StatusOf("shop").running);
  LookAfter(seconds(5));
  EXPECT_THAT(Begun(), SizeIs(1)) << "once";
  End(1, 0);
  EXPECT_FALSE(StatusOf("shop").running);
  LookAfter(minutes(10));
  EXPECT_THAT(Begun(), SizeIs(2));
  End(2, 5);
  EXPECT_EQ(StatusOf("shop").exit_code, 5);
  EXPECT_EQ(StatusOf("shop").failed, 1);
  EXPECT_FALSE(IsWell(StatusOf("shop")));
}

TEST_F(AgentTest, NoRecipeOverlapsItself) {
  Write("slow", "* * * * *");
  Start();
  LookAfter(seconds(1));
  LookAfter(minutes(1));
  LookAfter(minutes(1));
  LookAfter(minutes(1));
  EXPECT_THAT(Begun(), SizeIs(1));
  EXPECT_EQ(StatusOf("slow").overlapped, 2);
  EXPECT_THAT(log_, HasSubstr("the run before still goes on; that of 2026-01-01T12:02:00Z is left out"));
  End(1, 0);
  LookAfter(minutes(1));
  EXPECT_THAT(Begun(), SizeIs(2));
}

TEST_F(AgentTest, AtMostSoManyRunAtOnceAndTheOthersInTurn) {
  for (const char* name : {"a", "b", "c", "d"}) Write(name, "0 13 * * *");
  Start();
  LookAfter(seconds(1));
  LookAfter(hours(1));
  EXPECT_THAT(Begun(), ElementsAre("a", "b"));
  End(2, 0);
  EXPECT_THAT(Begun(), ElementsAre("a", "b", "c"));
  End(1, 137);
  EXPECT_THAT(Begun(), ElementsAre("a", "b", "c", "d")) << "one that was killed ends nobody else";
  EXPECT_EQ(StatusOf("a").exit_code, 137);
}

TEST_F(AgentTest, TimesThatWentByAreToldAndMadeUpForOnce) {
  Write("shop", "0 * * * *");
  Start();
  LookAfter(seconds(1));
  agent_.reset();
  clock_.Advance(hours(5) + minutes(30));
  Start();
  LookAfter(seconds(1));
  EXPECT_THAT(Begun(), ElementsAre("shop"));
  EXPECT_EQ(StatusOf("shop").missed, 4);
  EXPECT_THAT(log_, HasSubstr("4 of its times went by, up to 2026-01-01T17:00:00Z; one run makes up for them"));
  End(1, 0);
  agent_.reset();
  Start();
  LookAfter(minutes(1));
  EXPECT_THAT(Begun(), SizeIs(1)) << "once";
  EXPECT_EQ(StatusOf("shop").missed, 4);
  EXPECT_EQ(base::FormatTime(StatusOf("shop").next), "2026-01-01T18:00:00Z");
}

TEST_F(AgentTest, WhoWasAwayForYearsIsBackAtOnce) {
  Write("shop", "* * * * *");
  Start();
  LookAfter(seconds(1));
  agent_.reset();
  clock_.Advance(hours(24) * 3'000);
  Start();
  LookAfter(seconds(1));
  EXPECT_EQ(StatusOf("shop").missed, kMissedMax);
  EXPECT_THAT(Begun(), SizeIs(1));
  End(1, 0);
  EXPECT_THAT(Begun(), SizeIs(1));
  LookAfter(minutes(1));
  EXPECT_THAT(Begun(), SizeIs(2));
}

TEST_F(AgentTest, AnotherScheduleHasMissedNothing) {
  Write("shop", "0 13 * * *");
  Start();
  LookAfter(seconds(1));
  agent_.reset();
  clock_.Advance(hours(10));
  Write("shop", "0 14 * * *");
  Start();
  LookAfter(seconds(1));
  EXPECT_THAT(Begun(), IsEmpty());
  EXPECT_EQ(StatusOf("shop").missed, 0);
}

TEST_F(AgentTest, RecipesAreReadAgainWhenTheyChangeOrSomebodyAsks) {
  Write("shop", "bad");
  Start();
  LookAfter(seconds(2));
  EXPECT_THAT(StatusOf("shop").problem, HasSubstr("there is no key `hots`"));
  EXPECT_FALSE(IsWell(StatusOf("shop")));
  LookAfter(seconds(2));
  EXPECT_EQ(loads_, 1) << "what did not change is not read again";
  Write("shop", "0 13 * * *");
  LookAfter(seconds(2));
  EXPECT_EQ(StatusOf("shop").problem, "");
  EXPECT_EQ(loads_, 2);
  processes_.reload = true;
  LookAfter(std::chrono::milliseconds(1));
  EXPECT_EQ(loads_, 3);
  Write("new", "30 12 * * *");
  std::ofstream(folder_.path() + "/.hidden.yml") << "* * * * *\n";
  std::ofstream(folder_.path() + "/notes.txt") << "* * * * *\n";
  LookAfter(seconds(2));
  EXPECT_THAT(agent_->status().recipes, SizeIs(2));
  LookAfter(minutes(30));
  EXPECT_THAT(Begun(), ElementsAre("new"));
  std::filesystem::remove(Path("new"));
  LookAfter(seconds(2));
  EXPECT_TRUE(StatusOf("new").running) << "what runs is not given up";
  End(1, 0);
  LookAfter(seconds(2));
  EXPECT_THAT(agent_->status().recipes, SizeIs(1));
  EXPECT_THAT(log_, HasSubstr("it is gone, and not run any more"));
}

TEST_F(AgentTest, ARecipeWithoutAScheduleIsNotRun) {
  Write("shop", "");
  Start();
  LookAfter(seconds(1));
  LookAfter(hours(1'000));
  EXPECT_THAT(Begun(), IsEmpty());
  EXPECT_THAT(log_, HasSubstr("it says no `schedule`, and is not run"));
  EXPECT_TRUE(IsWell(StatusOf("shop")));
}

TEST_F(AgentTest, TimesArePutOffByTheSameForOneSourceAndNotForAll) {
  jitter_ = 600;
  for (const char* name : {"a", "b", "c"}) Write(name, "0 13 * * *");
  Start();
  LookAfter(seconds(1));
  std::set<base::Timestamp> nexts;
  for (const char* name : {"a", "b", "c"}) {
    const base::Timestamp next = StatusOf(name).next;
    EXPECT_GE(next, NoonOf2026() + hours(1));
    EXPECT_LE(next, NoonOf2026() + hours(1) + minutes(10));
    nexts.insert(next);
  }
  EXPECT_THAT(nexts, SizeIs(3));
  agent_.reset();
  Start();
  LookAfter(seconds(1));
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(nexts.contains(StatusOf(name).next)) << name;
  LookAfter(hours(1) - seconds(3));
  EXPECT_THAT(Begun(), IsEmpty());
  LookAfter(minutes(10) + seconds(3));
  EXPECT_THAT(Begun(), SizeIs(2));
}

TEST_F(AgentTest, WhoStopsPassesItOnAndBeginsNoMore) {
  for (const char* name : {"a", "b", "c"}) Write(name, "0 13 * * *");
  Start();
  LookAfter(seconds(1));
  LookAfter(hours(1));
  agent_->Stop(SIGTERM);
  EXPECT_THAT(processes_.signals, ElementsAre(Pair(1, SIGTERM), Pair(2, SIGTERM)));
  End(1, 1);
  EXPECT_TRUE(agent_->Running());
  End(2, 1);
  EXPECT_FALSE(agent_->Running());
  LookAfter(hours(24));
  EXPECT_THAT(Begun(), ElementsAre("a", "b")) << "c waited for its turn";
}

TEST_F(AgentTest, AMachineWithoutProcessesIsTold) {
  Write("shop", "0 13 * * *");
  processes_.none_left = true;
  Start();
  LookAfter(seconds(1));
  LookAfter(hours(1));
  EXPECT_EQ(StatusOf("shop").failed, 1);
  EXPECT_FALSE(agent_->Running());
  EXPECT_FALSE(IsWell(StatusOf("shop")));
}

TEST_F(AgentTest, AStatusIsReadAsItWasWritten) {
  Write("일별 \"매출\"", "0 13 * * *");
  Start();
  LookAfter(seconds(1));
  LookAfter(hours(1));
  End(1, 4);
  LookAfter(seconds(30));
  const auto read = ReadAgentStatus(options_.status_path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(JsonOf(*read), JsonOf(agent_->status()));
  EXPECT_EQ(read->told_at, clock_.Now()) << "now and then, also where nothing happens";
  EXPECT_FALSE(ParseAgentStatus("{").ok());
  EXPECT_FALSE(ParseAgentStatus(std::string(5 << 20, ' ')).ok());
  EXPECT_THAT(MetricsOf(*read), HasSubstr("cadastre_ingest_agent_exit_code{recipe=\"" + folder_.path() +
                                          "/일별 \\\"매출\\\".yml\",source=\"일별 \\\"매출\\\"\"} 4\n"));
  EXPECT_THAT(ParseAgentStatus(R"({"recipes": {"a": {"runs": -1, "exit_code": 1e300, "taken": "soon", "running": 7}}})")
                  ->recipes,
              Contains(Pair("a", ::testing::Field(&RecipeStatus::runs, 0))));
}

}  // namespace
}  // namespace cadastre::ingest
