#include "lineage/record_event.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {
namespace {

using Histories = std::map<std::string, std::string>;

// A daily run of `job`, complete at the end of an hour.
std::vector<EventWrite> DailyRun(EventWorld& world, const std::string& job, int day,
                                 const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  const std::string run = job + "-" + std::to_string(day);
  return {world.RunEvent(job, run, RunState::kRunning, day, inputs, {}),
          world.RunEvent(job, run, RunState::kComplete, day + 0.25, {}, outputs)};
}

TEST(RecordEvent, InputsAndOutputsOfOneRunAccumulate) {
  EventWorld world;
  world.PushAll(DailyRun(world, "etl", 1, {"a", "b"}, {"c"}));
  EXPECT_EQ(
      world.Histories(),
      (Histories{{"a consumes etl", "1 active"}, {"b consumes etl", "1 active"}, {"etl produces c", "1.25 active"}}));
}

TEST(RecordEvent, NotStatedIsNotNone) {
  EventWorld world;
  world.PushAll(DailyRun(world, "etl", 1, {"a"}, {"c"}));
  world.PushAll(DailyRun(world, "etl", 2, {}, {}));
  EXPECT_EQ(world.Histories(), (Histories{{"a consumes etl", "1 active"}, {"etl produces c", "1.25 active"}}));
}

TEST(RecordEvent, RepeatingAnEventWritesNoVersion) {
  EventWorld world;
  const EventWrite event = world.RunEvent("etl", "r", RunState::kComplete, 1, {"a"}, {"b"});
  world.PushAll({event});
  const auto before = world.Dump();
  const Revision revision = world.house().published()->revision;
  world.PushAll({event, event});
  EXPECT_EQ(Differences(world.Dump(), before), "");
  EXPECT_EQ(world.house().published()->revision, revision);
}

TEST(RecordEvent, AnEdgeGoesStaleAfterFiveRunsWithoutItAndThirtyDays) {
  EventWorld world;
  world.PushAll(DailyRun(world, "etl", 0, {"old"}, {"out"}));
  for (int day = 1; day <= 40; ++day) world.PushAll(DailyRun(world, "etl", day, {"new"}, {"out"}));
  EXPECT_EQ(world.Histories(), (Histories{{"old consumes etl", "0 active 30.25 ended"},
                                          {"new consumes etl", "1 active"},
                                          {"etl produces out", "0.25 active"}}));
}

TEST(RecordEvent, FewerThanFiveRunsLeaveAnEdgeCurrent) {
  EventWorld world;
  world.PushAll(DailyRun(world, "etl", 0, {"old"}, {}));
  for (const int day : {100, 200, 300, 400}) world.PushAll(DailyRun(world, "etl", day, {"new"}, {}));
  EXPECT_EQ(world.Histories().at("old consumes etl"), "0 active");
  world.PushAll(DailyRun(world, "etl", 500, {"new"}, {}));
  EXPECT_EQ(world.Histories().at("old consumes etl"), "0 active 500.25 ended");
}

TEST(RecordEvent, OnlyCompleteRunsCount) {
  EventWorld world;
  world.PushAll(DailyRun(world, "etl", 0, {"old"}, {}));
  for (int day = 50; day < 60; ++day) {
    world.PushAll({world.RunEvent("etl", "f" + std::to_string(day), RunState::kFailed, day, {"new"}, {})});
  }
  EXPECT_EQ(world.Histories().at("old consumes etl"), "0 active");
}

TEST(RecordEvent, AStatementBeginsAStaleEdgeAgain) {
  EventWorld world;
  world.PushAll(DailyRun(world, "etl", 0, {"a"}, {}));
  for (int day = 1; day <= 40; ++day) world.PushAll(DailyRun(world, "etl", day, {}, {"out"}));
  world.PushAll(DailyRun(world, "etl", 41, {"a"}, {}));
  EXPECT_EQ(world.Histories().at("a consumes etl"), "0 active 30.25 ended 41 active");
}

TEST(RecordEvent, ALateEventCorrectsThePast) {
  EventWorld world;
  world.PushAll(DailyRun(world, "etl", 0, {"a"}, {}));
  for (int day = 1; day <= 60; ++day) world.PushAll(DailyRun(world, "etl", day, {}, {"out"}));
  EXPECT_EQ(world.Histories().at("a consumes etl"), "0 active 30.25 ended");
  world.PushAll({world.RunEvent("etl", "late", RunState::kFailed, 9, {"a"}, {})});
  EXPECT_EQ(world.Histories().at("a consumes etl"), "0 active 39 ended");
  world.PushAll({world.RunEvent("etl", "later", RunState::kFailed, 35, {"a"}, {})});
  EXPECT_EQ(world.Histories().at("a consumes etl"), "0 active");
}

TEST(RecordEvent, ColumnPairsAccumulateAndGoStaleOneByOne) {
  EventWorld world;
  const auto run = [&](int day, std::vector<record::ColumnPair> pairs) {
    EventWrite event = world.RunEvent("etl", std::to_string(day), RunState::kComplete, day);
    event.edges.push_back(world.Derives("a", "b", "etl", std::move(pairs)));
    return event;
  };
  world.PushAll({run(0, {PairOf("x", "y")}), run(1, {PairOf("z", "y")})});
  for (int day = 2; day <= 35; ++day) world.PushAll({run(day, {PairOf("z", "y")})});
  EXPECT_EQ(world.Histories(), (Histories{{"a derives b by etl", "0 active x>y 1 active x>y z>y 30 active z>y"}}));
}

TEST(RecordEvent, ADefinitionReplacesItsProducersEdgesAtOnce) {
  EventWorld world;
  const auto define = [&](double day, uint32_t producer, const std::vector<std::string>& sources) {
    EventWrite event;
    event.producer = producer;
    event.event_time = Day(day);
    for (const std::string& source : sources) event.edges.push_back(world.Derives(source, "view", ""));
    event.definitions.push_back({EdgeKind::kDerives, world.Dataset("view"), AssetId()});
    return event;
  };
  world.PushAll({define(1, 1, {"a", "b"}), define(2, 2, {"a"}), define(5, 1, {"b", "c"})});
  const Histories replaced = {{"a derives view", "1 active 5 ended"},
                              {"a derives view of 2", "2 active"},
                              {"b derives view", "1 active"},
                              {"c derives view", "5 active"}};
  EXPECT_EQ(world.Histories(), replaced);
  // A definition that comes late ends only what it comes after.
  world.PushAll({define(3, 1, {"c"})});
  EXPECT_EQ(world.Histories(), (Histories{{"a derives view", "1 active 3 ended"},
                                          {"a derives view of 2", "2 active"},
                                          {"b derives view", "1 active 3 ended 5 active"},
                                          {"c derives view", "3 active"}}));
  // And one before all of them is over when the next begins.
  world.PushAll({define(0, 1, {"d"})});
  EXPECT_EQ(world.Histories().at("d derives view"), "0 active 1 ended");
}

EventWrite Defined(EventWorld& world, double day, uint64_t definition, const std::vector<std::string>& inputs) {
  EventWrite event = world.RunEvent("etl", std::to_string(day), RunState::kComplete, day, inputs, {"view"});
  event.run->definition = definition;
  return event;
}

TEST(RecordEvent, ARunOfAnotherDefinitionEndsWhatItDoesNotState) {
  EventWorld world;
  world.PushAll({Defined(world, 1, 11, {"orders", "clients"}), Defined(world, 2, 11, {"orders", "clients"})});
  EXPECT_EQ(world.Histories().at("clients consumes etl"), "1 active");
  world.PushAll({Defined(world, 3, 22, {"orders", "stores"})});
  EXPECT_EQ(world.Histories(), (Histories{{"orders consumes etl", "1 active"},
                                          {"clients consumes etl", "1 active 3 ended"},
                                          {"stores consumes etl", "3 active"},
                                          {"etl produces view", "1 active"}}));
  // A late run of the former definition corrects the past alone.
  world.PushAll({Defined(world, 2.5, 11, {"orders", "clients"})});
  EXPECT_EQ(world.Histories().at("clients consumes etl"), "1 active 3 ended");
}

TEST(RecordEvent, OnlyANewDefinitionOfACompleteRunEndsAnything) {
  EventWorld world;
  world.PushAll({Defined(world, 1, 11, {"a"}), Defined(world, 2, 22, {"b"}), Defined(world, 3, 11, {"a"})});
  // Some jobs run several in turn.
  EXPECT_EQ(world.Histories().at("b consumes etl"), "2 active");
  EventWrite failed = Defined(world, 4, 33, {"c"});
  failed.run->state = RunState::kFailed;
  world.PushAll({failed});
  EXPECT_EQ(world.Histories().at("a consumes etl"), "1 active 2 ended 3 active");
  // What another tool says of the job ends nothing of this one's.
  EventWrite other = Defined(world, 5, 44, {"d"});
  other.producer = 2;
  EventWrite again = Defined(world, 6, 55, {"e"});
  again.producer = 2;
  world.PushAll({other, again});
  EXPECT_EQ(world.Histories().at("a consumes etl"), "1 active 2 ended 3 active");
  EXPECT_EQ(world.Histories().at("d consumes etl of 2"), "5 active 6 ended");
}

TEST(RecordEvent, AFutureEventIsCutToThePresent) {
  EventWorld world;
  EventWrite event = world.RunEvent("etl", "r", RunState::kComplete, 1, {"a"}, {});
  event.event_time = world.clock().Now() + std::chrono::hours(24);
  world.PushAll({event});
  const auto dump = world.Dump();
  for (const auto& [key, value] : dump) {
    if (key.substr(0, 4) == "run ") {
      EXPECT_THAT(value, testing::HasSubstr("started: " + std::to_string(world.clock().Now().micros())));
    }
  }
}

TEST(RecordEvent, BadEventsNameTheField) {
  EventWorld world;
  const auto push = [&](const EventWrite& event) {
    return world
        .Write(EventWorld::WriteCall(world.admin()),
               [&](authz::WriteSession& session) { return world.Push(session, event); })
        .status();
  };
  EventWrite event = world.RunEvent("etl", std::string(257, 'r'), RunState::kRunning, 1);
  EXPECT_EQ(base::FieldOf(push(event)), "run.run_id");
  event = world.RunEvent("etl", std::string("a\0b", 3), RunState::kRunning, 1);
  EXPECT_EQ(base::FieldOf(push(event)), "run.run_id");
  event = world.RunEvent("etl", "r", RunState::kRunning, 1);
  event.edges.push_back({EdgeKind::kDerives, AssetId(), world.Dataset("a"), {}, false, {}});
  EXPECT_EQ(base::FieldOf(push(event)), "edges");
  event = world.RunEvent("etl", "r", RunState::kRunning, 1);
  record::ColumnPair deep;
  for (int i = 0; i < 33; ++i) deep.add_from("x");
  event.edges.push_back(world.Derives("a", "b", "etl", {deep}));
  EXPECT_EQ(base::FieldOf(push(event)), "edges.columns");
}

catalog::v1::Aspect RowsFacet(int64_t rows) {
  catalog::v1::Aspect aspect;
  aspect.mutable_io_statistics()->set_rows(rows);
  return aspect;
}

// Random events of a few runs, with every kind of statement.
std::vector<EventWrite> RandomEvents(EventWorld& world, std::mt19937_64& random) {
  const auto pick = [&](size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random); };
  const std::vector<std::string> datasets = {"a", "b", "c", "d"};
  const std::vector<std::string> columns = {"x", "y", "z"};
  std::vector<EventWrite> events;
  for (int i = 0; i < 14; ++i) {
    const RunState state = std::vector{RunState::kRunning, RunState::kComplete, RunState::kComplete,
                                       RunState::kFailed,  RunState::kAborted,  RunState::kUnspecified}[pick(6)];
    const double day = static_cast<double>(pick(30)) * 8;
    EventWrite event = world.RunEvent("job" + std::to_string(pick(2)), "run" + std::to_string(pick(9)), state, day);
    event.producer = 1 + pick(2);
    for (size_t n = pick(3); n > 0; --n) {
      const EventWrite io = world.RunEvent("job0", "x", state, day, {datasets[pick(4)]}, {datasets[pick(4)]});
      event.inputs.push_back({io.inputs[0].dataset, {RowsFacet(pick(3))}});
      event.edges.push_back({EdgeKind::kConsumes, io.inputs[0].dataset, event.job, {}, false, {}});
      event.edges.push_back({EdgeKind::kProduces, event.job, io.outputs[0].dataset, {}, pick(2) == 0, {}});
    }
    for (size_t n = pick(3); n > 0; --n) {
      EventEdge edge = world.Derives(datasets[pick(4)], datasets[pick(4)], "");
      edge.job = pick(3) == 0 ? AssetId() : event.job;
      for (size_t pairs = pick(3); pairs > 0; --pairs)
        edge.columns.push_back(PairOf(columns[pick(3)], columns[pick(3)]));
      event.edges.push_back(std::move(edge));
    }
    if (pick(3) == 0) event.run->definition = 1 + pick(3);
    if (pick(4) == 0) event.definitions.push_back({EdgeKind::kDerives, AssetId(), event.job});
    if (pick(6) == 0) event.definitions.push_back({EdgeKind::kDerives, world.Dataset(datasets[pick(4)]), AssetId()});
    event.run->facets.push_back(RowsFacet(pick(4)));
    if (pick(3) == 0) event.run->parent_job = world.Job("parent" + std::to_string(pick(2)));
    events.push_back(std::move(event));
  }
  return events;
}

TEST(RecordEvent, OrderAndRepetitionDoNotMatter) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::map<std::string, std::string> expected;
    std::vector<size_t> order;
    for (int round = 0; round < 3; ++round) {
      EventWorld world;
      for (const char* name : {"a", "b", "c", "d"}) world.Dataset(name);
      for (const char* name : {"job0", "job1", "parent0", "parent1"}) world.Job(name);
      std::mt19937_64 same(seed);
      const std::vector<EventWrite> events = RandomEvents(world, same);
      if (round == 0) {
        for (size_t i = 0; i < events.size(); ++i) order.push_back(i);
        std::stable_sort(order.begin(), order.end(),
                         [&](size_t left, size_t right) { return events[left].event_time < events[right].event_time; });
      } else {
        for (size_t i = 0; i < 5; ++i) order.push_back(order[random() % order.size()]);
        std::shuffle(order.begin(), order.end(), random);
      }
      for (const size_t i : order) world.PushAll({events[i]});
      if (round == 0) {
        expected = world.Dump();
      } else {
        EXPECT_EQ(Differences(world.Dump(), expected), "");
      }
    }
  }
}

}  // namespace
}  // namespace cadastre::lineage
