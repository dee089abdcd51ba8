#include "authz/policy/bitmap.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace cadastre::authz {
namespace {

constexpr uint64_t kFar = 5 * AssetBitmap::kChunkBits + 17;

TEST(AssetBitmapTest, IdsBeyondTheTableAreNoMembers) {
  AssetBitmap bitmap;
  EXPECT_FALSE(bitmap.Has(AssetId(kFar)));
  bitmap.Set(AssetId(kFar), false);
  EXPECT_TRUE(bitmap.chunks().empty()) << "clearing what is not set makes nothing";
  bitmap.Set(AssetId(kFar), true);
  EXPECT_TRUE(bitmap.Has(AssetId(kFar)));
  EXPECT_FALSE(bitmap.Has(AssetId(kFar + 1)));
  EXPECT_EQ(bitmap.Count(), 1u);
}

TEST(AssetBitmapTest, ACopyKeepsWhatItWasAndSharesTheRest) {
  AssetBitmap first;
  first.Set(AssetId(1), true);
  first.Set(AssetId(kFar), true);
  const AssetBitmap copy = first;
  first.Set(AssetId(2), true);
  EXPECT_FALSE(copy.Has(AssetId(2))) << "the original goes on without its copy";
  EXPECT_EQ(copy.chunks()[5], first.chunks()[5]);
  AssetBitmap second = copy;
  second.Set(AssetId(3), true);
  EXPECT_FALSE(copy.Has(AssetId(3)));
  EXPECT_FALSE(first.Has(AssetId(3)));
}

TEST(AssetBitmapTest, AResultDoesNotChangeWithItsSources) {
  AssetBitmap a;
  a.Set(AssetId(1), true);
  AssetBitmap none;
  const AssetBitmap difference = a.AndNot(none);
  const AssetBitmap same = a;
  a.Set(AssetId(2), true);
  EXPECT_EQ(difference.Count(), 1u);
  EXPECT_EQ(same.Count(), 1u);
}

TEST(AssetBitmapTest, AgreesWithASet) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    std::mt19937_64 random(seed);
    AssetBitmap a, b;
    std::set<uint64_t> in_a, in_b;
    for (int i = 0; i < 500; ++i) {
      const uint64_t id = random() % (3 * AssetBitmap::kChunkBits);
      const bool member = random() % 3 != 0;
      AssetBitmap& bitmap = random() % 2 ? a : b;
      std::set<uint64_t>& set = &bitmap == &a ? in_a : in_b;
      bitmap.Set(AssetId(id % 300 * 500), member);
      member ? (void)set.insert(id % 300 * 500) : (void)set.erase(id % 300 * 500);
    }
    const AssetBitmap rest = a.AndNot(b);
    EXPECT_EQ(a.Count(), in_a.size());
    for (uint64_t id = 0; id < 300 * 500; id += 500) {
      ASSERT_EQ(a.Has(AssetId(id)), in_a.contains(id)) << seed;
      ASSERT_EQ(rest.Has(AssetId(id)), in_a.contains(id) && !in_b.contains(id)) << seed;
    }
  }
}

}  // namespace
}  // namespace cadastre::authz
