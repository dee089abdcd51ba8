#include "authz/policy/labels.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "authz/policy/registry.h"

namespace cadastre::authz {
namespace {

AssetLabels WithTag(uint32_t tag) {
  AssetLabels labels;
  labels.exists = true;
  labels.tags = {tag};
  return labels;
}

TEST(LabelColumnsTest, IdsNeverGivenOutDoNotExist) {
  LabelColumns columns;
  EXPECT_FALSE(columns.Of(AssetId(0)).exists);
  EXPECT_FALSE(columns.Of(AssetId(1'000'000'000)).exists);
  columns.Set(AssetId(70'000), WithTag(1));
  EXPECT_FALSE(columns.Of(AssetId(69'999)).exists);
  EXPECT_TRUE(columns.Of(AssetId(70'000)).exists);
  EXPECT_EQ(columns.end(), 70'001u);
}

TEST(LabelColumnsTest, ACopyKeepsWhatItWas) {
  LabelColumns columns;
  columns.Set(AssetId(5), WithTag(1));
  const LabelColumns before = columns;
  columns.Set(AssetId(5), WithTag(2));
  EXPECT_EQ(before.Of(AssetId(5)), WithTag(1));
  EXPECT_EQ(columns.Of(AssetId(5)), WithTag(2));
  LabelColumns branch = before;
  branch.Set(AssetId(5), WithTag(3));
  EXPECT_EQ(before.Of(AssetId(5)), WithTag(1));
  EXPECT_EQ(columns.Of(AssetId(5)), WithTag(2));
}

TEST(LabelColumnsTest, EveryPublishedCopyStaysAsItWas) {
  std::mt19937_64 random(7);
  LabelColumns columns;
  std::map<uint64_t, uint32_t> tags;
  std::vector<std::pair<LabelColumns, std::map<uint64_t, uint32_t>>> published;
  for (int step = 0; step < 2'000; ++step) {
    const uint64_t id = 1 + random() % 1'000;
    const uint32_t tag = random() % 5;
    columns.Set(AssetId(id), WithTag(tag));
    tags[id] = tag;
    if (step % 100 == 0) published.emplace_back(columns, tags);
  }
  for (const auto& [copy, expected] : published) {
    for (const auto& [id, tag] : expected) ASSERT_EQ(copy.Of(AssetId(id)), WithTag(tag));
  }
}

TEST(InternLabelsTest, WordsAreSortedAndEachStandsOnce) {
  WordTable words;
  record::AssetHeader header;
  header.set_kind(1);
  header.set_namespace_("postgres://db:5432");
  for (const char* tag : {"b", "a", "b", ""}) header.mutable_labels()->add_tags(tag);
  auto* column = header.mutable_labels()->add_columns();
  column->set_column(3);
  column->add_path("address");
  column->add_classifications("pii");
  const AssetLabels labels = InternLabels(header, words);
  EXPECT_EQ(labels.tags.size(), 2u);
  EXPECT_LT(labels.tags[0], labels.tags[1]);
  EXPECT_EQ(words.Text(labels.namespace_word), "postgres://db:5432");
  ASSERT_EQ(labels.columns.size(), 1u);
  EXPECT_EQ(labels.columns[0].column, ColumnId(3));
  EXPECT_EQ(words.Text(labels.columns[0].classes.at(0)), "pii");
}

}  // namespace
}  // namespace cadastre::authz
