#include "ingestors/postgres/column_profile.h"

#include <gtest/gtest.h>

namespace cadastre::ingest_postgres {
namespace {

catalog::v1::Profile::Column Bounded(std::string_view common, std::string_view histogram) {
  catalog::v1::Profile::Column column;
  AddBounds(common, histogram, column);
  return column;
}

TEST(ColumnProfile, PartsBecomeCounts) {
  const auto column = ColumnProfileOf("price", 0.25, -0.5, 1'000);
  EXPECT_EQ(column.column(), "price");
  EXPECT_EQ(column.null_count(), 250);
  EXPECT_EQ(column.distinct_count(), 500);
  EXPECT_EQ(ColumnProfileOf("x", 0, 7, 1'000).distinct_count(), 7);
  EXPECT_EQ(ColumnProfileOf("x", 0, 7'000, 1'000).distinct_count(), 1'000) << "no more than there are rows";
  EXPECT_FALSE(ColumnProfileOf("x", 1, 0, 1'000).has_distinct_count()) << "0 is not known";
}

TEST(ColumnProfile, BoundsAreOfCommonValuesAndHistogram) {
  EXPECT_EQ(Bounded("{5,-2.5}", "{0,1e3}").min(), -2.5);
  EXPECT_EQ(Bounded("{5,-2.5}", "{0,1e3}").max(), 1'000);
  EXPECT_EQ(Bounded("", "{3,9}").min(), 3);
  EXPECT_EQ(Bounded("{NaN,1,Infinity,1e999}", "").max(), 1);
}

TEST(ColumnProfile, WhatIsNoArrayOfNumbersBoundsNothing) {
  for (const char* text : {"-", "{a}", "{1,}x", "{\"1\"}", "{1 2}", "{{1}}", "{NaN}", "{}"}) {
    EXPECT_FALSE(Bounded(text, "").has_min()) << text;
    EXPECT_FALSE(Bounded(text, "").has_max()) << text;
  }
  EXPECT_FALSE(Bounded("-", "{1,2}").has_min()) << "half of what there is would be another bound";
}

}  // namespace
}  // namespace cadastre::ingest_postgres
