#include "cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/text_width.h"

namespace cadastre::cli {
namespace {

std::string Printed(const Table& table, size_t columns = 0) {
  std::ostringstream out;
  Screen screen;
  screen.out = &out;
  screen.columns = columns;
  table.Print(screen);
  return out.str();
}

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

TEST(Table, ColumnsStandUnderOneAnotherInAnyScript) {
  Table table({"NAME", ">ROWS", "TEXT"});
  table.Add({"orders", "12", "sales"});
  table.Add({"일별 매출", "3400", "매출"});
  EXPECT_EQ(Printed(table),
            "NAME       ROWS  TEXT\n"
            "orders       12  sales\n"
            "일별 매출  3400  매출\n");
}

TEST(Table, OnATerminalTheWidestColumnGivesWay) {
  Table table({"A", "B"});
  table.Add({"short", std::string(60, 'x')});
  EXPECT_EQ(Printed(table, 30), "A      B\nshort  " + std::string(22, 'x') + "…\n");
  EXPECT_EQ(Printed(table), "A      B\nshort  " + std::string(60, 'x') + "\n") << "a pipe gets everything";
}

TEST(Table, WithoutRowsNothingIsPrinted) { EXPECT_EQ(Printed(Table({"A"})), ""); }

TEST(Screen, ColoursOnATerminalOnly) {
  Screen screen;
  EXPECT_EQ(screen.Painted(Paint::kBad, "x"), "x");
  screen.out_is_tty = true;
  EXPECT_EQ(screen.Painted(Paint::kBad, "x"), "\033[31mx\033[0m");
}

}  // namespace
}  // namespace cadastre::cli
