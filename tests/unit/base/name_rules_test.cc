#include "base/name_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/canonical_name.h"

namespace cadastre::base {
namespace {

struct FoldCase {
  AssetKind kind;
  std::string ns;
  std::string name;
  std::string parent;
  std::string rule;
};

constexpr AssetKind kDataset = AssetKind::kDataset;
constexpr AssetKind kJob = AssetKind::kJob;

class Folded : public ::testing::TestWithParam<FoldCase> {};

TEST_P(Folded, NamesTheParentAndTheRule) {
  const FoldCase& row = GetParam();
  const std::optional<Fold> fold = FoldName({row.kind, row.ns, row.name});
  ASSERT_TRUE(fold.has_value()) << row.name;
  EXPECT_EQ(fold->name, (AssetName{row.kind, row.ns, row.parent}));
  EXPECT_EQ(fold->rule, row.rule);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Folded,
    ::testing::Values(
        FoldCase{kDataset, "s3://lake", "orders/", "orders", "trailing_slash"},
        FoldCase{kDataset, "s3://lake", "orders/dt=2024-01-31", "orders", "partition"},
        FoldCase{kDataset, "file", "/lake/orders/country=kr/dt=2024-01-31/", "/lake/orders", "trailing_slash"},
        FoldCase{kDataset, "hdfs://nn:8020", "/lake/orders/dt=2024-01-31/part-00000-6a9c3b60.c000.snappy.parquet",
                 "/lake/orders", "part_file"},
        FoldCase{kDataset, "gs://lake", "logs/2024/01/31", "logs", "date_folder"},
        FoldCase{kDataset, "gs://lake", "logs/2024/01/31/23", "logs", "date_folder"},
        FoldCase{kDataset, "hdfs://nn:8020", "/logs/2024-01-31", "/logs", "date_folder"},
        FoldCase{kDataset, "gs://lake-demo", "/raw/orders", "raw/orders", "leading_slash"},
        FoldCase{kDataset, "abfss://c@a", "//logs/2024-01-31", "logs", "leading_slash"},
        FoldCase{kDataset, "s3://lake", "/dt=2024-01-31", "dt=2024-01-31", "leading_slash"},
        FoldCase{kDataset, "snowflake://org-acc", "\"DB\".\"SCHEMA\".\"TABLE_1\"", "DB.SCHEMA.TABLE_1",
                 "quoted_upper_case"},
        FoldCase{kDataset, "awsglue:us-east-1", "DB.\"ORDERS\".\"my table\"", "DB.ORDERS.\"my table\"",
                 "quoted_upper_case"},
        FoldCase{kDataset, "s3://lake", "events/clicks/dt=2026-11-25/*.parquet", "events/clicks", "every_file"},
        FoldCase{kDataset, "s3://lake", "clicks/year=2025/month=01/day=07/*/*.parquet", "clicks", "every_file"},
        FoldCase{kDataset, "s3://lake", "t/2026/11/25/*.json", "t", "every_file"},
        FoldCase{kDataset, "s3://lake", "t/**/*.csv", "t", "every_file"},
        FoldCase{kDataset, "s3://lake", "events/clicks/*.parquet", "events/clicks", "every_file"},
        FoldCase{kDataset, "s3://lake", "events/clicks/*.snappy.orc", "events/clicks", "every_file"},
        FoldCase{kDataset, "s3://lake", "t/2026/*/*/*.csv", "t", "every_file"},
        FoldCase{kDataset, "s3://lake", "t/**", "t", "every_file"},
        FoldCase{kDataset, "s3://lake", "t/2026-11-*", "t", "pattern_folder"},
        FoldCase{kDataset, "s3://lake", "t/dt=*", "t", "partition"},
        FoldCase{kDataset, "s3://lake", "t/dt=2026-11-25/part-*", "t", "part_file"},
        FoldCase{kDataset, "s3://lake", "t/2026/11/25/part-r-00000.gz", "t", "part_file"},
        FoldCase{kDataset, "s3://lake", "t/dt=2026-11-25/data.json", "t", "partition_file"},
        FoldCase{kDataset, "s3://lake", "t/dt=2026-11-25/000000_0", "t", "partition_file"},
        FoldCase{kDataset, "s3://lake", "t/dt=2026-11-25/clicks.parquet", "t", "partition_file"},
        FoldCase{kDataset, "s3://lake", "t/2026/11/25/0190a1b2-0000-7000-8000-000000000001.json", "t",
                 "partition_file"},
        FoldCase{kDataset, "s3://lake", "in/2026/11/25/orders.csv", "in/*/orders.csv", "file_of_folders"},
        FoldCase{kDataset, "s3://lake", "in/dt=2026-11-25/orders.csv", "in/*/orders.csv", "file_of_folders"},
        FoldCase{kDataset, "s3://lake", "in/2026/11/25/orders_20261125.csv", "in/*/orders_*.csv", "file_of_folders"},
        FoldCase{kDataset, "s3a://lake", "logs/20240131", "logs", "date_folder"},
        FoldCase{kDataset, "s3://landing", "in/orders_2024-01-31.csv", "in/orders_*.csv", "dated_file"},
        FoldCase{kDataset, "s3://landing", "in/orders-20240131.csv.gz", "in/orders-*.csv.gz", "dated_file"},
        FoldCase{kDataset, "bigquery", "shop.web.events_20240131", "shop.web.events_*", "date_shard"},
        FoldCase{kDataset, "s3://lake", "warehouse/orders-0190a1b2-0000-7000-8000-000000000001", "warehouse/orders-*",
                 "uuid_suffix"},
        FoldCase{kJob, "spark", "app_0190a1b2-0000-7000-8000-000000000001", "app_*", "uuid_suffix"}));

// Whatever could tell two tables apart stays.
TEST(FoldName, NeverMergesWhatMayDiffer) {
  const std::vector<AssetName> table = {
      {kDataset, "postgres://db:5432", "shop.public.orders"},
      {kDataset, "postgres://db:5432", "shop.public.orders_20240131"},
      {kDataset, "postgres://db:5432", "shop.public.dt=2024-01-31"},
      {kDataset, "postgres://db:5432", "logs/2024/01/31"},
      {kDataset, "s3://lake", "country=kr/orders"},
      {kDataset, "s3://lake", "country=kr/orders.csv"},
      {kDataset, "s3://lake", "dt=2024-01-31"},
      {kDataset, "s3://lake", "2024/01/31"},
      {kDataset, "s3://lake", "in/*/orders.csv"},
      {kDataset, "s3://lake", "in/orders.csv"},
      {kDataset, "s3://lake", "in/*.csv"},
      {kDataset, "s3://lake", "in/clicks_*.parquet"},
      {kDataset, "s3://lake", "in/orders_*.csv"},
      {kDataset, "s3://lake", "*"},
      {kDataset, "s3://lake", "part-*"},
      {kDataset, "hdfs://nn:8020", "/raw/orders"},
      {kDataset, "postgres://db:5432", "/raw/orders"},
      {kDataset, "postgres://db:5432", "\"Orders\""},
      {kDataset, "postgres://db:5432", "shop.\"a.B\".orders"},
      {kDataset, "postgres://db:5432", "A\"B\".C"},
      {kDataset, "postgres://db:5432", "\"A"},
      {kDataset, "postgres://db:5432", "12345'\"\"\\'\""},
      {kDataset, "s3://lake", "20240131"},
      {kDataset, "s3://lake", "budget/2024"},
      {kDataset, "s3://lake", "parts/12/31"},
      {kDataset, "s3://lake", "logs/2024/13/31"},
      {kDataset, "s3://lake", "ids/20241399"},
      {kDataset, "s3://lake", "tables/0190a1b2-0000-7000-8000-000000000001"},
      {kDataset, "s3://lake", "part-00000.parquet"},
      {kDataset, "s3://lake", "spare/part-catalog"},
      {kDataset, "s3://lake", "a/=b"},
      {kDataset, "s3://lake", "a/b="},
      {kDataset, "s3://lake", "a/b-c=d"},
      {kDataset, "s3://lake", "/"},
      {kDataset, "bigquery", "shop.web.events"},
      {kDataset, "bigquery", "shop.web.events_12345678"},
      {kDataset, "dbt", "model.shop.customers.sql.3"},
      {kJob, "dbt", "model.shop.customers.sql.3"},
      {kJob, "dbt", "model.shop.customers.sql"},
      {kJob, "dbt", "model.shop.customers.sql.x"},
      {kJob, "dbt", ".sql.3"},
      {kJob, "airflow", "daily/2024/01/31"},
  };
  for (const AssetName& name : table) EXPECT_FALSE(FoldName(name).has_value()) << name;
}

TEST(FoldName, NamespacesLoseOnlyAnEmptyPath) {
  const std::optional<Fold> fold = FoldName({kDataset, "postgres://db:5432/", "shop.public.orders"});
  ASSERT_TRUE(fold.has_value());
  EXPECT_EQ(fold->name.ns, "postgres://db:5432");
  EXPECT_EQ(fold->rule, "namespace_slash");
  for (const char* ns :
       {"file:///", "inmemory://", "file://", "postgres://db:5432/shop", "postgres://db:5432/shop/", "a/"}) {
    EXPECT_FALSE(FoldName({kDataset, ns, "x"}).has_value()) << ns;
  }
}

TEST(FoldName, AFoldedNameFoldsNoFurther) {
  for (const char* name : {"a/b/dt=2024-01-31/2024/01/31/", "a/2024-01-31/2024-01-31", "x_2024-01-31_2024-01-31.csv"}) {
    std::optional<Fold> fold = FoldName({kDataset, "s3://lake", name});
    ASSERT_TRUE(fold.has_value()) << name;
    EXPECT_TRUE(CheckAssetName(fold->name).ok());
  }
}

TEST(CanonicalName, FoldsUntilNothingIsLeft) {
  for (const char* name : {"a/b/dt=2024-01-31/2024/01/31/", "a/2024-01-31/2024-01-31", "x_2024-01-31_2024-01-31.csv",
                           "/landing/2024/01/31/x-2024-01-31.csv", "a/dt=1/*/b=2/*/part-*"}) {
    const CanonicalName canonical(kDataset, "s3://lake/", name);
    EXPECT_FALSE(FoldName(*canonical).has_value()) << name << " " << *canonical;
    EXPECT_TRUE(CheckAssetName(*canonical).ok());
  }
}

TEST(CanonicalName, WhatNoPipelineNamesKeepsItsIdentifier) {
  const AssetName domain{AssetKind::kDomain, "", "sales-0190a1b2-0000-7000-8000-000000000001"};
  EXPECT_EQ(*CanonicalName(domain), domain);
}

TEST(StatementOwner, IsWhatStandsBeforeItsNumber) {
  EXPECT_EQ(StatementOwnerBytes({kJob, "dbt", "model.sql.12"}), 5u);
  for (const char* name : {"model", "model.sql", "model.sql.x", ".sql.3"}) {
    EXPECT_EQ(StatementOwnerBytes({kJob, "dbt", name}), 0u) << name;
  }
  EXPECT_EQ(StatementOwnerBytes({kDataset, "dbt", "model.sql.12"}), 0u);
}

}  // namespace
}  // namespace cadastre::base
