#include "lineage/runs.h"

#include <gmock/gmock.h>

#include "lineage/retention.h"
#include "lineage/run_lists.h"
#include "lineage/run_merge.h"
#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {
namespace {

class RunsTest : public testing::Test {
 protected:
  RunsRequest Request() {
    RunsRequest request;
    request.jobs = {world_.Job("etl")};
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
                       FindRun(view, {{world_.Job("etl")}, run_id, Day(1'000), std::chrono::hours(24'000)}));
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
    WriteSession session = world_.guard().BeginUpkeep();
    const StatusOr<bool> done = step(view, session);
    EXPECT_TRUE(done.ok()) << done.status();
    all = done.ok() && *done;
    const Status committed = world_.guard().CommitUpkeep(std::move(session));
    EXPECT_TRUE(committed.ok()) << committed;
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

// Over all jobs, of a dataset and below a parent: the same runs, in the same order, in pages.
TEST_F(RunsTest, AreListedOverAllJobsByDatasetAndByParent) {
  world_.PushAll({world_.RunEvent("one", "r1", RunState::kComplete, 1, {"raw"}, {"gold"}),
                  world_.RunEvent("two", "r2", RunState::kFailed, 2, {"raw"}, {}),
                  world_.RunEvent("one", "r3", RunState::kComplete, 3, {}, {"other"})});
  EventWrite child = world_.RunEvent("two", "r4", RunState::kComplete, 4);
  child.run->parent_job = world_.Job("one");
  child.run->parent_run_id = "r3";
  world_.PushAll({child});
  RunsRequest request = Request();
  request.jobs.clear();
  EXPECT_EQ(List(request), "r4:2 r3:2 r2:3 r1:2 ");
  request.states = {RunState::kFailed};
  EXPECT_EQ(List(request), "r2:3 ");
  request.states.clear();
  request.page_size = 3;
  std::optional<RunPosition> next;
  EXPECT_EQ(ListAs(world_.admin(), request, &next), "r4:2 r3:2 r2:3 ");
  request.after = next;
  EXPECT_EQ(ListAs(world_.admin(), request, &next), "r1:2 ");
  EXPECT_FALSE(next.has_value());

  RunsRequest of_dataset = Request();
  of_dataset.jobs.clear();
  of_dataset.datasets = {world_.Dataset("raw"), world_.Dataset("gold")};
  EXPECT_EQ(List(of_dataset), "r2:3 r1:2 ") << "a run of both names once";
  of_dataset.started_after = Day(2);
  EXPECT_EQ(List(of_dataset), "r2:3 ");
  of_dataset.started_after.reset();
  of_dataset.started_before = Day(2);
  EXPECT_EQ(List(of_dataset), "r1:2 ");

  RunsRequest below = Request();
  below.jobs.clear();
  below.parent = {{world_.Job("one")}, "r3"};
  EXPECT_EQ(List(below), "r4:2 ");
}

// Runs sent under two names of one job, `etl` and `dag.etl`, some of them known from their children alone.
class RunsOfTwoNamesTest : public RunsTest {
 protected:
  RunsOfTwoNamesTest() {
    names_ = {world_.Job("etl"), world_.Job("dag.etl")};
    Push("a", RunState::kComplete, 1);
    world_.PushAll({world_.RunEvent("dag.etl", "b", RunState::kFailed, 2),
                    world_.RunEvent("dag.etl", "d", RunState::kComplete, 4)});
    for (const auto& [parent, run, job, day] : {std::tuple("b", "c1", "etl", 2.0),
                                                {"p", "c2", "etl", 3.0},
                                                {"p", "c3", "dag.etl", 5.0},
                                                {"d", "c4", "dag.etl", 6.0}}) {
      EventWrite child = world_.RunEvent("two", run, RunState::kComplete, day);
      child.run->parent_job = world_.Job(job);
      child.run->parent_run_id = parent;
      world_.PushAll({child});
    }
  }
  std::vector<AssetId> names_;
};

TEST_F(RunsOfTwoNamesTest, AreOneList) {
  RunsRequest request = Request();
  EXPECT_EQ(List(request), "p:5 b:5 a:2 ") << "by the one name alone";
  request.jobs = names_;
  EXPECT_EQ(List(request), "d:2 p:5 b:3 a:2 ") << "each once, told by its children or not";
  request.page_size = 1;
  std::string pages;
  for (std::optional<RunPosition> next; pages.empty() || next.has_value(); request.after = next) {
    pages += ListAs(world_.admin(), request, &next);
  }
  EXPECT_EQ(pages, "d:2 p:5 b:3 a:2 ");
  request = Request();
  request.jobs = names_;
  request.started_before = Day(4);
  request.started_after = Day(2);
  request.states = {RunState::kFailed};
  EXPECT_EQ(List(request), "b:3 ");
  RunsRequest below = Request();
  below.jobs.clear();
  below.parent = {names_, "p"};
  EXPECT_EQ(List(below), "c3:2 c2:2 ");
}

TEST_F(RunsOfTwoNamesTest, AreFoundByEither) {
  for (const bool turned : {false, true}) {
    const std::vector<AssetId> names = turned ? std::vector<AssetId>(names_.rbegin(), names_.rend()) : names_;
    std::string found;
    const Status status = world_.Look(world_.admin(), [&](GovernedView& view) -> Status {
      for (const char* run : {"a", "b", "d", "p"}) {
        ASSIGN_OR_RETURN(const auto row, FindRun(view, {names, run, Day(1'000), std::chrono::hours(24'000)}));
        found += world_.NameOf(row->job) + "." + row->run_id + " ";
        if (row->run_id == "p") found += row->run.started() == Day(3).micros() ? "" : "late ";
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(found, turned ? "etl.a dag.etl.b dag.etl.d dag.etl.p " : "etl.a dag.etl.b dag.etl.d etl.p ");
  }
}

TEST_F(RunsOfTwoNamesTest, AreCountedTogether) {
  const Status status = world_.Look(world_.admin(), [&](GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto days, ScanRollups(view, names_, 0));
    EXPECT_EQ(days->size(), 3u);
    EXPECT_EQ(days->front().day, DayOf(Day(4)));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  world_.PushAll({world_.RunEvent("etl", "e", RunState::kComplete, 4)});
  EXPECT_TRUE(world_
                  .Look(world_.admin(),
                        [&](GovernedView& view) -> Status {
                          ASSIGN_OR_RETURN(const auto days, ScanRollups(view, names_, DayOf(Day(4))));
                          EXPECT_EQ(days->size(), 1u);
                          EXPECT_EQ(days->front().rollup.runs(int(RunState::kComplete)), 2u);
                          return absl::OkStatus();
                        })
                  .ok());
}

// Of a name whose runs he may not read a viewer learns nothing by the other.
TEST_F(RunsOfTwoNamesTest, OpenEachByItsOwnRight) {
  record::Scope scope;
  scope.set_asset(names_[1].value());
  record::Grant deny = EventWorld::Allow({Privilege::kReadOperations}, scope);
  deny.set_deny(true);
  const std::string viewer =
      world_.AddPerson("vera", {EventWorld::Allow({Privilege::kBrowse, Privilege::kReadOperations}), deny});
  RunsRequest request = Request();
  EXPECT_EQ(ListAs(viewer, request), "p:5 b:5 a:2 ");
  request.jobs = names_;
  EXPECT_EQ(ListAs(viewer, request), "p:5 b:5 a:2 ");
}

TEST_F(RunsTest, AParentWithoutEventsIsKnownFromItsChildren) {
  for (const double day : {4.0, 2.0}) {
    EventWrite child = world_.RunEvent("two", "c" + std::to_string(day), RunState::kComplete, day);
    child.run->parent_job = world_.Job("etl");
    child.run->parent_run_id = "p";
    world_.PushAll({child});
  }
  const auto found = Find(world_.admin(), "p");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->state, RunState::kUnknown);
  EXPECT_EQ(found->run.started(), Day(2).micros());
  EXPECT_EQ(found->run.last_event(), Day(4).micros());
  EXPECT_TRUE(absl::IsNotFound(Find(world_.admin(), "q").status()));
  // Who may read none of them is told nothing of it.
  record::Scope scope;
  scope.set_asset(world_.Job("two").value());
  record::Grant deny = EventWorld::Allow({Privilege::kReadOperations}, scope);
  deny.set_deny(true);
  const std::string viewer =
      world_.AddPerson("vera", {EventWorld::Allow({Privilege::kBrowse, Privilege::kReadOperations}), deny});
  EXPECT_TRUE(absl::IsNotFound(Find(viewer, "p").status()));
  // What it says itself stands.
  world_.PushAll({world_.RunEvent("etl", "p", RunState::kComplete, 3)});
  EXPECT_EQ(Find(world_.admin(), "p")->state, RunState::kComplete);
}

// `etl` has runs a and b of its own, and p and q, which only runs of `two` name.
class InferredRunsTest : public RunsTest {
 protected:
  InferredRunsTest() {
    Push("a", RunState::kComplete, 1);
    Push("b", RunState::kComplete, 5);
    for (const auto& [run, parent, day] :
         {std::tuple("c1", "p", 4.0), {"c2", "p", 2.0}, {"c3", "q", 2.0}, {"c4", "b", 6.0}, {"c5", "q", 9.0}}) {
      EventWrite child = world_.RunEvent("two", run, RunState::kComplete, day);
      child.run->parent_job = world_.Job("etl");
      child.run->parent_run_id = parent;
      world_.PushAll({child});
    }
  }
  std::string InPages(RunsRequest request, uint32_t size) {
    request.page_size = size;
    std::string pages;
    for (int count = 0; count < 20; ++count) {
      pages += ListAs(world_.admin(), request, &request.after) + "| ";
      if (!request.after) break;
    }
    return pages;
  }
};

TEST_F(InferredRunsTest, AParentWithoutEventsIsOneOfItsJobsRuns) {
  EXPECT_EQ(List(Request()), "b:2 p:5 q:5 a:2 ");
  RunsRequest request = Request();
  request.states = {RunState::kUnknown};
  EXPECT_EQ(List(request), "p:5 q:5 ");
  request.states = {RunState::kComplete};
  EXPECT_EQ(List(request), "b:2 a:2 ");
  request.states.clear();
  request.started_after = Day(2);
  EXPECT_EQ(List(request), "b:2 p:5 q:5 ");
  request.started_before = Day(5);
  EXPECT_EQ(List(request), "p:5 q:5 ");
  request.started_after = Day(3);
  EXPECT_EQ(List(request), "");
}

TEST_F(InferredRunsTest, AParentNamedWithoutItsRunIsNone) {
  EventWrite child = world_.RunEvent("three", "c6", RunState::kComplete, 1);
  child.run->parent_job = world_.Job("etl");
  world_.PushAll({child});
  EXPECT_EQ(List(Request()), "b:2 p:5 q:5 a:2 ");
}

TEST_F(InferredRunsTest, EachStandsOnceOverAllPages) {
  EXPECT_EQ(InPages(Request(), 1), "b:2 | p:5 | q:5 | a:2 | ");
  EXPECT_EQ(InPages(Request(), 2), "b:2 p:5 | q:5 a:2 | ");
  EXPECT_EQ(InPages(Request(), 3), "b:2 p:5 q:5 | a:2 | ");
  RunsRequest all = Request();
  all.jobs.clear();
  const std::string whole = List(all);
  EXPECT_EQ(whole, "c5:2 c4:2 b:2 c1:2 p:5 q:5 c2:2 c3:2 a:2 ");
  std::string paged = InPages(all, 2);
  std::erase(paged, '|');
  EXPECT_EQ(paged, "c5:2 c4:2  b:2 c1:2  p:5 q:5  c2:2 c3:2  a:2  ");
}

TEST_F(InferredRunsTest, TheListsOfParentsAndOfChildrenAgree) {
  RunsRequest below = Request();
  below.jobs.clear();
  for (const auto& [parent, children] : {std::pair("p", "c1:2 c2:2 "), {"q", "c5:2 c3:2 "}, {"b", "c4:2 "}}) {
    below.parent = {{world_.Job("etl")}, parent};
    EXPECT_EQ(List(below), children);
    EXPECT_THAT(List(Request()), testing::HasSubstr(parent));
  }
}

TEST_F(InferredRunsTest, ItBeganWithTheFirstChildThatIsSeen) {
  EventWrite child = world_.RunEvent("three", "c6", RunState::kComplete, 0.5);
  child.run->parent_job = world_.Job("etl");
  child.run->parent_run_id = "p";
  world_.PushAll({child});
  EXPECT_EQ(List(Request()), "b:2 q:5 a:2 p:5 ");
  const auto without = [&](const char* job) {
    record::Scope scope;
    scope.set_asset(world_.Job(job).value());
    record::Grant deny = EventWorld::Allow({Privilege::kReadOperations}, scope);
    deny.set_deny(true);
    return world_.AddPerson(std::string("no ") + job,
                            {EventWorld::Allow({Privilege::kBrowse, Privilege::kReadOperations}), deny});
  };
  EXPECT_EQ(ListAs(without("three"), Request()), "b:2 p:5 q:5 a:2 ");
  EXPECT_EQ(ListAs(without("two"), Request()), "b:2 a:2 p:5 ");
  EXPECT_EQ(ListAs(without("etl"), Request()), "");
}

TEST_F(InferredRunsTest, WhatItSaysItselfStandsInItsPlace) {
  Push("p", RunState::kComplete, 3);
  EXPECT_EQ(List(Request()), "b:2 p:2 q:5 a:2 ");
}

TEST_F(InferredRunsTest, ItGoesWithTheLastOfItsChildren) {
  world_.clock().Advance(std::chrono::hours(24 * 60));
  Push("new", RunState::kComplete, 10);
  RunRetention retention;
  while (!Step([&](const auto& view, auto& session) { return RetainRuns(view, session, retention, 100); })) {
  }
  // The last complete run of each job stays: c5 of `two`.
  EXPECT_EQ(List(Request()), "new:2 q:5 ");
}

TEST_F(RunsTest, ListsMoveWithARunsStart) {
  Push("r", RunState::kComplete, 5);
  Push("r", RunState::kRunning, 3);
  RunsRequest request = Request();
  request.jobs.clear();
  EXPECT_EQ(List(request), "r:2 ") << "an earlier event moves its start";
  request.started_after = Day(4);
  EXPECT_EQ(List(request), "");
}

TEST_F(RunsTest, OverAllJobsOnlyThoseOneMayReadAreListed) {
  world_.PushAll({world_.RunEvent("open", "r1", RunState::kComplete, 1, {"raw"}),
                  world_.RunEvent("shut", "r2", RunState::kComplete, 2, {"raw"})});
  record::Scope shut;
  shut.set_asset(world_.Job("shut").value());
  record::Grant deny = GovernedWorld::Allow({Privilege::kReadOperations}, shut);
  deny.set_deny(true);
  const std::string viewer =
      world_.AddPerson("vera", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kReadOperations}), deny});
  RunsRequest request = Request();
  request.jobs.clear();
  EXPECT_EQ(ListAs(viewer, request), "r1:2 ");
  request.datasets = {world_.Dataset("raw")};
  EXPECT_EQ(ListAs(viewer, request), "r1:2 ");
}

// A run that is started again under its id runs again; of events of one time an end decides.
TEST_F(RunsTest, TheLatestEventGivesTheState) {
  Push("r", RunState::kComplete, 5);
  Push("r", RunState::kFailed, 4);
  Push("r", RunState::kRunning, 5);
  EXPECT_EQ(List(Request()), "r:2 ");
  Push("r", RunState::kRunning, 9);
  EXPECT_EQ(List(Request()), "r:1 ");
  Push("r", RunState::kFailed, 6);
  EXPECT_EQ(List(Request()), "r:1 ");
  Push("r", RunState::kFailed, 12);
  EXPECT_EQ(List(Request()), "r:3 ");
}

TEST_F(RunsTest, AnEventThatSaysNothingOfTheStateChangesNone) {
  Push("r", RunState::kUnspecified, 5);
  EXPECT_EQ(List(Request()), "r:5 ") << "nothing was said of it: unknown";
  Push("r", RunState::kComplete, 4);
  Push("r", RunState::kUnspecified, 6);
  EXPECT_EQ(List(Request()), "r:2 ");
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

// Of a run's datasets under the right on each, of its own tests under that on its job and on all its datasets.
TEST_F(RunsTest, ValuesOfTheDataOpenUnderReadSamplesAlone) {
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {}, {"out"});
  catalog::v1::Aspect profile;
  auto* column = profile.mutable_profile()->add_columns();
  column->set_column("age");
  column->set_null_count(3);
  column->set_min(18);
  column->set_max(99);
  column->set_sum(400);
  (*column->mutable_quantiles())["0.5"] = 40;
  catalog::v1::Aspect results;
  auto* result = results.mutable_quality_results()->add_results();
  result->set_assertion("in_range");
  result->set_column("age");
  result->set_expected("42");
  result->set_actual("41");
  result->set_content("age < 100");
  (*result->mutable_params())["values"] = "18,99";
  catalog::v1::Aspect tests;
  auto* test = tests.mutable_test_execution()->add_tests();
  test->set_name("adults");
  test->set_expected("42");
  test->set_actual("41");
  (*test->mutable_params())["values"] = "18,99";
  event.outputs[0].facets = {profile, results};
  event.run->facets = {tests};
  world_.PushAll({event});

  const std::vector<Privilege> least = {Privilege::kBrowse, Privilege::kRead, Privilege::kReadOperations};
  record::Scope of_jobs;
  of_jobs.add_kinds(static_cast<uint32_t>(AssetKind::kJob));
  record::Scope of_datasets;
  of_datasets.add_kinds(static_cast<uint32_t>(AssetKind::kDataset));
  const std::vector<Privilege> samples = {Privilege::kReadSamples};
  const struct {
    std::string person;
    std::vector<record::Grant> grants;
    bool of_tests;
    bool of_dataset;
  } kCases[] = {{"none", {EventWorld::Allow(least)}, false, false},
                {"jobs", {EventWorld::Allow(least), EventWorld::Allow(samples, of_jobs)}, false, false},
                {"data", {EventWorld::Allow(least), EventWorld::Allow(samples, of_datasets)}, false, true},
                {"both", {EventWorld::Allow(least), EventWorld::Allow(samples)}, true, true}};
  for (const auto& one : kCases) {
    SCOPED_TRACE(one.person);
    const auto run = Find(world_.AddPerson(one.person, one.grants), "r");
    ASSERT_TRUE(run.ok()) << run.status();
    ASSERT_EQ(run->run.facets_size(), 1);
    const auto& own = run->run.facets(0).aspect().test_execution().tests(0);
    EXPECT_EQ(own.name(), "adults");
    for (const std::string& value : {own.expected(), own.actual(), own.params().at("values")}) {
      EXPECT_EQ(!value.empty(), one.of_tests) << value;
    }
    ASSERT_EQ(run->run.io(0).facets_size(), 2);
    const auto& age = run->run.io(0).facets(0).aspect().profile().columns(0);
    EXPECT_EQ(age.null_count(), 3);
    for (const bool shown : {age.has_min(), age.has_max(), age.has_sum(), !age.quantiles().empty()}) {
      EXPECT_EQ(shown, one.of_dataset);
    }
    const auto& in_range = run->run.io(0).facets(1).aspect().quality_results().results(0);
    EXPECT_EQ(in_range.assertion(), "in_range");
    for (const std::string& value :
         {in_range.expected(), in_range.actual(), in_range.content(), in_range.params().at("values")}) {
      EXPECT_EQ(!value.empty(), one.of_dataset) << value;
    }
  }
}

// Of which dataset a test of the run tells is not said: of any, as far as anybody can know.
TEST_F(RunsTest, ValuesOfARunsTestsOpenWithAllItsDatasets) {
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {"in"}, {"out"});
  catalog::v1::Aspect tests;
  tests.mutable_test_execution()->add_tests()->set_actual("41");
  event.run->facets = {tests};
  EventWrite alone = world_.RunEvent("etl", "alone", RunState::kComplete, 1);
  alone.run->facets = {tests};
  world_.PushAll({event, alone});
  const std::vector<Privilege> all = {Privilege::kBrowse, Privilege::kReadOperations, Privilege::kReadSamples};
  record::Scope of_in;
  of_in.set_asset(world_.Dataset("in").value());
  const auto actual = [&](const std::string& bearer, const std::string& run) {
    const auto found = Find(bearer, run);
    EXPECT_TRUE(found.ok()) << found.status();
    return found->run.facets(0).aspect().test_execution().tests(0).actual();
  };
  record::Grant deny = EventWorld::Allow({Privilege::kReadSamples}, of_in);
  deny.set_deny(true);
  const std::string viewer = world_.AddPerson("near", {EventWorld::Allow(all), deny});
  EXPECT_EQ(actual(viewer, "r"), "");
  EXPECT_EQ(actual(viewer, "alone"), "41") << "of a run that names no dataset the job's right is the only one";
  EXPECT_EQ(actual(world_.AddPerson("whole", {EventWorld::Allow(all)}), "r"), "41");
}

// What is hidden takes room too, and is not to be told of.
TEST_F(RunsTest, ThatARunIsTrimmedIsToldToWhoSeesAllOfIt) {
  world_.PushAll({world_.RunEvent("etl", "r", RunState::kComplete, 1, {}, {"out", "other"})});
  const std::string key = RunKey(world_.Job("etl"), Day(1), "r");
  world_.Put([&](WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(auto row, session.Find(kRunTable, key));
    row->record.set_trimmed(true);
    session.Put(testing_support::RowsOf(session), kRunTable, key, row->record);
    return absl::OkStatus();
  });
  record::Scope scope;
  scope.set_asset(world_.Dataset("other").value());
  record::Grant deny = EventWorld::Allow({Privilege::kBrowse}, scope);
  deny.set_deny(true);
  const std::vector<Privilege> least = {Privilege::kBrowse, Privilege::kReadOperations};
  EXPECT_TRUE(Find(world_.AddPerson("all", {EventWorld::Allow(least)}), "r")->run.trimmed());
  EXPECT_FALSE(Find(world_.AddPerson("vera", {EventWorld::Allow(least), deny}), "r")->run.trimmed());
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
  RunsRequest all_jobs = Request();
  all_jobs.jobs.clear();
  EXPECT_EQ(List(all_jobs), "running:5 r6:3 r5:2 ");
  uint32_t listed = 0;
  world_.Put([&](WriteSession& session) {
    return session.Scan<record::RunListed>(kRunListTable, AllRunsPrefix(), [&](const auto&) { return ++listed > 0; });
  });
  EXPECT_EQ(listed, 3u) << "what is forgotten stands in no list";
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
    request.jobs = {world_.Job(job)};
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
                          ASSIGN_OR_RETURN(const auto days, ScanRollups(view, {world_.Job("etl")}, 0));
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
