#include "client/nearest_word.h"

#include <gtest/gtest.h>

namespace cadastre::client {
namespace {

TEST(NearestWord, IsTheOneThatWasMeantOrNone) {
  const std::vector<std::string> known = {"search", "describe", "list", "login"};
  EXPECT_EQ(NearestWord("serch", known), "search");
  EXPECT_EQ(NearestWord("desc", known), "describe") << "begun";
  EXPECT_EQ(NearestWord("lsit", known), "list") << "neighbours swapped are one step";
  EXPECT_EQ(NearestWord("frobnicate", known), "");
  EXPECT_EQ(NearestWord("", known), "");
}

}  // namespace
}  // namespace cadastre::client
