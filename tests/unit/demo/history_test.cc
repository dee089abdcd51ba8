// The demo's events are what its story says, twice the same, and shaped as OpenLineage asks.
#include "demo/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cadastre::demo {
namespace {

constexpr int64_t kMidnight = 20634 * int64_t{86400};

class HistoryTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    company_ = new Company(BuildCompany());
    events_ = new std::vector<Event>(History(SceneOf(1)));
  }
  static void TearDownTestSuite() {
    delete events_;
    delete company_;
  }

  static Scene SceneOf(uint64_t seed) {
    Scene scene;
    scene.company = company_;
    scene.midnight = kMidnight;
    scene.seed = seed;
    return scene;
  }

  static std::string Lines(const std::vector<Event>& events) {
    std::string lines;
    for (const Event& event : events) lines += json::serialize(event.body) + "\n";
    return lines;
  }

  static json::object Told(std::string_view kind) {
    const json::object story = Story(SceneOf(1), *events_);
    for (const json::value& change : story.at("changes").as_array()) {
      if (change.at("kind").as_string() == kind) return change.as_object();
    }
    ADD_FAILURE() << "no change " << kind;
    return {};
  }

  static const json::object& EventAt(const json::object& change) {
    return (*events_)[static_cast<size_t>(change.at("line").as_int64()) - 1].body;
  }

  // The datasets of one side of an event, as `namespace name`.
  static std::vector<std::string> Names(const json::object& event, const char* side) {
    std::vector<std::string> names;
    for (const json::value& dataset : event.at(side).as_array()) names.push_back(NameOf(dataset.as_object()));
    return names;
  }

  static std::string NameOf(const json::object& named) {
    return std::string(named.at("namespace").as_string()) + " " + std::string(named.at("name").as_string());
  }

  static Company* company_;
  static std::vector<Event>* events_;
};

Company* HistoryTest::company_ = nullptr;
std::vector<Event>* HistoryTest::events_ = nullptr;

TEST_F(HistoryTest, SameSeedSameBytes) {
  EXPECT_EQ(Lines(*events_), Lines(History(SceneOf(1))));
  EXPECT_NE(Lines(*events_), Lines(History(SceneOf(2))));
}

TEST_F(HistoryTest, IsSmallEnoughToLoadInSeconds) {
  EXPECT_GT(events_->size(), 2000u);
  EXPECT_LT(events_->size(), 5000u);
  EXPECT_GT(company_->datasets.size() + company_->jobs.size(), 290u);
}

TEST_F(HistoryTest, EveryEventHasItsEnvelope) {
  for (const Event& event : *events_) {
    EXPECT_EQ(event.body.at("eventTime").as_string(), Rfc3339(event.time));
    EXPECT_TRUE(event.body.at("producer").as_string().starts_with("https://"));
    EXPECT_TRUE(event.body.at("schemaURL")
                    .as_string()
                    .starts_with("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"));
    EXPECT_LT(event.time, kMidnight);
    EXPECT_GE(event.time, kMidnight - int64_t{86400} * kDays);
  }
}

TEST_F(HistoryTest, OneEventComesNineDaysLateAndTheRestInOrder) {
  int late = 0;
  int64_t newest = 0;
  for (const Event& event : *events_) {
    if (event.time < newest) {
      ++late;
      EXPECT_EQ(event.tag, "late_event");
      EXPECT_EQ(event.sent_at - event.time, int64_t{9} * 86400);
    }
    newest = std::max(newest, event.time);
  }
  EXPECT_EQ(late, 1);
}

TEST_F(HistoryTest, ChildrenNameParentRunsThatExist) {
  std::set<std::string> runs;
  std::vector<std::string> parents;
  for (const Event& event : *events_) {
    if (!event.body.contains("run")) continue;
    const json::object& run = event.body.at("run").as_object();
    runs.insert(std::string(run.at("runId").as_string()));
    const json::object& facets = run.at("facets").as_object();
    if (!facets.contains("parent")) continue;
    parents.push_back(std::string(facets.at("parent").at("run").at("runId").as_string()));
    parents.push_back(std::string(facets.at("parent").at("root").at("run").at("runId").as_string()));
  }
  EXPECT_GT(parents.size(), 1000u);
  for (const std::string& parent : parents) EXPECT_TRUE(runs.contains(parent)) << parent;
}

TEST_F(HistoryTest, EveryRunEndsOnceSaveTheOnesTheStoryNames) {
  std::map<std::string, std::vector<std::string>> states;
  for (const Event& event : *events_) {
    if (!event.body.contains("run")) continue;
    const std::string key =
        NameOf(event.body.at("job").as_object()) + " " + std::string(event.body.at("run").at("runId").as_string());
    states[key].push_back(std::string(event.body.at("eventType").as_string()));
  }
  int open = 0;
  int streaming = 0;
  for (const auto& [key, seen] : states) {
    const bool ended = seen.back() == "COMPLETE" || seen.back() == "FAIL";
    if (ended) continue;
    ++(seen.back() == "RUNNING" ? streaming : open);
  }
  EXPECT_EQ(open, 1);
  EXPECT_EQ(streaming, 3);
}

