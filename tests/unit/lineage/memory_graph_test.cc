#include "lineage/memory_graph.h"

#include <fstream>

#include "base/bytes.h"
#include "lineage/graph_checkpoint.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/lineage/random_graph.h"

namespace cadastre::lineage {
namespace {

// Every arc of the graph from both sides, sorted.
std::vector<std::string> ArcsOf(const Adjacency& adjacency) {
  std::vector<std::string> arcs;
  for (const Side side : {Side::kOut, Side::kIn}) {
    for (uint32_t node = 0; node < adjacency.node_end(); ++node) {
      adjacency.ForEach(side, node, [&](uint32_t to, const ArcKind& arc) {
        arcs.push_back(std::to_string(int(side)) + " " + std::to_string(node) + ">" + std::to_string(to) + " " +
                       std::to_string(int(arc.kind)) + "/" + std::to_string(arc.job) + "/" +
                       std::to_string(arc.producer) + (arc.ended ? " ended" : "") + (arc.covered ? " covered" : ""));
      });
    }
  }
  std::sort(arcs.begin(), arcs.end());
  return arcs;
}

GraphEdge RandomEdge(std::mt19937_64& random, uint32_t nodes) {
  const auto pick = [&](uint32_t below) { return std::uniform_int_distribution<uint32_t>(0, below - 1)(random); };
  GraphEdge edge;
  edge.from = pick(nodes);
  edge.to = pick(nodes);
  edge.arc.kind = static_cast<EdgeKind>(1 + pick(4));
  edge.arc.job = edge.arc.kind == EdgeKind::kDerives ? pick(3) : 0;
  edge.arc.producer = pick(2);
  edge.arc.ended = pick(2) == 0;
  return edge;
}

TEST(Adjacency, ADeltaOnABaseIsTheGraphBuiltAnew) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    // Wide enough for several leaves and chunks of the delta.
    const uint32_t nodes = seed % 2 == 0 ? 40 : 200'000;
    std::map<std::tuple<uint32_t, uint32_t, EdgeKind, uint32_t, uint32_t>, GraphEdge> truth;
    Adjacency adjacency;
    for (int round = 0; round < 30; ++round) {
      std::vector<GraphEdge> changes;
      for (int i = 0; i < 20; ++i) {
        GraphEdge edge = RandomEdge(random, nodes);
        if (!truth.empty() && i % 3 == 0) {
          edge = std::next(truth.begin(), random() % truth.size())->second;
          edge.arc.ended = !edge.arc.ended;
        }
        changes.push_back(edge);
        truth[{edge.from, edge.to, edge.arc.kind, edge.arc.job, edge.arc.producer}] = edge;
      }
      const Adjacency before = adjacency;
      const auto arcs_before = round % 10 == 0 ? ArcsOf(before) : std::vector<std::string>();
      adjacency = adjacency.With(changes);
      if (round % 10 == 0) {
        EXPECT_EQ(ArcsOf(before), arcs_before) << "a reading in use was changed";
      }
      if (round == 15) adjacency = adjacency.Folded();
    }
    std::vector<GraphEdge> edges;
    edges.reserve(truth.size());
    for (const auto& [identity, edge] : truth) edges.push_back(edge);
    const Adjacency anew(CompressedRows::Of(edges), std::make_shared<Delta>());
    EXPECT_EQ(ArcsOf(adjacency), ArcsOf(anew));
    EXPECT_EQ(ArcsOf(adjacency.Folded()), ArcsOf(anew));
  }
}

std::vector<std::string> ArcsIn(GraphWorld& world, const MemoryGraph& graph) {
  std::vector<std::string> arcs;
  EXPECT_TRUE(world
                  .Look(world.admin(),
                        [&](GovernedView& view) {
                          arcs = ArcsOf(graph.Read(view)->adjacency);
                          return absl::OkStatus();
                        })
                  .ok());
  return arcs;
}

class MemoryGraphTest : public testing::Test {
 protected:
  MemoryGraphTest() : random_(7), world_(RandomGraph(random_, 18, 9, 60)) {}
  authz::SystemView System() { return world_.guard().OpenSystem(authz::SystemReason::kFollowLineage); }

  std::mt19937_64 random_;
  GraphWorld world_;
  const testing_support::TempFolder folder_;
  const std::string path_ = folder_.path() + "/graph.checkpoint";
};

