#include "lineage/walk.h"

#include <optional>
#include <set>
#include <string>

#include "lineage/edge_times.h"
#include "tests/unit/lineage/random_graph.h"

namespace cadastre::lineage {
namespace {

constexpr Direction kDirections[] = {Direction::kUpstream, Direction::kDownstream, Direction::kBoth};

PlainAnswer PlainOf(const GraphWorld& world, const WalkAnswer& answer) {
  PlainAnswer plain;
  for (const WalkNode& node : answer.nodes) plain.nodes[world.Name(node.id)] = {node.hops, node.side};
  for (const WalkEdge& edge : answer.edges) {
    const std::string& from = world.Name(edge.from);
    const std::string& to = world.Name(edge.to);
    if (edge.alias) {
      plain.edges.insert(std::min(from, to) + " alias " + std::max(from, to));
    } else {
      plain.edges.insert(EdgeLine(from, edge.kind, to, edge.job.valid() ? world.Name(edge.job) : "", edge.stale));
    }
  }
  return plain;
}

std::string TextOf(const PlainAnswer& answer) {
  std::string text;
  for (const auto& [node, at] : answer.nodes) {
    text += node + "@" + std::to_string(at.first) + (at.second < 0 ? "u" : at.second > 0 ? "d" : "") + " ";
  }
  for (const std::string& edge : answer.edges) text += "\n  " + edge;
  return text;
}

std::string CountsOf(const WalkAnswer& answer) {
  std::string text;
  for (const HopCount& count : answer.counts) {
    text += std::to_string(count.side) + "/" + std::to_string(count.hops) + ":" + std::to_string(count.nodes) + " ";
  }
  return text;
}

// Walks as the viewer; in the tables too, which must answer the same.
WalkAnswer WalkIn(GraphWorld& world, const std::string& bearer, const WalkRequest& request) {
  WalkAnswer answer;
  const Status status = world.Look(bearer, [&](GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto walked, Walk(view, world.memory(), request));
    answer = *walked;
    for (const WalkNode& node : answer.nodes) EXPECT_TRUE(view.shown().assets().contains(node.id));
    ASSIGN_OR_RETURN(const auto from_tables, WalkAsOf(view, request));
    EXPECT_EQ(TextOf(PlainOf(world, *from_tables)), TextOf(PlainOf(world, answer)));
    EXPECT_EQ(CountsOf(*from_tables), CountsOf(answer));
    EXPECT_EQ(from_tables->limit, answer.limit);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return answer;
}

WalkRequest RequestOf(const GraphWorld& world, Direction direction, uint32_t depth, bool include_stale) {
  WalkRequest request;
  request.start = world.Id("d0");
  request.direction = direction;
  request.depth = depth;
  request.include_stale = include_stale;
  request.aliases = world.Aliases();
  return request;
}

TEST(Walk, AgreesWithThePlainestWalkOfWhatTheViewerSees) {
  size_t nodes = 0;
  size_t edges = 0;
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    std::mt19937_64 random(seed);
    const PlainGraph graph = RandomGraph(random, 18, 9, 60);
    GraphWorld world(graph);
    for (const Direction direction : kDirections) {
      for (const uint32_t depth : {1u, 3u, 20u}) {
        const bool include_stale = depth != 3;
        SCOPED_TRACE(testing::Message() << "seed " << seed << " direction " << int(direction) << " depth " << depth);
        const WalkAnswer answer = WalkIn(world, world.viewer(), RequestOf(world, direction, depth, include_stale));
        const PlainAnswer expected = PlainWalk(graph, include_stale, depth).Run("d0", direction);
        ASSERT_EQ(TextOf(PlainOf(world, answer)), TextOf(expected));
        nodes += answer.nodes.size();
        edges += answer.edges.size();
      }
    }
  }
  EXPECT_GT(nodes, 25u * 9u * 3u);
  EXPECT_GT(edges, 25u * 9u * 2u);
}

TEST(Walk, HiddenThingsChangeNothing) {
  for (uint64_t seed = 100; seed < 120; ++seed) {
    std::mt19937_64 random(seed);
    const PlainGraph graph = RandomGraph(random, 18, 9, 60);
    GraphWorld with(graph);
    GraphWorld without(graph.Visible());
    for (const Direction direction : kDirections) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << " direction " << int(direction));
      const WalkAnswer seen = WalkIn(with, with.viewer(), RequestOf(with, direction, 4, true));
      const WalkAnswer expected = WalkIn(without, without.viewer(), RequestOf(without, direction, 4, true));
      EXPECT_EQ(TextOf(PlainOf(with, seen)), TextOf(PlainOf(without, expected)));
      EXPECT_EQ(CountsOf(seen), CountsOf(expected));
      EXPECT_EQ(seen.limit, expected.limit);
      std::map<std::string, uint32_t> more;
      for (const WalkNode& node : seen.nodes) more[with.Name(node.id)] = node.more;
      for (const WalkNode& node : expected.nodes)
        EXPECT_EQ(more[without.Name(node.id)], node.more) << without.Name(node.id);
    }
  }
}

