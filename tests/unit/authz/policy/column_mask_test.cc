#include "authz/policy/column_mask.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cadastre::authz {
namespace {

using Path = std::vector<std::string>;

TEST(ColumnMask, EverySpellingOfAColumnIsMasked) {
  ColumnMask mask("shop.public.orders");
  mask.Hide({"user", "Émail"}, ColumnCase::kIgnored);
  for (const Path& path : std::vector<Path>{{"user", "émail"},
                                            {"user.émail"},
                                            {"USER.ÉMAIL"},
                                            {"USER", "E\xCC\x81mail"},
                                            {"\"user\".\"émail\""},
                                            {"\"user.émail\""},
                                            {"`user`", "[émail]"},
                                            {"user", "émail.domain"},
                                            {"user.émail", "domain"},
                                            {"user[0].émail"},
                                            {"user[*]", "émail"},
                                            {"$.user.émail"},
                                            {" user . émail "},
                                            {"orders.user.émail"},
                                            {"\"public\".\"orders\"", "user.émail"}}) {
    EXPECT_TRUE(mask.Hides(path)) << MaskKey(path, ColumnCase::kIgnored);
  }
  for (const Path& path : std::vector<Path>{{"user"},
                                            {"émail"},
                                            {"user", "émails"},
                                            {"user", "age"},
                                            {"billing", "user", "émail"},
                                            {"user_émail"},
                                            {}}) {
    EXPECT_FALSE(mask.Hides(path)) << MaskKey(path, ColumnCase::kIgnored);
  }
}

TEST(ColumnMask, AFlatColumnIsMaskedUnderItsNestedSpelling) {
  ColumnMask mask;
  mask.Hide({"user.email"}, ColumnCase::kTold);
  EXPECT_TRUE(mask.Hides({"user", "email"}));
  EXPECT_TRUE(mask.Hides({"\"user.email\""}));
  EXPECT_FALSE(mask.Hides({"User", "email"})) << "another column where case tells them apart";
}

TEST(ColumnMask, NothingButQuotesIsANameToo) {
  ColumnMask mask;
  mask.Hide({"\""}, ColumnCase::kIgnored);
  EXPECT_TRUE(mask.Hides({"\""}));
  EXPECT_FALSE(mask.Hides({"id"})) << "it is not the mask of any column";
  ColumnMask any;
  any.Hide({}, ColumnCase::kIgnored);
  EXPECT_TRUE(any.Hides({"id"}));
}

}  // namespace
}  // namespace cadastre::authz
