#include "base/utf8.h"

#include <gtest/gtest.h>

namespace cadastre::base {
namespace {

TEST(Utf8, TextIsTold) {
  for (const std::string_view text : {"", "ascii", "일별 매출", "\xC2\x80", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "é"}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
}

TEST(Utf8, OverlongSurrogateCutAndForeignBytesAreNotText) {
  for (const std::string_view bytes :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "a\xC3(", "\xE2(\xA1", "\xE2\x82("}) {
    EXPECT_FALSE(IsValidUtf8(bytes));
  }
}

TEST(Utf8, ACutNeverSplitsACharacter) {
  const std::string_view text = "a매b";
  EXPECT_EQ(Utf8Prefix(text, 0), "");
  EXPECT_EQ(Utf8Prefix(text, 1), "a");
  EXPECT_EQ(Utf8Prefix(text, 3), "a");
  EXPECT_EQ(Utf8Prefix(text, 4), "a매");
  EXPECT_EQ(Utf8Prefix(text, 99), text);
}

}  // namespace
}  // namespace cadastre::base