TEST(Walk, PagesAddUpToTheWhole) {
  for (uint64_t seed = 200; seed < 210; ++seed) {
    std::mt19937_64 random(seed);
    GraphWorld world(RandomGraph(random, 18, 9, 60));
    WalkRequest request = RequestOf(world, Direction::kBoth, 20, true);
    const WalkAnswer whole = WalkIn(world, world.viewer(), request);
    PlainAnswer pages;
    std::vector<AssetId> order;
    // Pages that nodes end, pages that edges end, and pages that hold no node's edges whole.
    request.nodes_max = seed % 2 == 0 ? 3 : 18;
    request.edges_max = seed % 3 == 0 ? 100'000 : static_cast<uint32_t>(seed % 7) + 1;
    do {
      const WalkAnswer page = WalkIn(world, world.viewer(), request);
      EXPECT_EQ(CountsOf(page), CountsOf(whole));
      EXPECT_LE(page.edges.size(), request.edges_max);
      const PlainAnswer plain = PlainOf(world, page);
      for (const auto& [name, place] : plain.nodes) {
        EXPECT_TRUE(pages.nodes.emplace(name, place).second) << "named twice: " << name;
      }
      for (const std::string& edge : plain.edges)
        EXPECT_TRUE(pages.edges.insert(edge).second) << "told twice: " << edge;
      std::set<std::string> ends;
      for (const auto* nodes : {&page.nodes, &page.earlier}) {
        for (const WalkNode& node : *nodes) EXPECT_TRUE(ends.insert(world.Name(node.id)).second);
      }
      for (const WalkEdge& edge : page.edges) {
        for (const AssetId end : {edge.from, edge.to}) EXPECT_TRUE(ends.contains(world.Name(end)));
      }
      for (const WalkNode& node : page.earlier) EXPECT_TRUE(pages.nodes.contains(world.Name(node.id)));
      for (const WalkNode& node : page.nodes) order.push_back(node.id);
      EXPECT_EQ(page.limit == WalkLimit::kNodes || page.limit == WalkLimit::kEdges, page.next.has_value());
      request.after = page.next;
    } while (request.after);
    EXPECT_EQ(TextOf(pages), TextOf(PlainOf(world, whole)));
    ASSERT_EQ(order.size(), whole.nodes.size());
    for (size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], whole.nodes[i].id);
  }
}

