#include "authz/view/shown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cadastre::authz {
namespace {

TEST(ShownAssets, WhatIsLookedAtIsNotShown) {
  ShownAssets shown;
  shown.NoteColumn(AssetId(1), {"id"});
  {
    const NotesPaused paused(&shown);
    shown.Note(AssetId(2));
    shown.NoteColumn(AssetId(1), {"email"});
    {
      const NotesPaused deeper(&shown);
      shown.Note(AssetId(3));
    }
    EXPECT_FALSE(shown.notes());
  }
  shown.Note(AssetId(4));
  EXPECT_TRUE(shown.notes());
  EXPECT_THAT(shown.assets(),
              testing::ElementsAre(testing::Pair(AssetId(1), testing::ElementsAre(testing::ElementsAre("id"))),
                                   testing::Pair(AssetId(4), testing::IsEmpty())));
}

}  // namespace
}  // namespace cadastre::authz
