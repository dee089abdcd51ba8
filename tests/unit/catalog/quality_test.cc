// Quality results: the newest result of each assertion stands, whatever came with it and in whatever order.
#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "catalog/entries.h"
#include "catalog/history.h"
#include "catalog/merge.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using testing::ElementsAre;

// `id:unique+ :row_count-`: column, assertion and outcome of each.
v1::Aspect Results(const std::string& text) {
  v1::Aspect aspect;
  aspect.mutable_quality_results();
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    v1::QualityResults::Result* result = aspect.mutable_quality_results()->add_results();
    const size_t colon = word.find(':');
    result->set_column(word.substr(0, colon));
    result->set_assertion(word.substr(colon + 1, word.size() - colon - 2));
    result->set_success(word.back() == '+');
  }
  return aspect;
}

std::string TextOf(const v1::Aspect& aspect) {
  std::string text;
  for (const auto& result : aspect.quality_results().results()) {
    text += (text.empty() ? "" : " ") + result.column() + ":" + result.assertion() + (result.success() ? "+" : "-");
  }
  return text;
}

std::string ResultsOf(const std::optional<AssetPage>& page) {
  const v1::Aspect* aspect = AspectOf(page, v1::Aspect::kQualityResults);
  return aspect == nullptr ? "" : TextOf(*aspect);
}

CatalogWorld::Word Gone(int64_t held) {
  CatalogWorld::Word word{kOrders, Results(""), held};
  word.withdraw = true;
  return word;
}

TEST(Quality, EachTestKeepsItsResultBesideThoseOfOtherTests) {
  CatalogWorld world;
  world.MustSay({kOrders, Results("id:unique+"), 10});
  world.MustSay({kOrders, Results("id:not_null-"), 20});
  world.MustSay({kOrders, Results("id:unique- :row_count+"), 30});
  EXPECT_EQ(ResultsOf(world.PageHeld(kOrders, 15)), "id:unique+");
  EXPECT_EQ(ResultsOf(world.PageHeld(kOrders, 25)), "id:not_null- id:unique+");
  EXPECT_EQ(ResultsOf(world.PageOf(kOrders)), ":row_count+ id:not_null- id:unique-");
}

TEST(Quality, OneValueAndOneSourceAreShownForManyTests) {
  CatalogWorld world;
  world.MustSay({kOrders, Results("id:unique+"), 10});
  world.MustSay({kOrders, Results("id:not_null+"), 20});
  const std::optional<AssetPage> page = world.PageOf(kOrders);
  ASSERT_EQ(page->aspects.size(), 1u);
  EXPECT_EQ(page->aspects[0].number, static_cast<uint32_t>(v1::Aspect::kQualityResults));
  ASSERT_EQ(page->aspects[0].sources.size(), 1u);
  EXPECT_EQ(page->aspects[0].sources[0].held, Timestamp(20));
}

// Which of two results of one check stands must not tell who may not read samples what they compared.
TEST(Quality, ValuesOfTheDataDecideOnlyWhereAllElseIsEqual) {
  const auto result = [](bool success, const std::string& actual) {
    v1::Aspect aspect = Results(success ? "id:unique+" : "id:unique-");
    aspect.mutable_quality_results()->mutable_results(0)->set_actual(actual);
    return aspect;
  };
  const bool passed_stands = StandsBefore(result(true, ""), result(false, ""));
  for (int i = 0; i < 32; ++i) {
    const std::string actual = std::to_string(i);
    SCOPED_TRACE(actual);
    EXPECT_EQ(StandsBefore(result(true, actual), result(false, "7")), passed_stands);
    EXPECT_EQ(StandsBefore(result(false, "7"), result(true, actual)), !passed_stands);
    EXPECT_NE(StandsBefore(result(true, actual), result(true, "x")),
              StandsBefore(result(true, "x"), result(true, actual)));

    v1::Aspect both = result(true, actual);
    both.mutable_quality_results()->MergeFrom(result(false, "7").quality_results());
    const std::map<uint64_t, v1::Aspect> split = SplitEntries(both);
    ASSERT_EQ(split.size(), 1u);
    EXPECT_EQ(split.begin()->second.quality_results().results(0).success(), passed_stands);
  }
}

