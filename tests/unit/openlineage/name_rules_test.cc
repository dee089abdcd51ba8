#include "ingestors/openlineage/name_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace cadastre::openlineage {
namespace {

using base::AssetKind;
using base::AssetName;

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
  EXPECT_EQ(fold->parent, (AssetName{row.kind, row.ns, row.parent}));
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
        FoldCase{kDataset, "abfss://c@a", "/logs/2024-01-31", "/logs", "date_folder"},
        FoldCase{kDataset, "s3a://lake", "logs/20240131", "logs", "date_folder"},
        FoldCase{kDataset, "s3://landing", "in/orders_2024-01-31.csv", "in/orders_*.csv", "dated_file"},
        FoldCase{kDataset, "s3://landing", "in/orders-20240131.csv.gz", "in/orders-*.csv.gz", "dated_file"},
        FoldCase{kDataset, "bigquery", "shop.web.events_20240131", "shop.web.events_*", "date_shard"},
        FoldCase{kDataset, "s3://lake", "warehouse/orders-0190a1b2-0000-7000-8000-000000000001", "warehouse/orders-*",
                 "uuid_suffix"},
        FoldCase{kJob, "spark", "app_0190a1b2-0000-7000-8000-000000000001", "app_*", "uuid_suffix"},
        FoldCase{kJob, "dbt", "model.shop.customers.sql.3", "model.shop.customers", "dbt_statement"},
        FoldCase{kJob, "dbt", "model.shop.customers.sql.12", "model.shop.customers", "dbt_statement"}));

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
      {kDataset, "s3://lake", "/dt=2024-01-31"},
      {kDataset, "s3://lake", "2024/01/31"},
      {kDataset, "s3://lake", "/2024/01/31"},
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
  EXPECT_EQ(fold->parent.ns, "postgres://db:5432");
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
    EXPECT_TRUE(base::CheckAssetName(fold->parent).ok());
  }
}

TEST(SchemeAlias, IsTheUsualSpellingOfS3) {
  EXPECT_EQ(SchemeAlias({kDataset, "s3a://lake", "orders"}), (AssetName{kDataset, "s3://lake", "orders"}));
  EXPECT_EQ(SchemeAlias({kDataset, "s3n://lake", "orders"}), (AssetName{kDataset, "s3://lake", "orders"}));
  EXPECT_EQ(SchemeAlias({kDataset, "s3://lake", "orders"}), std::nullopt);
  EXPECT_EQ(SchemeAlias({kJob, "s3a://lake", "orders"}), std::nullopt);
}

TEST(IsStatement, NamesOneStatementOfAModel) {
  EXPECT_TRUE(IsStatement("model.shop.customers.sql.3"));
  for (const char* name :
       {"model.shop.customers", "model.shop.customers.sql", "model.shop.customers.sql.x", ".sql.3"}) {
    EXPECT_FALSE(IsStatement(name)) << name;
  }
}

}  // namespace
}  // namespace cadastre::openlineage
