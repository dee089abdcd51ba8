#include "cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

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

}  // namespace
}  // namespace cadastre::cli
