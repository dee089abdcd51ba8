#include "lineage/retention.h"

#include <algorithm>

#include "authz/view/change_feed.h"
#include "base/bytes.h"
#include "lineage/memory_graph.h"
#include "lineage/walk.h"
#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {
namespace {

using Histories = std::map<std::string, std::string>;
using std::chrono::hours;

constexpr hours kHistory{24 * 100};

// One job whose first run alone reads `old`, and forty more that read `new`: the edge from `old` ends on day 30.25.
class EndedEdgeTest : public testing::Test {
 protected:
  EndedEdgeTest() {
    Run(0, "old");
    for (int day = 1; day <= 40; ++day) Run(day, "new");
    before_ = world_.Histories();
  }

  void Run(int day, const std::string& input) {
    world_.PushAll(
        {world_.RunEvent("etl", std::to_string(day) + input, RunState::kComplete, day + 0.25, {input}, {"out"})});
  }

  // What was known this long ago is what the store still keeps.
  void CollectVersions(std::chrono::microseconds history) {
    authz::SystemView view = world_.guard().OpenSystem(authz::SystemReason::kRetention);
    const Timestamp horizon = world_.clock().Now() - history;
    while (true) {
      const auto step = world_.house().ForgetVersions(view, horizon);
      ASSERT_TRUE(step.ok()) << step.status();
      if (step->done) return;
    }
  }

