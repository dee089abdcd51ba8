#include "lineage/runs.h"

#include "lineage/retention.h"
#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {
namespace {

class RunsTest : public testing::Test {
 protected:
  RunsRequest Request() {
    RunsRequest request;
    request.job = world_.Job("etl");
    request.now = Day(1'000);
    request.unknown_after = std::chrono::hours(24 * 1'000);
    return request;
  }
  std::string ListAs(const std::string& bearer, const RunsRequest& request,
                     std::optional<RunPosition>* next = nullptr) {
    std::string text;
    const Status status = world_.Look(bearer, [&](GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const RunPage page, ScanRuns(view, request));
      for (const auto& run : page.runs) text += run->run_id + ":" + std::to_string(int(run->state)) + " ";
      if (next != nullptr) *next = page.next;
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return text;
  }
  std::string List(const RunsRequest& request) { return ListAs(world_.admin(), request); }
  StatusOr<RunRow> Find(const std::string& bearer, const std::string& run_id) {
    RunRow found;
    const Status status = world_.Look(bearer, [&](GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto run,
                       FindRun(view, {world_.Job("etl"), run_id, Day(1'000), std::chrono::hours(24'000)}));
      found = *run;
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return found;
  }
  void Push(const std::string& run, RunState state, double day) {
    world_.PushAll({world_.RunEvent("etl", run, state, day)});
  }
  // A background step in a write of its own.
  bool Step(const std::function<StatusOr<bool>(const authz::SystemView&, WriteSession&)>& step) {
    bool all = false;
    const authz::SystemView view = world_.guard().OpenSystem(authz::SystemReason::kRetention);
    world_.Put([&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(all, step(view, session));
      return absl::OkStatus();
    });
    return all;
  }

  EventWorld world_;
};

TEST_F(RunsTest, NewestFirstInPagesOfKeys) {
  for (int day = 1; day <= 5; ++day) Push("r" + std::to_string(day), RunState::kComplete, day);
  EXPECT_EQ(List(Request()), "r5:2 r4:2 r3:2 r2:2 r1:2 ");
  RunsRequest request = Request();
  request.page_size = 2;
  std::string pages;
  int count = 0;
  do {
    pages += ListAs(world_.admin(), request, &request.after) + "| ";
  } while (request.after && ++count < 9);
  EXPECT_EQ(pages, "r5:2 r4:2 | r3:2 r2:2 | r1:2 | ");
}

TEST_F(RunsTest, FiltersByStateAndStart) {
  Push("a", RunState::kComplete, 1);
  Push("b", RunState::kFailed, 2);
  Push("c", RunState::kComplete, 3);
  Push("d", RunState::kRunning, 4);
  RunsRequest request = Request();
  request.states = {RunState::kFailed, RunState::kRunning};
  EXPECT_EQ(List(request), "d:1 b:3 ");
  request.states.clear();
  request.started_after = Day(2);
  request.started_before = Day(4);
  EXPECT_EQ(List(request), "c:2 b:3 ");
}

TEST_F(RunsTest, TerminalStatesNeverRegress) {
  Push("r", RunState::kComplete, 5);
  Push("r", RunState::kRunning, 9);
  EXPECT_EQ(List(Request()), "r:2 ");
  Push("r", RunState::kFailed, 4);
  EXPECT_EQ(List(Request()), "r:2 ");
  Push("r", RunState::kFailed, 6);
  EXPECT_EQ(List(Request()), "r:3 ");
}

TEST_F(RunsTest, TheSmallestEventTimeMovesTheStart) {
  Push("r", RunState::kComplete, 5);
  Push("s", RunState::kComplete, 4);
  EXPECT_EQ(List(Request()), "r:2 s:2 ");
  Push("r", RunState::kRunning, 3);
  EXPECT_EQ(List(Request()), "s:2 r:2 ");
}

TEST_F(RunsTest, ARunThatNeverEndedIsUnknown) {
  Push("r", RunState::kRunning, 1);
  RunsRequest request = Request();
  request.unknown_after = std::chrono::hours(24);
  EXPECT_EQ(List(request), "r:5 ");
  request.now = Day(1.5);
  EXPECT_EQ(List(request), "r:1 ");
}

TEST_F(RunsTest, ARunTellsOnlyOfDatasetsTheViewerSees) {
  catalog::v1::Aspect profile;
  profile.mutable_profile()->add_columns()->set_column("secret");
  profile.mutable_profile()->add_columns()->set_column("open");
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {"in"}, {"out"});
  event.outputs[0].facets.push_back(profile);
  event.run->parent_job = world_.Job("parent");
  event.run->parent_run_id = "p";
  world_.PushAll({event, event});
  record::Labels labels;
  record::ColumnLabels& mark = *labels.add_columns();
  mark.set_column(1);
  mark.add_path("secret");
  mark.add_classifications("pii");
  world_.PutAsset({AssetKind::kDataset, "test", "out"}, labels);

  const auto all = Find(world_.admin(), "r");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->run.io_size(), 2);
  EXPECT_EQ(all->run.parent().run_id(), "p");
  EXPECT_EQ(all->events, 2u);

  std::vector<record::Grant> grants = {EventWorld::Allow({Privilege::kBrowse, Privilege::kReadOperations})};
  for (const char* hidden : {"in", "parent"}) {
    record::Scope scope;
    scope.set_name_prefix(hidden);
    grants.push_back(EventWorld::Allow({Privilege::kBrowse}, scope));
    grants.back().set_deny(true);
  }
  const auto seen = Find(world_.AddPerson("vera", grants), "r");
  ASSERT_TRUE(seen.ok()) << seen.status();
  ASSERT_EQ(seen->run.io_size(), 1);
  EXPECT_EQ(AssetId(seen->run.io(0).dataset()), world_.Dataset("out"));
  ASSERT_EQ(seen->run.io(0).facets_size(), 1);
  ASSERT_EQ(seen->run.io(0).facets(0).aspect().profile().columns_size(), 1);
  EXPECT_EQ(seen->run.io(0).facets(0).aspect().profile().columns(0).column(), "open");
  EXPECT_FALSE(seen->run.has_parent());

  const std::string stranger = world_.AddPerson("sam", {EventWorld::Allow({Privilege::kBrowse})});
  EXPECT_EQ(Find(stranger, "r").status(), Find(stranger, "none").status());
  EXPECT_EQ(ListAs(stranger, Request()), "");
}

TEST_F(RunsTest, AHiddenParentGivesWayToTheOneStatedBefore) {
  for (const auto& [parent, day] : {std::pair("open", 1.0), std::pair("hidden", 2.0)}) {
    EventWrite event = world_.RunEvent("etl", "r", RunState::kRunning, day);
    event.run->parent_job = world_.Job(parent);
    event.run->parent_run_id = parent;
    world_.PushAll({event});
  }
  record::Scope scope;
  scope.set_name_prefix("hidden");
  std::vector<record::Grant> grants = {EventWorld::Allow({Privilege::kBrowse, Privilege::kReadOperations}),
                                       EventWorld::Allow({Privilege::kBrowse}, scope)};
  grants.back().set_deny(true);
  EXPECT_EQ(Find(world_.admin(), "r")->run.parent().run_id(), "hidden");
  EXPECT_EQ(Find(world_.AddPerson("vera", grants), "r")->run.parent().run_id(), "open");
}

TEST_F(RunsTest, FacetsThatMayNameHiddenThingsAreLeftOut) {
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {}, {"out"});
  catalog::v1::Aspect unknown;
  unknown.mutable_facet()->set_name("plan");
  unknown.mutable_facet()->set_json("{}");
  event.run->facets.push_back(unknown);
  catalog::v1::Aspect subset;
  subset.mutable_subset()->set_condition_json("{\"column\":\"secret\"}");
  catalog::v1::Aspect results;
  results.mutable_quality_results()->add_results()->set_column("secret");
  event.outputs[0].facets = {unknown, subset, results};
  world_.PushAll({event});
  record::Labels labels;
  record::ColumnLabels& mark = *labels.add_columns();
  mark.set_column(1);
  mark.add_path("secret");
  mark.add_classifications("pii");
  world_.PutAsset({AssetKind::kDataset, "test", "out"}, labels);

  const auto viewer =
      Find(world_.AddPerson("vera", {EventWorld::Allow({Privilege::kBrowse, Privilege::kReadOperations})}), "r");
  ASSERT_TRUE(viewer.ok()) << viewer.status();
  EXPECT_EQ(viewer->run.facets_size(), 0) << "a facet of unknown meaning opens as code does";
  ASSERT_EQ(viewer->run.io_size(), 1);
  ASSERT_EQ(viewer->run.io(0).facets_size(), 1) << viewer->run.io(0).ShortDebugString();
  EXPECT_EQ(viewer->run.io(0).facets(0).aspect().quality_results().results_size(), 0);
  const auto whole = Find(world_.admin(), "r");
  EXPECT_EQ(whole->run.facets_size(), 1);
  EXPECT_EQ(whole->run.io(0).facets_size(), 3);
}

// What an aspect of an asset needs, the same aspect of a run needs too.
TEST_F(RunsTest, FacetsOpenWithThePrivilegeOfTheirKind) {
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {}, {});
  catalog::v1::Aspect sql;
  sql.mutable_definition()->set_sql("SELECT 1");
  catalog::v1::Aspect type;
  type.mutable_job_type()->set_integration("DBT");
  catalog::v1::Aspect tags;
  tags.mutable_tags()->add_tags()->set_key("nightly");
  catalog::v1::Aspect engine;
  engine.mutable_processing_engine()->set_name("dbt");
  event.run->facets = {sql, type, tags, engine};
  world_.PushAll({event});
  const auto facets_with = [&](const std::string& person, std::vector<Privilege> privileges) {
    const auto run = Find(world_.AddPerson(person, {EventWorld::Allow(privileges)}), "r");
    EXPECT_TRUE(run.ok()) << run.status();
    std::string seen;
    for (const record::TimedFacet& facet : run->run.facets())
      seen += facet.aspect().ShortDebugString().substr(0, 4) + " ";
    return seen;
  };
  const std::vector<Privilege> least = {Privilege::kBrowse, Privilege::kReadOperations};
  EXPECT_EQ(facets_with("least", least), "job_ proc ");
  EXPECT_EQ(facets_with("reader", {Privilege::kBrowse, Privilege::kReadOperations, Privilege::kRead}),
            "job_ tags proc ");
  EXPECT_EQ(facets_with("coder", {Privilege::kBrowse, Privilege::kReadOperations, Privilege::kReadCode}),
            "defi job_ proc ");
}

TEST_F(RunsTest, RetentionKeepsTheLastFailedAndTheLastSuccessful) {
  for (int day = 1; day <= 6; ++day)
    Push("r" + std::to_string(day), day % 3 == 0 ? RunState::kFailed : RunState::kComplete, day);
  Push("running", RunState::kRunning, 7);
  RunRetention retention;
  retention.runs_per_job_max = 3;
  const auto retain = [&](const authz::SystemView& view, WriteSession& session) {
    return RetainRuns(view, session, retention, 100);
  };
  EXPECT_TRUE(Step(retain));
  EXPECT_EQ(List(Request()), "running:5 r6:3 r5:2 ");
  EXPECT_EQ(Find(world_.admin(), "r1").status().code(), absl::StatusCode::kNotFound);
  world_.clock().Advance(std::chrono::hours(24 * 31));
  EXPECT_TRUE(Step(retain));
  EXPECT_EQ(List(Request()), "r6:3 r5:2 ");
}

TEST_F(RunsTest, RetentionGoesOnFromJobToJob) {
  const std::vector<std::string> jobs = {"a", "b", "c"};
  for (const std::string& job : jobs) {
    for (int day = 1; day <= 4; ++day) {
      world_.PushAll({world_.RunEvent(job, job + std::to_string(day), RunState::kComplete, day)});
    }
  }
  RunRetention retention;
  retention.runs_per_job_max = 1;
  int steps = 1;
  while (!Step(
      [&](const authz::SystemView& view, WriteSession& session) { return RetainRuns(view, session, retention, 1); })) {
    ASSERT_LT(++steps, 10);
  }
  EXPECT_EQ(steps, 3);
  for (const std::string& job : jobs) {
    RunsRequest request = Request();
    request.job = world_.Job(job);
    EXPECT_EQ(List(request), job + "4:2 ");
  }
}

TEST_F(RunsTest, RollupsCountEachRunOnce) {
  Push("a", RunState::kRunning, 1);
  Push("a", RunState::kComplete, 1.5);
  Push("b", RunState::kFailed, 1.25);
  Push("c", RunState::kComplete, 2);
  std::string text;
  EXPECT_TRUE(world_
                  .Look(world_.admin(),
                        [&](GovernedView& view) -> Status {
                          ASSIGN_OR_RETURN(const auto days, ScanRollups(view, world_.Job("etl"), 0));
                          for (const DayOfRuns& day : *days) {
                            text += std::to_string(day.day - DayOf(Day(0))) + ": " +
                                    std::to_string(day.rollup.runs(2)) + " complete " +
                                    std::to_string(day.rollup.runs(3)) + " failed " +
                                    std::to_string(day.rollup.duration_us() / (kDayUs / 4)) + " quarters; ";
                          }
                          return absl::OkStatus();
                        })
                  .ok());
  EXPECT_EQ(text, "2: 1 complete 0 failed 0 quarters; 1: 1 complete 1 failed 2 quarters; ");
}

TEST_F(RunsTest, EdgesOfAJobThatStoppedGoStaleWhenTheirTimeHasCome) {
  world_.clock().Set(Day(10));
  world_.PushAll({world_.RunEvent("etl", "r0", RunState::kComplete, 0, {"old"}, {})});
  for (int day = 1; day <= 6; ++day) {
    world_.PushAll({world_.RunEvent("etl", "r" + std::to_string(day), RunState::kComplete, day, {"new"}, {})});
  }
  const auto look = [](const authz::SystemView& view, WriteSession& session) {
    return EndStaleEdges(view, session, 10);
  };
  EXPECT_TRUE(Step(look));
  EXPECT_EQ(world_.Histories().at("old consumes etl"), "0 active");
  world_.clock().Set(Day(31));
  EXPECT_TRUE(Step(look));
  EXPECT_EQ(world_.Histories().at("old consumes etl"), "0 active 30 ended");
  EXPECT_EQ(world_.Histories().at("new consumes etl"), "1 active");
  world_.clock().Set(Day(300));
  EXPECT_TRUE(Step(look));
  EXPECT_EQ(world_.Histories().at("new consumes etl"), "1 active");
}

}  // namespace
}  // namespace cadastre::lineage
