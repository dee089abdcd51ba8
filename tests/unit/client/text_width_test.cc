#include "client/text_width.h"

#include <gtest/gtest.h>

#include "client/screen.h"

namespace cadastre::client {
namespace {

TEST(TextWidth, KoreanTakesTwoCellsAndMarksNone) {
  EXPECT_EQ(CellsOf("orders"), 6u);
  EXPECT_EQ(CellsOf("일별 매출"), 9u);
  EXPECT_EQ(CellsOf("한"), 2u) << "decomposed, as some systems send it";
  EXPECT_EQ(CellsOf("é"), 1u);
}

TEST(TextWidth, CutsBetweenLettersNeverWithin) {
  EXPECT_EQ(CutToCells("일별 매출", 9), "일별 매출");
  EXPECT_EQ(CutToCells("일별 매출", 8), "일별 매…");
  EXPECT_EQ(CutToCells("일별 매출", 4), "일…") << "half a letter does not fit";
  EXPECT_EQ(CutToCells("일별", 0), "");
}

TEST(TextWidth, NothingShownMovesTheCursorOrTurnsTheLine) {
  EXPECT_EQ(ShownText("a\x1b[2Jb"), "a\xEF\xBF\xBD[2Jb");
  EXPECT_EQ(ShownText("a\xE2\x80\xAE"
                      "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(ShownText("two\nlines"), "two lines");
  EXPECT_EQ(ShownText("cut \xED\x95"), "cut \xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Screen, ColoursOnATerminalOnly) {
  Screen screen;
  EXPECT_EQ(screen.Painted(Paint::kBad, "x"), "x");
  screen.out_is_tty = true;
  EXPECT_EQ(screen.Painted(Paint::kBad, "x"), "\033[31mx\033[0m");
}

}  // namespace
}  // namespace cadastre::client