  // Steps of a round; each in a commit of its own.
  int ForgetAll(const EdgeRetention& retention = {}) {
    std::string cursor;
    for (int steps = 1;; ++steps) {
      const authz::SystemView view = world_.guard().OpenSystem(authz::SystemReason::kRetention);
      WriteSession session = world_.guard().BeginUpkeep();
      const StatusOr<bool> done = ForgetEndedEdges(view, session, retention, cursor);
      EXPECT_TRUE(done.ok()) << done.status();
      const Status committed = world_.guard().CommitUpkeep(std::move(session));
      EXPECT_TRUE(committed.ok()) << committed;
      if (!done.ok() || *done || steps == 1'000) return steps;
    }
  }

  // The keys on disk, of any table, that hold the id of the dataset in this place of a key of edges.
  size_t RowsNaming(const std::string& dataset) {
    std::string id;
    base::AppendU64(id, world_.Dataset(dataset).value());
    size_t rows = 0;
    for (const authz::Keyspace table : {authz::Keyspace::kOut, authz::Keyspace::kIn, authz::Keyspace::kSeen}) {
      const std::string lower(1, static_cast<char>(table));
      const auto cursor = world_.engine().NewCursor(lower, base::PrefixEnd(lower));
      for (; cursor->Valid(); cursor->Next()) {
        const bool listed = table == authz::Keyspace::kSeen && cursor->key()[1] != 'E';
        if (!listed && cursor->key().find(id) != std::string_view::npos) ++rows;
      }
    }
    return rows;
  }

  std::vector<std::string> ArcsOf(const MemoryGraph& graph) {
    std::vector<std::string> arcs;
    const Status looked = world_.Look(world_.admin(), [&](GovernedView& view) {
      const auto reading = graph.Read(view);
      for (uint32_t node = 0; node < reading->adjacency.node_end(); ++node) {
        reading->adjacency.ForEach(Side::kOut, node, [&](uint32_t to, const ArcKind& arc) {
          arcs.push_back(world_.NameOf(AssetId(node)) + ">" + world_.NameOf(AssetId(to)) + (arc.ended ? " ended" : ""));
        });
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(looked.ok()) << looked;
    std::sort(arcs.begin(), arcs.end());
    return arcs;
  }
  // Followed from the log, and read from the tables.
  void ExpectTheSameGraph(MemoryGraph& followed) {
    authz::ChangeFeed feed(world_.guard().OpenSystem(authz::SystemReason::kFollowLineage), &world_.guard().signal());
    while (true) {
      const auto all = followed.CatchUp(feed, 5);
      ASSERT_TRUE(all.ok()) << all.status();
      if (*all) break;
    }
    MemoryGraph rebuilt;
    ASSERT_TRUE(rebuilt.Rebuild(feed.view()).ok());
    EXPECT_EQ(ArcsOf(followed), ArcsOf(rebuilt));
  }

  EventWorld world_;
  Histories before_;
};

TEST_F(EndedEdgeTest, WhatEndedBeforeTheHorizonLeavesNoRow) {
  MemoryGraph graph;
  ExpectTheSameGraph(graph);
  ASSERT_EQ(before_.at("old consumes etl"), "0.25 active 30.25 ended");
  ASSERT_GT(RowsNaming("old"), 2u);
  world_.clock().Advance(kHistory + hours(24));
  CollectVersions(kHistory);
  ForgetAll();
  EXPECT_EQ(RowsNaming("old"), 0u);
  Histories left = before_;
  left.erase("old consumes etl");
  EXPECT_EQ(world_.Histories(), left) << "and nothing else went";
  ExpectTheSameGraph(graph);
  EXPECT_EQ(ArcsOf(graph), (std::vector<std::string>{"etl>out", "new>etl"}));
}

TEST_F(EndedEdgeTest, WhatAReadMayStillAskForStays) {
  world_.clock().Advance(kHistory - hours(24));
  CollectVersions(kHistory);
  ForgetAll();
  EXPECT_EQ(world_.Histories(), before_) << "its end was learned after the horizon";
  EXPECT_GT(RowsNaming("old"), 2u);
}

TEST_F(EndedEdgeTest, WithoutAHorizonNothingIsForgotten) {
  world_.clock().Advance(2 * kHistory);
  EXPECT_EQ(ForgetAll(), 1);
  EXPECT_EQ(world_.Histories(), before_);
}

TEST_F(EndedEdgeTest, AnEndThatWasLearnedLateStaysAsLongAsAnyOther) {
  world_.clock().Advance(kHistory + hours(24));
  CollectVersions(kHistory);
  // A late event moves the end, which is known from now on.
  Run(5, "old");
  ForgetAll();
  EXPECT_EQ(world_.Histories().at("old consumes etl"), "0.25 active 35.25 ended");
  world_.clock().Advance(kHistory + hours(24));
  CollectVersions(kHistory);
  ForgetAll();
  EXPECT_EQ(RowsNaming("old"), 0u);
}

TEST_F(EndedEdgeTest, AStatementMakesAForgottenEdgeAnew) {
  MemoryGraph graph;
  ExpectTheSameGraph(graph);
  world_.clock().Advance(kHistory + hours(24));
  CollectVersions(kHistory);
  ForgetAll();
  Run(9, "old");
  EXPECT_EQ(world_.Histories().at("old consumes etl"), "9.25 active 39.25 ended") << "a late one, by the runs since";
  Run(41, "old");
  EXPECT_EQ(world_.Histories().at("old consumes etl"), "9.25 active 39.25 ended 41.25 active");
  ExpectTheSameGraph(graph);
  EXPECT_EQ(ArcsOf(graph), (std::vector<std::string>{"etl>out", "new>etl", "old>etl"}));
}

// A read of before the horizon may miss what ended since, and says so.
TEST_F(EndedEdgeTest, AWalkOfBeforeTheHorizonSaysThatEdgesMayBeForgotten) {
  world_.clock().Advance(kHistory + hours(24));
  const auto walk = [&](Timestamp held) {
    testing_support::ReadOptions options;
    options.held_at = held;
    WalkLimit limit = WalkLimit::kNone;
    size_t edges = 0;
    const Status walked = world_.Look(
        world_.admin(),
        [&](GovernedView& view) -> Status {
          WalkRequest request;
          request.start = world_.Job("etl");
          ASSIGN_OR_RETURN(const auto answer, WalkAsOf(view, request));
          limit = answer->limit;
          edges = answer->edges.size();
          return absl::OkStatus();
        },
        options);
    EXPECT_TRUE(walked.ok()) << walked;
    return std::pair(limit, edges);
  };
  const Timestamp now = world_.clock().Now();
  EXPECT_EQ(walk(Day(10)), std::pair(WalkLimit::kNone, size_t{3}));
  CollectVersions(kHistory);
  EXPECT_EQ(walk(Day(10)), std::pair(WalkLimit::kHistory, size_t{3}));
  ForgetAll();
  EXPECT_EQ(walk(Day(10)), std::pair(WalkLimit::kHistory, size_t{2}));
  EXPECT_EQ(walk(now), std::pair(WalkLimit::kNone, size_t{2}));
}

TEST_F(EndedEdgeTest, AStatementThatComesMeanwhileWins) {
  world_.clock().Advance(kHistory + hours(24));
  CollectVersions(kHistory);
  std::string cursor;
  const authz::SystemView view = world_.guard().OpenSystem(authz::SystemReason::kRetention);
  WriteSession session = world_.guard().BeginUpkeep();
  ASSERT_TRUE(*ForgetEndedEdges(view, session, {}, cursor));
  Run(41, "old");
  EXPECT_EQ(world_.guard().CommitUpkeep(std::move(session)).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(world_.Histories().at("old consumes etl"), "0.25 active 30.25 ended 41.25 active");
}

TEST_F(EndedEdgeTest, AStepLooksAtSoManyAndTheNextGoesOn) {
  for (int i = 0; i < 5; ++i) {
    const std::string job = "job" + std::to_string(i);
    world_.PushAll({world_.RunEvent(job, "first", RunState::kComplete, 0, {"old"})});
    for (int day = 1; day <= 40; ++day) {
      world_.PushAll({world_.RunEvent(job, std::to_string(day), RunState::kComplete, day)});
    }
  }
  world_.clock().Advance(kHistory + hours(24));
  CollectVersions(kHistory);
  EXPECT_GE(ForgetAll({.rows_max = 3, .edges_max = 200}), 3);
  EXPECT_EQ(RowsNaming("old"), 0u);
}

}  // namespace
}  // namespace cadastre::lineage