TEST_F(HistoryTest, TheDroppedColumnIsInNoLaterSchema) {
  const json::object change = Told("column_dropped");
  const std::string column(change.at("column").as_string());
  EXPECT_EQ(EventAt(change).at("eventTime"), change.at("held_at"));
  bool before = false;
  for (const Event& event : *events_) {
    const std::string line = json::serialize(event.body);
    const bool has = line.find('"' + column + '"') != std::string::npos;
    if (Rfc3339(event.time) >= change.at("held_at").as_string()) {
      EXPECT_FALSE(has) << line.substr(0, 300);
    } else {
      before = before || has;
    }
  }
  EXPECT_TRUE(before);
}

TEST_F(HistoryTest, TheRenamedTableKeepsItsOldNameUntilThen) {
  const json::object change = Told("table_renamed");
  const std::string previous(change.at("previous").at("name").as_string());
  EXPECT_EQ(
      EventAt(change).at("dataset").at("facets").at("lifecycleStateChange").at("lifecycleStateChange").as_string(),
      "RENAME");
  for (const Event& event : *events_) {
    if (event.tag == "table_renamed") continue;
    const bool old = json::serialize(event.body).find(previous + '"') != std::string::npos;
    if (old) {
      EXPECT_LT(Rfc3339(event.time), change.at("held_at").as_string());
    }
  }
}

TEST_F(HistoryTest, TheRepointedJobStatesOneSourceAtATime) {
  const json::object change = Told("job_repointed");
  const std::string from = NameOf(change.at("from").as_object());
  const std::string to = NameOf(change.at("to").as_object());
  int before = 0;
  int after = 0;
  for (const Event& event : *events_) {
    if (!event.body.contains("job") || NameOf(event.body.at("job").as_object()) != NameOf(change.at("job").as_object()))
      continue;
    const bool later = Rfc3339(event.time) >= change.at("held_at").as_string();
    EXPECT_THAT(Names(event.body, "inputs"), ::testing::ElementsAre(later ? to : from));
    const json::value& entry = event.body.at("job").at("facets").at("lineage").at("entries").at(0);
    EXPECT_EQ(NameOf(entry.at("inputs").at(0).as_object()), later ? to : from);
    ++(later ? after : before);
  }
  EXPECT_GT(before, 100);
  EXPECT_GT(after, 30);
}

TEST_F(HistoryTest, TheStaleInputIsLastStatedWhenTheStorySays) {
  const json::object change = Told("edge_goes_stale");
  const std::string from = NameOf(change.at("from").as_object());
  std::string last;
  for (const Event& event : *events_) {
    if (!event.body.contains("job") || NameOf(event.body.at("job").as_object()) != NameOf(change.at("job").as_object()))
      continue;
    const std::vector<std::string> inputs = Names(event.body, "inputs");
    if (std::find(inputs.begin(), inputs.end(), from) != inputs.end()) last = Rfc3339(event.time);
  }
  EXPECT_EQ(last, std::string(change.at("last_stated_at").as_string()));
  EXPECT_LT(std::string(change.at("held_at").as_string()), Rfc3339(kMidnight));
}

TEST_F(HistoryTest, TheFailingJobFailsFromThatDayOn) {
  const json::object change = Told("recurring_failure");
  std::vector<std::string> failed;
  for (const Event& event : *events_) {
    if (!event.body.contains("run") || NameOf(event.body.at("job").as_object()) != NameOf(change.at("job").as_object()))
      continue;
    if (event.body.at("eventType").as_string() != "FAIL") continue;
    failed.emplace_back(event.body.at("run").at("runId").as_string());
    EXPECT_EQ(event.body.at("run").at("facets").at("errorMessage").at("message"), change.at("error"));
  }
  std::vector<std::string> told;
  for (const json::value& id : change.at("failed_run_ids").as_array()) told.emplace_back(id.as_string());
  EXPECT_EQ(failed, told);
  EXPECT_GE(failed.size(), 5u);
}

TEST_F(HistoryTest, HashedAddressesAreMaskedEdges) {
  const json::object change = Told("column_masked");
  int masked = 0;
  for (const Event& event : *events_) {
    if (!event.body.contains("outputs")) continue;
    for (const json::value& output : event.body.at("outputs").as_array()) {
      if (NameOf(output.as_object()) != NameOf(change.at("to").as_object()) || !output.as_object().contains("facets"))
        continue;
      const json::value& inputs =
          output.at("facets").at("columnLineage").at("fields").at("email_hash").at("inputFields");
      EXPECT_EQ(NameOf(inputs.at(0).as_object()), NameOf(change.at("from").as_object()));
      EXPECT_TRUE(inputs.at(0).at("transformations").at(0).at("masking").as_bool());
      ++masked;
    }
  }
  EXPECT_GT(masked, 50);
}

}  // namespace
}  // namespace cadastre::demo
