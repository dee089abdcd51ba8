#include "ingestors/openlineage/name_rules.h"

#include <gtest/gtest.h>

#include <string>

namespace cadastre::openlineage {
namespace {

using base::AssetKind;
using base::AssetName;

constexpr AssetKind kDataset = AssetKind::kDataset;
constexpr AssetKind kJob = AssetKind::kJob;

AssetName Parent(const AssetName& name, std::string_view tool) {
  const std::optional<Fold> fold = FoldName(name, tool);
  return fold ? fold->parent : AssetName();
}

TEST(FoldName, AStatementIsItsModels) {
  const AssetName model{kJob, "dbt", "model.shop.customers"};
  EXPECT_EQ(Parent({kJob, "dbt", "model.shop.customers.sql.3"}, "dbt"), model);
  EXPECT_EQ(Parent({kJob, "dbt", "model.shop.customers.sql.12"}, "dbt"), model);
  EXPECT_EQ(FoldName({kJob, "dbt", "model.shop.customers.sql.12"}, "dbt")->rule, "dbt_statement");
  const AssetName of_branch{kJob, "dbt", "model-0190a1b2-0000-7000-8000-000000000001.sql.3"};
  EXPECT_EQ(Parent(of_branch, "dbt"), (AssetName{kJob, "dbt", "model-*"})) << "and folds no further";
}

TEST(FoldName, StatementsAreDbtsAlone) {
  for (const char* tool : {"spark", "airflow", "unknown", ""}) {
    EXPECT_FALSE(FoldName({kJob, "etl", "load.sql.1"}, tool).has_value()) << tool;
    EXPECT_FALSE(IsStatement({kJob, "etl", "load.sql.1"}, tool)) << tool;
  }
}

TEST(FoldName, WhateverHoldsForAllNamesHoldsForEveryTool) {
  for (const char* tool : {"dbt", "spark", ""}) {
    EXPECT_EQ(Parent({kDataset, "s3://lake", "/orders/dt=2024-01-31/"}, tool),
              (AssetName{kDataset, "s3://lake", "orders"}));
    EXPECT_FALSE(FoldName({kDataset, "s3://lake", "orders"}, tool).has_value());
  }
}

TEST(SchemeAlias, IsTheUsualSpellingOfS3) {
  EXPECT_EQ(SchemeAlias({kDataset, "s3a://lake", "orders"}), (AssetName{kDataset, "s3://lake", "orders"}));
  EXPECT_EQ(SchemeAlias({kDataset, "s3n://lake", "orders"}), (AssetName{kDataset, "s3://lake", "orders"}));
  EXPECT_EQ(SchemeAlias({kDataset, "s3://lake", "orders"}), std::nullopt);
  EXPECT_EQ(SchemeAlias({kJob, "s3a://lake", "orders"}), std::nullopt);
}

}  // namespace
}  // namespace cadastre::openlineage
