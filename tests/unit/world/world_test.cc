// The worlds every figure names: twice the same, and of the shape that is stated.
#include "bench/world/world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cadastre::bench {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Le;

const World& Small() {
  static const World world(Shape::W10k());
  return world;
}

testing::Matcher<double> Near(double value, double share) {
  return AllOf(Ge(value * (1 - share)), Le(value * (1 + share)));
}

std::string Digest(const World& world) {
  std::string text;
  for (uint64_t asset = 0; asset < world.shape().assets; asset += 97) {
    text += world.NameOf(asset).name + world.DescriptionOf(asset) + std::to_string(world.ColumnCountOf(asset));
    for (const uint32_t tag : world.LabelsOf(asset).tags) text += std::to_string(tag);
  }
  for (uint64_t job = 0; job < world.shape().jobs; job += 31) {
    world.EdgesOfJob(job,
                     [&](const EdgeSpec& edge) { text += std::to_string(edge.from) + ">" + std::to_string(edge.to); });
    world.RunsOfJob(job, [&](const RunSpec& run) { text += std::to_string(run.id[0] ^ run.id[1]); });
  }
  return text;
}

TEST(World, SameSeedSameWorld) {
  EXPECT_EQ(Digest(Small()), Digest(World(Shape::W10k())));
  EXPECT_NE(Digest(Small()), Digest(World(Shape::Of(10'000, 2))));
}

TEST(World, HasTheStatedAssets) {
  const Shape million = Shape::W1M();
  EXPECT_EQ(million.assets, 1'000'000u);
  EXPECT_EQ(million.datasets, 700'000u);
  EXPECT_EQ(million.jobs, 150'000u);
  EXPECT_EQ(million.principals, 5'000u);
  EXPECT_EQ(million.groups, 800u);
  EXPECT_EQ(million.roles, 300u);
  EXPECT_EQ(million.grants, 3'000u);
  EXPECT_EQ(million.runs, 10'000'000u);
  std::map<base::AssetKind, uint64_t> counted;
  for (uint64_t asset = 0; asset < Small().shape().assets; ++asset) ++counted[Small().KindOf(asset)];
  EXPECT_EQ(counted[base::AssetKind::kDataset], 7'000u);
  EXPECT_EQ(counted[base::AssetKind::kJob], 1'500u);
  EXPECT_EQ(counted.size(), 8u);
}

TEST(World, NamesAreValidAndNoneIsThereTwice) {
  std::set<base::AssetName> seen;
  for (uint64_t asset = 0; asset < Small().shape().assets; ++asset) {
    const base::AssetName name = Small().NameOf(asset);
    EXPECT_TRUE(base::CheckAssetName(name).ok()) << name.name;
    EXPECT_TRUE(seen.insert(name).second) << name.name;
  }
}

TEST(World, MedianTableHasTwentyColumnsAndOneInAHundredOverAThousand) {
  std::vector<uint32_t> counts;
  for (uint64_t i = 0; i < Small().shape().datasets; ++i)
    counts.push_back(Small().ColumnCountOf(Small().FirstDataset() + i));
  std::sort(counts.begin(), counts.end());
  EXPECT_THAT(static_cast<double>(counts[counts.size() / 2]), Near(20, 0.05));
  const auto wide = std::count_if(counts.begin(), counts.end(), [](uint32_t count) { return count > 1'000; });
  EXPECT_THAT(static_cast<double>(wide) / static_cast<double>(counts.size()), Near(0.01, 0.3));
  EXPECT_GE(counts.front(), 1u);
}

TEST(World, ColumnsOfATableDifferAndFiveInAHundredAreSensitive) {
  uint64_t columns = 0;
  uint64_t sensitive = 0;
  for (uint64_t i = 0; i < 300; ++i) {
    std::set<std::string> names;
    const uint64_t asset = Small().FirstDataset() + i;
    for (uint32_t c = 0; c < Small().ColumnCountOf(asset); ++c) {
      const ColumnSpec column = Small().ColumnOf(asset, c);
      EXPECT_TRUE(names.insert(column.name).second) << column.name;
      sensitive += column.sensitive ? 1 : 0;
      ++columns;
    }
  }
  EXPECT_THAT(static_cast<double>(sensitive) / static_cast<double>(columns), Near(0.05, 0.15));
}

struct EdgeCount {
  uint64_t edges = 0;
  uint64_t pairs = 0;
  uint64_t backwards = 0;
  std::map<uint64_t, uint64_t> degree;
};

EdgeCount CountEdges(const World& world) {
  EdgeCount count;
  for (uint64_t job = 0; job < world.shape().jobs; ++job) {
    std::set<std::pair<uint64_t, uint64_t>> seen;
    world.EdgesOfJob(job, [&](const EdgeSpec& edge) {
      EXPECT_TRUE(seen.emplace(edge.from, edge.to).second);
      EXPECT_EQ(edge.kind == EdgeKind::kDerives, !edge.columns.empty());
      ++count.edges;
      count.pairs += edge.columns.size();
      ++count.degree[edge.from];
      ++count.degree[edge.to];
      if (edge.kind == EdgeKind::kDerives && edge.to < edge.from) ++count.backwards;
      for (const ColumnPairSpec& pair : edge.columns) {
        EXPECT_LT(pair.from, world.ColumnCountOf(edge.from));
        EXPECT_LT(pair.to, world.ColumnCountOf(edge.to));
      }
    });
  }
  return count;
}

TEST(World, EdgesAreAsManyAsStatedAndOfPowerLawDegree) {
  const EdgeCount count = CountEdges(Small());
  EXPECT_THAT(static_cast<double>(count.edges), Near(50'000, 0.15));
  EXPECT_THAT(static_cast<double>(count.pairs), Near(200'000, 0.2));
  std::vector<uint64_t> degrees;
  for (const auto& [asset, degree] : count.degree) degrees.push_back(degree);
  std::sort(degrees.rbegin(), degrees.rend());
  // Over a power law the hub dwarfs the median.
  EXPECT_GT(degrees.front(), 300u);
  EXPECT_GT(degrees.front(), 30 * degrees[degrees.size() / 2]);
  // Jobs that update what they read make cycles.
  EXPECT_GT(count.backwards, 0u);
  EXPECT_LT(count.backwards, count.edges / 10);
}

TEST(World, RunsAreAsManyAsStatedInOrderAndWithinTheDays) {
  uint64_t runs = 0;
  std::map<RunState, uint64_t> states;
  for (uint64_t job = 0; job < Small().shape().jobs; ++job) {
    int64_t last = -1;
    Small().RunsOfJob(job, [&](const RunSpec& run) {
      EXPECT_EQ(run.job, Small().FirstJob() + job);
      EXPECT_GE(run.started, last);
      EXPECT_LT(run.started, int64_t{90} * 86'400);
      EXPECT_EQ(run.ended == 0, run.state == RunState::kNeverEnded);
      last = run.started;
      ++runs;
      ++states[run.state];
    });
  }
  EXPECT_THAT(static_cast<double>(runs), Near(100'000, 0.1));
  EXPECT_THAT(static_cast<double>(states[RunState::kFailed]) / static_cast<double>(runs), Near(0.04, 0.2));
}

TEST(World, TwoDifferentProducersStateEachAsset) {
  for (uint64_t asset = 0; asset < 2'000; ++asset) {
    const auto producers = Small().ProducersOf(asset);
    EXPECT_NE(producers[0], producers[1]);
    EXPECT_LT(std::max(producers[0], producers[1]), World::kProducers);
  }
}

TEST(World, WordsDifferAndAreFoundAsOftenAsTheirRankSays) {
  const World& world = Small();
  std::set<std::string> words;
  for (uint64_t rank = 0; rank < world.shape().words; ++rank)
    EXPECT_TRUE(words.insert(world.WordOf(rank)).second) << rank;
  for (const double share : {0.22, 0.05, 0.01}) {
    const std::string word = " " + world.WordOf(world.RankOfShare(share)) + " ";
    uint64_t found = 0;
    for (uint64_t asset = 0; asset < world.shape().assets; ++asset) {
      if ((" " + world.DescriptionOf(asset) + " ").find(word) != std::string::npos) ++found;
    }
    EXPECT_THAT(static_cast<double>(found) / 10'000, Near(share, 0.15)) << word;
  }
}

}  // namespace
}  // namespace cadastre::bench
