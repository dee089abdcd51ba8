#include "authz/shown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cadastre::authz {
namespace {

TEST(ShownAssets, WhatIsLookedAtIsNotShown) {
  ShownAssets shown;
  shown.NoteColumn(AssetId(1), "id");
  {
    const Looking looking(&shown);
    shown.Note(AssetId(2));
    shown.NoteColumn(AssetId(1), "email");
    {
      const Looking deeper(&shown);
      shown.Note(AssetId(3));
    }
    EXPECT_TRUE(shown.assets().contains(AssetId(2)));
  }
  shown.Note(AssetId(4));
  EXPECT_EQ(shown.assets(), (std::map<AssetId, std::set<std::string>>{{AssetId(1), {"id"}}, {AssetId(4), {}}}));
}

}  // namespace
}  // namespace cadastre::authz