TEST(Quality, WhatTellsTwoTestsApart) {
  v1::QualityResults::Result base;
  base.set_assertion("accepted_values");
  base.set_column("country");
  const auto with = [&](const auto& change) {
    v1::QualityResults::Result changed = base;
    change(changed);
    return EntryIdentity(changed) != EntryIdentity(base);
  };
  EXPECT_TRUE(with([](auto& r) { r.set_assertion("not_null"); }));
  EXPECT_TRUE(with([](auto& r) { r.set_column("city"); }));
  EXPECT_TRUE(with([](auto& r) { r.set_name("accepted_values_orders_country"); }));
  EXPECT_TRUE(with([](auto& r) { r.set_type("generic"); }));
  EXPECT_TRUE(with([](auto& r) { (*r.mutable_params())["values"] = "[\"CH\"]"; }));
  EXPECT_FALSE(with([](auto& r) { r.set_success(true); }));
  EXPECT_FALSE(with([](auto& r) { r.set_severity("warn"); }));
  EXPECT_FALSE(with([](auto& r) { r.set_actual("3"); }));
  EXPECT_FALSE(with([](auto& r) { r.set_expected("0"); }));
  EXPECT_FALSE(with([](auto& r) { r.set_description("the countries we ship to"); }));
}

// What a reader sees at every time, for every order of arrival, repetitions included.
TEST(Quality, OrderOfArrivalDoesNotMatter) {
  const std::vector<CatalogWorld::Word> story = {{kOrders, Results("id:unique+"), 10},
                                                 {kOrders, Results("id:not_null+ id:unique-"), 20},
                                                 {kOrders, Results("id:unique+"), 30},
                                                 {kOrders, Results("id:not_null+"), 40},
                                                 Gone(45),
                                                 {kOrders, Results("id:unique+ :rows-"), 50},
                                                 {kOrders, Results("id:unique+ id:unique-"), 60},
                                                 {kOrders, Results(":rows+"), 60},
                                                 {kOrders, Results(":rows-"), 70},
                                                 Gone(70)};
  std::vector<std::string> expected;
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::vector<CatalogWorld::Word> shuffled = story;
    shuffled.insert(shuffled.end(), story.begin(), story.begin() + seed % 10);
    std::mt19937 random(seed);
    if (seed > 0) std::shuffle(shuffled.begin(), shuffled.end(), random);
    CatalogWorld world;
    for (const CatalogWorld::Word& said : shuffled) world.MustSay(said);
    std::vector<std::string> seen;
    for (const int64_t held : {15, 25, 35, 42, 47, 55, 65, 75})
      seen.push_back(ResultsOf(world.PageHeld(kOrders, held)));
    if (seed == 0) expected = seen;
    EXPECT_EQ(seen, expected) << "seed " << seed;
  }
  ASSERT_EQ(expected.size(), 8u);
  EXPECT_EQ(expected[0], "id:unique+");
  EXPECT_EQ(expected[1], "id:not_null+ id:unique-");
  EXPECT_EQ(expected[3], "id:not_null+ id:unique+");
  EXPECT_EQ(expected[4], "") << "taken back as a whole";
  EXPECT_EQ(expected[5], ":rows- id:unique+");
  EXPECT_EQ(expected[7], "") << "of equal times the withdrawal stands";
}

TEST(Quality, AWithdrawalHoldsForTestsHeardOfLater) {
  CatalogWorld world;
  world.MustSay(Gone(20));
  world.MustSay({kOrders, Results("id:unique+"), 10});
  world.MustSay({kOrders, Results("id:not_null+"), 30});
  EXPECT_EQ(ResultsOf(world.PageHeld(kOrders, 15)), "id:unique+");
  EXPECT_EQ(ResultsOf(world.PageHeld(kOrders, 25)), "");
  EXPECT_EQ(ResultsOf(world.PageOf(kOrders)), "id:not_null+");
}

TEST(Quality, RepeatingAResultMovesNoRevision) {
  CatalogWorld world;
  world.MustSay({kOrders, Results("id:unique+"), 10});
  world.MustSay({kOrders, Results("id:not_null+"), 20});
  const Revision before = world.house().published()->revision;
  world.MustSay({kOrders, Results("id:unique+"), 10});
  world.MustSay({kOrders, Results("id:not_null+ id:unique+"), 30});
  EXPECT_EQ(world.house().published()->revision, before);
}

TEST(Quality, OfTwoProducersTheNewestResultOfEachTestStands) {
  CatalogWorld world;
  world.MustSay({kOrders, Results("id:unique+ id:not_null+"), 10, {}, "dbt", Rank::kDeclared});
  world.MustSay({kOrders, Results("id:unique-"), 20, {}, "soda", Rank::kDeclared});
  world.MustSay({kOrders, Results("id:not_null-"), 30, {}, "guess", Rank::kInference});
  const std::optional<AssetPage> page = world.PageOf(kOrders);
  EXPECT_EQ(ResultsOf(page), "id:not_null+ id:unique-");
  EXPECT_EQ(page->aspects[0].sources.size(), 3u);
}

TEST(Quality, OneProducersResultOfTwoMergedNamesIsShownOnce) {
  record::AspectRow row;
  *row.mutable_aspect() = Results("id:unique+");
  row.mutable_producer()->set_principal("dbt");
  Statement old_name = StatementOf(row, Timestamp(10));
  Statement new_name = StatementOf(row, Timestamp(20));
  old_name.asset = AssetId(1);
  new_name.asset = AssetId(2);
  const auto merged = MergeStatements(*FindAspectKind(v1::Aspect::kQualityResults), {old_name, new_name});
  ASSERT_TRUE(merged.has_value());
  EXPECT_EQ(TextOf(merged->aspect), "id:unique+");
}