TEST_F(MemoryGraphTest, FollowedFromTheLogItIsTheOneRebuiltFromTheTables) {
  MemoryGraph rebuilt;
  ASSERT_TRUE(rebuilt.Rebuild(System()).ok());
  EXPECT_EQ(ArcsIn(world_, rebuilt), ArcsIn(world_, world_.memory()));
  EXPECT_EQ(rebuilt.reached(), world_.house().published()->revision);
  EXPECT_EQ(world_.memory().reached(), rebuilt.reached());
  EXPECT_GT(rebuilt.edges(), 40u);
}

TEST_F(MemoryGraphTest, ACheckpointGoesOnWhereItWasMade) {
  ASSERT_TRUE(world_.memory().Save(path_).ok());
  world_.PushAll({world_.RunEvent("new job", "r", RunState::kComplete, 3, {"new input"}, {"new output"})});
  MemoryGraph loaded;
  ASSERT_TRUE(loaded.Load(path_, world_.house().published()->revision).ok());
  EXPECT_EQ(loaded.reached(), world_.memory().reached());
  authz::ChangeFeed feed(System(), &world_.guard().signal());
  ASSERT_TRUE(*loaded.CatchUp(feed, 1'000));
  MemoryGraph rebuilt;
  ASSERT_TRUE(rebuilt.Rebuild(System()).ok());
  EXPECT_EQ(ArcsIn(world_, loaded), ArcsIn(world_, rebuilt));
}

TEST_F(MemoryGraphTest, ACheckpointOfAnotherStoreIsRefused) {
  ASSERT_TRUE(world_.memory().Save(path_).ok());
  MemoryGraph loaded;
  EXPECT_EQ(loaded.Load(path_, Revision(1)).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(loaded.Load(path_ + ".none", Revision(1)).code(), absl::StatusCode::kNotFound);
}

TEST_F(MemoryGraphTest, DamageAnywhereInACheckpointIsFound) {
  ASSERT_TRUE(world_.memory().Save(path_).ok());
  std::string bytes;
  {
    std::ifstream file(path_, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
  }
  ASSERT_GT(bytes.size(), 200u);
  const auto load = [&](const std::string& content) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << content;
    return GraphCheckpoint::Load(path_).status().code();
  };
  EXPECT_EQ(load(bytes), absl::StatusCode::kOk);
  for (size_t at = 0; at < bytes.size(); at += 1 + at / 16) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_EQ(load(damaged), absl::StatusCode::kDataLoss) << "at byte " << at;
  }
  for (const size_t size : {size_t{0}, size_t{10}, bytes.size() - 1}) {
    EXPECT_EQ(load(bytes.substr(0, size)), absl::StatusCode::kDataLoss) << "cut to " << size;
  }
  EXPECT_EQ(load(bytes + "x"), absl::StatusCode::kDataLoss);
}

TEST_F(MemoryGraphTest, ARowThatDoesNotDecodeIsLeftOutAlone) {
  MemoryGraph graph;
  ASSERT_TRUE(graph.Rebuild(System()).ok());
  const auto whole = ArcsIn(world_, graph);
  ASSERT_FALSE(whole.empty());
  const std::string out(1, static_cast<char>(authz::Keyspace::kOut));
  const auto cursor = world_.engine().NewCursor(out, base::PrefixEnd(out));
  storage::Batch damage;
  damage.Put(std::string(cursor->key()), "\x08");
  ASSERT_TRUE(world_.engine().Write(damage, true).ok());
  ASSERT_TRUE(graph.Rebuild(System()).ok());
  EXPECT_EQ(graph.skipped(), 1u);
  EXPECT_EQ(ArcsIn(world_, graph).size(), whole.size() - 2) << "one edge, from both sides";
}

TEST_F(MemoryGraphTest, ALogThatDoesNotDecodeIsPassedByReadingTheTables) {
  MemoryGraph graph;
  ASSERT_TRUE(graph.Rebuild(System()).ok());
  const EventWrite event = world_.RunEvent("new job", "r", RunState::kComplete, 3, {"new input"}, {});
  const Revision revision = world_.Put([&](WriteSession& session) { return world_.Push(session, event); });
  std::string key(1, static_cast<char>(authz::Keyspace::kLog));
  base::AppendU64(key, revision.value());
  storage::Batch damage;
  damage.Put(key, "\x0a\xff");
  ASSERT_TRUE(world_.engine().Write(damage, true).ok());
  authz::ChangeFeed feed(System(), &world_.guard().signal());
  EXPECT_TRUE(*graph.CatchUp(feed, 100));
  EXPECT_GE(graph.reached(), revision);
  MemoryGraph anew;
  ASSERT_TRUE(anew.Rebuild(System()).ok());
  EXPECT_EQ(ArcsIn(world_, graph), ArcsIn(world_, anew));
}

}  // namespace
}  // namespace cadastre::lineage