// A hub has more edges than a page may tell: they go on from page to page, and what comes after the hub comes after
// them.
TEST(Walk, EdgesBeyondAPageAreToldOnTheNext) {
  PlainGraph graph;
  graph.nodes = {"d0", "d1", "d2", "d3", "d4", "d5"};
  for (const char* from : {"d1", "d2", "d3", "d4"}) {
    graph.edges.push_back({EdgeKind::kDerives, "d0", from, ""});
    graph.edges.push_back({EdgeKind::kDerives, from, "d5", ""});
  }
  GraphWorld world(graph);
  WalkRequest request = RequestOf(world, Direction::kDownstream, 5, false);
  request.edges_max = 3;
  std::string told;
  do {
    const WalkAnswer page = WalkIn(world, world.viewer(), request);
    for (const WalkNode& node : page.nodes) told += world.Name(node.id) + " ";
    told += "(";
    for (const WalkNode& node : page.earlier) told += world.Name(node.id) + " ";
    told += std::to_string(page.edges.size()) + ") ";
    request.after = page.next;
  } while (request.after);
  EXPECT_EQ(told, "d0 d1 d2 d3 (3) d4 (d0 1) d5 (d1 d2 d3 3) (d4 d5 1) ");
}

// a -> etl -> b, and b by column lineage from a alone; c is read too but does not flow into b.
PlainGraph ExplainedOutput() {
  PlainGraph graph;
  graph.nodes = {"d0", "d1", "d2", "j0"};
  graph.edges = {{EdgeKind::kConsumes, "d0", "j0", ""},
                 {EdgeKind::kConsumes, "d2", "j0", ""},
                 {EdgeKind::kProduces, "j0", "d1", "", true},
                 {EdgeKind::kDerives, "d0", "d1", "j0"}};
  return graph;
}

TEST(Walk, AJobIsNoWayThroughToAnOutputThatIsExplained) {
  GraphWorld world(ExplainedOutput());
  const auto walk = [&](const std::string& start, Direction direction) {
    WalkRequest request = RequestOf(world, direction, 5, false);
    request.start = world.Id(start);
    return TextOf(PlainOf(world, WalkIn(world, world.viewer(), request)));
  };
  EXPECT_EQ(walk("d0", Direction::kDownstream),
            "d0@0 d1@2d j0@1d \n  d0 consumes j0\n  d0 derives d1 by j0\n  j0 produces d1");
  EXPECT_EQ(walk("d2", Direction::kDownstream), "d2@0 j0@1d \n  d2 consumes j0");
  EXPECT_EQ(walk("d1", Direction::kUpstream),
            "d0@2u d1@0 j0@1u \n  d0 consumes j0\n  d0 derives d1 by j0\n  j0 produces d1");
  EXPECT_EQ(walk("j0", Direction::kDownstream), "d1@1d j0@0 \n  j0 produces d1");
}

TEST(Walk, DepthIsSaidWhenItCutsTheWalk) {
  GraphWorld world(ExplainedOutput());
  const WalkAnswer cut = WalkIn(world, world.viewer(), RequestOf(world, Direction::kDownstream, 1, false));
  EXPECT_EQ(cut.limit, WalkLimit::kDepth);
  ASSERT_EQ(cut.nodes.size(), 2u);
  EXPECT_EQ(cut.nodes[0].more, 1u);
  const WalkAnswer whole = WalkIn(world, world.viewer(), RequestOf(world, Direction::kDownstream, 2, false));
  EXPECT_EQ(whole.limit, WalkLimit::kNone);
}