TEST(Quality, HistoryTellsOfEachTestByItself) {
  CatalogWorld world;
  world.MustSay({kOrders, Results("id:unique+ id:not_null+"), 10});
  world.MustSay({kOrders, Results("id:unique- id:not_null+"), 20});
  std::vector<std::string> told;
  const Status status = world.Look(world.admin(), [&](authz::GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto items, ScanHistory(view, kOrders, std::nullopt, 100));
    for (const HistoryItem& item : *items) told.push_back(TextOf(*item.version.aspect));
    std::sort(told.begin() + 1, told.end());
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(told, ElementsAre("id:unique-", "id:not_null+", "id:unique+"));
}

TEST(Quality, ATestOfAHiddenColumnLooksMissing) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id", "email"}), 5});
  world.MustSay({kOrders, Classes({"pii"}), 5, {"email"}, "person", Rank::kPerson});
  world.MustSay({kOrders, Results("id:unique+"), 10, {}, "dbt", Rank::kDeclared});
  world.MustSay({kOrders, Results("email:not_null- :rows+"), 20, {}, "soda", Rank::kDeclared});
  world.MustSay({kOrders, Results("email:unique-"), 30, {}, "other", Rank::kDeclared});
  const std::string clerk = world.AddPerson(
      "clerk",
      {CatalogWorld::Allow({authz::Privilege::kBrowse, authz::Privilege::kRead, authz::Privilege::kReadOperations})});
  const std::optional<AssetPage> page = world.PageOf(kOrders, clerk);
  EXPECT_EQ(ResultsOf(page), "id:unique+") << "what is said of no column may speak of the hidden one";
  std::vector<std::string> tools;
  for (const Statement& source : page->aspects.back().sources) tools.push_back(source.producer.tool());
  EXPECT_THAT(tools, ElementsAre("dbt"));
  EXPECT_EQ(ResultsOf(world.PageOf(kOrders)), ":rows+ email:not_null- email:unique- id:unique+");
}

TEST(Quality, AnEtagIsThatOfAllResults) {
  CatalogWorld world;
  world.MustSay({kOrders, Results("id:unique+"), 10});
  CatalogWorld::Word edit{kOrders, Results("id:not_null+"), 20};
  edit.etag = world.PageOf(kOrders)->aspects[0].etag;
  world.MustSay({kOrders, Results(":rows+"), 15});
  EXPECT_TRUE(absl::IsAborted(world.Say(edit).status()));
  edit.etag = world.PageOf(kOrders)->aspects[0].etag;
  world.MustSay(edit);
  EXPECT_EQ(ResultsOf(world.PageOf(kOrders)), ":rows+ id:not_null+ id:unique+");
}

// Assertions c0, c1, … of which each `held` states the next `many`.
std::string Many(size_t from, size_t to) {
  std::string text;
  for (size_t i = from; i < to; ++i) text += base::Cat(":c", i, "+ ");
  return text;
}

TEST(Quality, OfMoreTestsThanAreKeptTheNewestStand) {
  const size_t over = 5;
  std::vector<CatalogWorld::Word> story = {{kOrders, Results(Many(0, over)), 10},
                                           {kOrders, Results(Many(over, kEntriesMax)), 20},
                                           {kOrders, Results(Many(kEntriesMax, kEntriesMax + over)), 30}};
  for (const std::vector<size_t>& order : {std::vector<size_t>{0, 1, 2}, {2, 1, 0}, {1, 2, 0, 0, 2}}) {
    CatalogWorld world;
    for (const size_t which : order) world.MustSay(story[which]);
    const std::string seen = ResultsOf(world.PageOf(kOrders));
    EXPECT_EQ(std::count(seen.begin(), seen.end(), ':'), static_cast<std::ptrdiff_t>(kEntriesMax));
    EXPECT_EQ(seen.find(":c0+"), std::string::npos);
    EXPECT_NE(seen.find(base::Cat(":c", kEntriesMax + over - 1, "+")), std::string::npos);
    // One that gave way is there again when it is stated anew.
    world.MustSay({kOrders, Results(":c0-"), 40});
    EXPECT_NE(ResultsOf(world.PageOf(kOrders)).find(":c0-"), std::string::npos);
  }
}

TEST(Quality, ASingleStatementIsBoundedToo) {
  const std::map<uint64_t, v1::Aspect> entries = SplitEntries(Results(Many(0, kEntriesMax + 100)));
  EXPECT_EQ(entries.size(), kEntriesMax);
}

}  // namespace
}  // namespace cadastre::catalog
