#include "base/asset_name.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/status.h"

namespace cadastre::base {
namespace {

TEST(AssetName, TextAndNameAreOneToOne) {
  struct Row {
    AssetName asset;
    const char* text;
  };
  const Row rows[] = {
      {{AssetKind::kDataset, "postgres://db:5432", "shop.public.orders"},
       "dataset:postgres://db:5432#shop.public.orders"},
      {{AssetKind::kJob, "airflow", "daily#1:load"}, "job:airflow#daily#1:load"},
      {{AssetKind::kGlossaryTerm, "", "매출"}, "glossary_term:#매출"},
      {{AssetKind::kDataset, "s3://a#b%c", "x%20y"}, "dataset:s3://a%23b%25c#x%20y"},
      {{AssetKind::kDataProduct, "n", "p"}, "data_product:n#p"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(AssetNameText(row.asset), row.text);
    const absl::StatusOr<AssetName> parsed = ParseAssetName(row.text);
    ASSERT_TRUE(parsed.ok()) << row.text << ": " << parsed.status();
    EXPECT_EQ(*parsed, row.asset);
  }
}

TEST(AssetName, ARefusalNamesTheField) {
  const std::string long_namespace(kNamespaceBytesMax + 1, 'n');
  const std::string long_name(kNameBytesMax + 1, 'n');
  struct Row {
    std::string_view kind, ns, name, field;
  };
  const Row rows[] = {
      {"table", "n", "t", "kind"},
      {"", "n", "t", "kind"},
      {"Dataset", "n", "t", "kind"},
      {"dataset", long_namespace, "t", "namespace"},
      {"dataset", std::string_view("a\0b", 3), "t", "namespace"},
      {"dataset", "\xC3\x28", "t", "namespace"},
      {"dataset", "n", "", "name"},
      {"dataset", "n", long_name, "name"},
      {"dataset", "n", std::string_view("\0", 1), "name"},
      {"dataset", "n", "\xED\xA0\x80", "name"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(FieldOf(MakeAssetName(row.kind, row.ns, row.name).status()), row.field) << row.kind << " " << row.name;
  }
}

TEST(AssetName, TextOfAnotherShapeIsRefused) {
  const std::string_view refused[] = {"",           "dataset",        "dataset:n",     "dataset#n:t", "table:n#t",
                                      "dataset:n#", "dataset:a%20#t", "dataset:a%2#t", "dataset:a%#t"};
  for (const std::string_view text : refused) {
    EXPECT_EQ(ParseAssetName(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(AssetName, TheLongestNamesAreTaken) {
  const std::string ns(kNamespaceBytesMax, '#');
  const std::string name(kNameBytesMax, 'n');
  const absl::StatusOr<AssetName> made = MakeAssetName("dataset", ns, name);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(*ParseAssetName(AssetNameText(*made)), *made);
}

TEST(AssetName, KindsAreKeptAsTheirNumbers) {
  for (uint8_t number = 1; number <= kAssetKindMax; ++number) {
    const AssetKind kind = *AssetKindFromNumber(number);
    EXPECT_EQ(*ParseAssetKind(AssetKindWord(kind)), kind);
  }
  EXPECT_EQ(AssetKindFromNumber(0).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(AssetKindFromNumber(kAssetKindMax + 1).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(static_cast<int>(AssetKind::kJob), 2);
}

}  // namespace
}  // namespace cadastre::base
