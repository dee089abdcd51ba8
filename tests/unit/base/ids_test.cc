#include "base/ids.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

#include "absl/container/flat_hash_set.h"

namespace cadastre::base {
namespace {

TEST(Ids, OneKindIsNeverTakenForAnother) {
  static_assert(!std::is_convertible_v<uint64_t, AssetId>);
  static_assert(!std::is_convertible_v<AssetId, uint64_t>);
  static_assert(!std::is_convertible_v<AssetId, Revision>);
  static_assert(!std::is_constructible_v<AssetId, Revision>);
  static_assert(std::is_trivially_copyable_v<AssetId> && sizeof(ColumnId) == 4);
}

TEST(Ids, TheyCompareAndHashByTheirNumber) {
  EXPECT_LT(AssetId(1), AssetId(2));
  EXPECT_EQ(std::unordered_set<AssetId>({AssetId(1), AssetId(1), AssetId(2)}).size(), 2u);
  EXPECT_EQ(absl::flat_hash_set<AssetId>({AssetId(1), AssetId(1), AssetId(2)}).size(), 2u);
}

TEST(Ids, ZeroIsNoId) {
  EXPECT_FALSE(AssetId().valid());
  EXPECT_TRUE(AssetId(1).valid());
}

}  // namespace
}  // namespace cadastre::base