TEST(Walk, OnlyWhatIsNamedIsNoted) {
  GraphWorld world(ExplainedOutput());
  WalkRequest request = RequestOf(world, Direction::kDownstream, 5, false);
  request.nodes_max = 1;
  const Status status = world.Look(world.viewer(), [&](GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto walked, WalkAsOf(view, request));
    EXPECT_EQ(walked->nodes.size(), 1u);
    EXPECT_EQ(view.shown().assets().size(), 1u) << "others were passed, none of them shown";
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST(Walk, EdgesTellWhenTheyWereStated) {
  EventWorld world;
  world.PushAll({world.RunEvent("etl", "r", RunState::kComplete, 3, {"a"}, {}),
                 world.RunEvent("etl", "s", RunState::kComplete, 8, {"a"}, {})});
  const Status status = world.Look(world.admin(), [&](GovernedView& view) -> Status {
    const std::vector<WalkEdge> edges = {
        {world.Dataset("a"), world.Job("etl"), EdgeKind::kConsumes, AssetId(), false, false, {1}}, {}};
    ASSIGN_OR_RETURN(const auto times, FindEdgeTimes(view, edges));
    EXPECT_EQ((*times)[0].first_stated, Day(3));
    EXPECT_EQ((*times)[0].last_stated, Day(8));
    EXPECT_EQ((*times)[1].last_stated, Timestamp::Min());
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST(Walk, BoundsAreChecked) {
  GraphWorld world(ExplainedOutput());
  const auto status_of = [&](const WalkRequest& request) {
    return world.Look(world.admin(), [&](GovernedView& view) { return Walk(view, world.memory(), request).status(); });
  };
  WalkRequest request = RequestOf(world, Direction::kBoth, 0, false);
  EXPECT_EQ(base::FieldOf(status_of(request)), "depth");
  request.depth = 101;
  EXPECT_EQ(base::FieldOf(status_of(request)), "depth");
  request.depth = 1;
  request.nodes_max = 10'001;
  EXPECT_EQ(base::FieldOf(status_of(request)), "max_nodes");
  request.nodes_max = 1;
  request.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  EXPECT_EQ(status_of(request).code(), absl::StatusCode::kDeadlineExceeded);
}

// d0 leads to three, the first of them to one more.
PlainGraph ThreeAndOneBeyond() {
  PlainGraph graph;
  graph.nodes = {"d0", "d1", "d2", "d3", "d4"};
  for (const char* to : {"d1", "d2", "d3"}) graph.edges.push_back({EdgeKind::kDerives, "d0", to, ""});
  graph.edges.push_back({EdgeKind::kDerives, "d1", "d4", ""});
  return graph;
}

TEST(Walk, EndsAfterAWholeLevelWhenItHasSeenEnough) {
  GraphWorld world(ThreeAndOneBeyond());
  WalkRequest request = RequestOf(world, Direction::kDownstream, 5, false);
  request.visits_max = 2;
  const WalkAnswer answer = WalkIn(world, world.viewer(), request);
  EXPECT_EQ(answer.limit, WalkLimit::kNodes);
  EXPECT_EQ(CountsOf(answer), "0/0:1 1/1:3 ");
}

TEST(Walk, SpendsTheNodesItReachesALevelAtATimeAndEndsWhereNoMoreMayBeSpent) {
  GraphWorld world(ThreeAndOneBeyond());
  WalkRequest request = RequestOf(world, Direction::kDownstream, 5, false);
  std::vector<uint64_t> spent;
  uint64_t left = 100;
  request.spend = [&](uint64_t nodes) {
    spent.push_back(nodes);
    if (nodes > left) return base::ResourceExhausted("no more nodes");
    left -= nodes;
    return absl::OkStatus();
  };
  const auto walk = [&](GovernedView& view) { return Walk(view, world.memory(), request).status(); };
  EXPECT_TRUE(world.Look(world.viewer(), walk).ok());
  EXPECT_EQ(spent, (std::vector<uint64_t>{1, 3, 1}));
  left = 3;
  EXPECT_TRUE(absl::IsResourceExhausted(world.Look(world.viewer(), walk)));
}

TEST(Walk, DoesNotSpendWhatIsHidden) {
  PlainGraph graph;
  graph.nodes = {"d0", "d1", "d2", "d3"};
  for (const char* to : {"d1", "d2", "d3"}) graph.edges.push_back({EdgeKind::kDerives, "d0", to, ""});
  graph.hidden = {"d2", "d3"};
  GraphWorld world(graph);
  WalkRequest request = RequestOf(world, Direction::kDownstream, 5, false);
  uint64_t spent = 0;
  request.spend = [&](uint64_t nodes) {
    spent += nodes;
    return absl::OkStatus();
  };
  WalkIn(world, world.viewer(), request);
  // In memory and in the tables.
  EXPECT_EQ(spent, 2u * 2);
}

}  // namespace
}  // namespace cadastre::lineage
