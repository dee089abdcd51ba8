// The people of a world: as many as stated, without cycles, and two viewers who see what they are named for.
#include "bench/world/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace cadastre::bench {
namespace {

double VisibleShare(const World& world, const WorldPolicy& policy, uint64_t role, uint64_t step) {
  uint64_t seen = 0;
  uint64_t all = 0;
  for (uint64_t asset = 0; asset < world.shape().assets; asset += step) {
    ++all;
    if (Allows(policy.grants(), role, kRead, world.LabelsOf(asset))) ++seen;
  }
  return static_cast<double>(seen) / static_cast<double>(all);
}

TEST(WorldPolicy, HasTheStatedPeopleAndGrants) {
  const World world(Shape::W1M());
  const WorldPolicy policy(world);
  EXPECT_EQ(policy.principals().size(), 5'000u);
  EXPECT_EQ(policy.group_roles().size(), 800u);
  EXPECT_EQ(policy.roles().size(), 300u);
  EXPECT_EQ(policy.grants().size(), 3'000u);
  EXPECT_EQ(
      std::count_if(policy.grants().begin(), policy.grants().end(), [](const GrantSpec& grant) { return grant.deny; }),
      300);
  std::set<ScopeKind> kinds;
  for (const GrantSpec& grant : policy.grants()) kinds.insert(grant.scope);
  EXPECT_EQ(kinds.size(), 5u);
}

TEST(WorldPolicy, RolesInheritFromSmallerOnesOnlyAndNeverFromTheViewers) {
  const WorldPolicy policy(World(Shape::W1M()));
  size_t inherited = 0;
  for (uint64_t role = 0; role < policy.roles().size(); ++role) {
    for (const uint64_t parent : policy.roles()[role].inherits) {
      EXPECT_LT(parent, role);
      EXPECT_GT(parent, kNarrowViewer);
      ++inherited;
    }
  }
  EXPECT_GT(inherited, 100u);
  EXPECT_TRUE(policy.roles()[kWideViewer].inherits.empty());
}

TEST(WorldPolicy, TheWideViewerSeesThirtyPercent) {
  for (const Shape& shape : {Shape::W10k(), Shape::W1M()}) {
    const World world(shape);
    EXPECT_NEAR(VisibleShare(world, WorldPolicy(world), kWideViewer, shape.assets / 10'000), 0.3, 0.02) << shape.assets;
  }
}

TEST(WorldPolicy, TheNarrowViewerSeesOneInAThousand) {
  const World world(Shape::W1M());
  EXPECT_NEAR(VisibleShare(world, WorldPolicy(world), kNarrowViewer, 10), 0.001, 0.0004);
  const World small(Shape::W10k());
  EXPECT_GT(VisibleShare(small, WorldPolicy(small), kNarrowViewer, 1), 0.0003);
}

TEST(WorldPolicy, SameSeedSamePolicy) {
  const WorldPolicy a(World(Shape::W10k()));
  const WorldPolicy b(World(Shape::W10k()));
  ASSERT_EQ(a.grants().size(), b.grants().size());
  for (size_t i = 0; i < a.grants().size(); ++i) {
    EXPECT_EQ(a.grants()[i].label, b.grants()[i].label);
    EXPECT_EQ(a.grants()[i].role, b.grants()[i].role);
  }
}

}  // namespace
}  // namespace cadastre::bench
