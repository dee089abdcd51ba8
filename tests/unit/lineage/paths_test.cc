#include "lineage/paths.h"

#include <functional>

#include "tests/unit/lineage/random_graph.h"

namespace cadastre::lineage {
namespace {

std::vector<std::string> PathsIn(GraphWorld& world, const std::string& bearer, const PathRequest& request,
                                 bool* truncated = nullptr) {
  std::vector<std::string> paths;
  const auto text_of = [&](const PathAnswer& answer) {
    std::vector<std::string> texts;
    for (const LineagePath& path : answer.paths) {
      std::string text = std::to_string(path.hops) + ":";
      for (const AssetId node : path.nodes) text += " " + world.Name(node);
      texts.push_back(text);
    }
    return texts;
  };
  const Status status = world.Look(bearer, [&](GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto found, FindPaths(view, world.memory(), request));
    paths = text_of(*found);
    if (truncated != nullptr) *truncated = found->truncated;
    ASSIGN_OR_RETURN(const auto from_tables, FindPathsAsOf(view, request));
    EXPECT_EQ(text_of(*from_tables), paths);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return paths;
}

PathRequest RequestOf(const GraphWorld& world, const std::string& from, const std::string& to) {
  PathRequest request;
  request.from = world.Id(from);
  request.to = world.Id(to);
  return request;
}

PlainGraph Diamond() {
  PlainGraph graph;
  graph.nodes = {"d0", "d1", "d2", "d3", "j0", "j1"};
  graph.edges = {{EdgeKind::kDerives, "d0", "d1", ""},   {EdgeKind::kDerives, "d1", "d3", ""},
                 {EdgeKind::kDerives, "d0", "d2", "j0"}, {EdgeKind::kDerives, "d2", "d3", ""},
                 {EdgeKind::kConsumes, "d0", "j1", ""},  {EdgeKind::kProduces, "j1", "d3", ""},
                 {EdgeKind::kDerives, "d3", "d0", ""}};
  return graph;
}

TEST(Paths, ShortestFirstThenByIds) {
  GraphWorld world(Diamond());
  const PathRequest request = RequestOf(world, "d0", "d3");
  EXPECT_EQ(PathsIn(world, world.viewer(), request),
            (std::vector<std::string>{"2: d0 d1 d3", "2: d0 j1 d3", "3: d0 j0 d2 d3"}));
}

TEST(Paths, UpstreamIsTheSameBackwards) {
  GraphWorld world(Diamond());
  PathRequest request = RequestOf(world, "d3", "d0");
  request.direction = Direction::kUpstream;
  EXPECT_EQ(PathsIn(world, world.viewer(), request),
            (std::vector<std::string>{"2: d3 d1 d0", "2: d3 j1 d0", "3: d3 d2 j0 d0"}));
  request.direction = Direction::kBoth;
  EXPECT_EQ(PathsIn(world, world.viewer(), request).front(), "1: d3 d0");
}

TEST(Paths, AHiddenNodeOrJobIsNoWay) {
  PlainGraph graph = Diamond();
  graph.hidden = {"j0", "d1"};
  GraphWorld world(graph);
  EXPECT_EQ(PathsIn(world, world.viewer(), RequestOf(world, "d0", "d3")), (std::vector<std::string>{"2: d0 j1 d3"}));
}

TEST(Paths, BudgetsAreSaid) {
  GraphWorld world(Diamond());
  PathRequest request = RequestOf(world, "d0", "d3");
  request.paths_max = 1;
  bool truncated = false;
  EXPECT_EQ(PathsIn(world, world.viewer(), request, &truncated).size(), 1u);
  EXPECT_TRUE(truncated);
  request.paths_max = 5;
  request.hops_max = 1;
  EXPECT_EQ(PathsIn(world, world.viewer(), request, &truncated).size(), 0u);
  EXPECT_FALSE(truncated);
  request.hops_max = 20;
  request.steps_max = 2;
  PathsIn(world, world.viewer(), request, &truncated);
  EXPECT_TRUE(truncated);
}

TEST(Paths, HiddenThingsChangeNothing) {
  size_t found = 0;
  for (uint64_t seed = 300; seed < 320; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const PlainGraph graph = RandomGraph(random, 10, 6, 90);
    GraphWorld with(graph);
    GraphWorld without(graph.Visible());
    const auto paths_of = [](GraphWorld& world) {
      PathRequest request = RequestOf(world, "d0", "d1");
      request.paths_max = 20;
      request.hops_max = 8;
      request.aliases = world.Aliases();
      return PathsIn(world, world.viewer(), request);
    };
    const auto paths = paths_of(with);
    found += paths.size();
    EXPECT_EQ(paths, paths_of(without));
  }
  EXPECT_GT(found, 20u);
}

}  // namespace
}  // namespace cadastre::lineage
