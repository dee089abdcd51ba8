// Names that a viewer sees as one asset are one hit: under the living name, found by the words of each, counted once.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/search/search_world.h"

namespace cadastre::search {
namespace {

using Names = std::vector<std::string>;

class SearchMergedSetTest : public testing::Test {
 protected:
  SearchMergedSetTest() {
    SearchDocument old;
    old.name = Dataset("hr.staff", "hive://m");
    old.title = "People of the house";
    old.description = "payroll and desks";
    old.certification = "certified";
    record::Labels labels;
    labels.add_tags("gold");
    labels.add_owners("ann");
    old_ = world_.Add(old, labels);
    SearchDocument living;
    living.name = Dataset("hr/staff", "s3://l");
    living.description = "badges";
    record::Labels others;
    others.add_tags("gold");
    others.add_tags("raw");
    living_ = world_.Add(living, others);
    world_.AddNamed("warehouse");
    Merge(true);
    world_.Follow();
  }

  // The living name is what the old one was renamed to.
  void Merge(bool merged) {
    world_.world().Put([&](authz::WriteSession& session) -> Status {
      for (const auto& [near, far] : {std::pair(old_, living_), std::pair(living_, old_)}) {
        ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(near));
        header.clear_merged();
        if (merged) {
          header.add_merged()->set_asset(far.value());
          header.mutable_merged(0)->set_renamed_to(far == living_);
        }
        RETURN_IF_ERROR(session.SetHeader(testing_support::RowsOf(session), near, std::move(header)));
      }
      return absl::OkStatus();
    });
  }

  FindRequest Request(const std::string& query) {
    FindRequest request;
    request.query = query;
    request.page_size = 10;
    request.facets = {"tag", "namespace"};
    return request;
  }

  std::string Reader(const std::string& ns) {
    record::Scope scope;
    scope.set_namespace_(ns);
    return world_.world().AddPerson("reader", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kRead}, scope)});
  }

  static int64_t CountOf(const Facet& facet, const std::string& value) {
    for (const FacetCount& count : facet.counts) {
      if (count.value == value) return count.count;
    }
    return 0;
  }

  SearchWorld world_;
  AssetId old_;
  AssetId living_;
};

TEST_F(SearchMergedSetTest, WordsOfEachNameFindTheLivingOne) {
  for (const char* query : {"payroll", "badges", "people", "payroll badges", "\"people of\"", "tag:raw payroll",
                            "staff", "namespace:hive badges"}) {
    EXPECT_EQ(world_.Names(query), (Names{"hr/staff"})) << query;
  }
  EXPECT_EQ(world_.Names("staff -payroll"), Names());
}

TEST_F(SearchMergedSetTest, TotalsAndFacetsCountItOnce) {
  const StatusOr<Shown> shown = world_.Ask(world_.world().admin(), Request(""));
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(shown->total, 2);
  EXPECT_EQ(CountOf(shown->facets[0], "gold"), 1);
  EXPECT_EQ(CountOf(shown->facets[0], "raw"), 1);
  EXPECT_EQ(CountOf(shown->facets[1], "hive://m"), 1);
  EXPECT_EQ(CountOf(shown->facets[1], "s3://l"), 1);
}

TEST_F(SearchMergedSetTest, WhatIsSaidUnderAHiddenNameIsNotFound) {
  const std::string reader = Reader("hive://m");
  EXPECT_EQ(world_.Names(reader, "payroll"), (Names{"hr.staff"})) << "under the name that is visible";
  EXPECT_EQ(world_.Names(reader, "badges"), Names());
  EXPECT_EQ(world_.Names(reader, "tag:raw"), Names());
}

TEST_F(SearchMergedSetTest, SuggestionsTellTheLivingNameOnce) {
  const auto answer = world_.Complete(world_.world().admin(), "hr");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(
      std::count_if(answer->begin(), answer->end(), [](const std::string& one) { return one.starts_with("dataset:"); }),
      1);
  EXPECT_NE(answer->front().find("hr/staff"), std::string::npos);
}

TEST_F(SearchMergedSetTest, TakenBackTheyAreTwoHits) {
  Merge(false);
  world_.Follow();
  EXPECT_EQ(world_.Names("payroll"), (Names{"hr.staff"}));
  EXPECT_EQ(world_.Names("badges"), (Names{"hr/staff"}));
  EXPECT_EQ(world_.Names("staff").size(), 2u);
}

}  // namespace
}  // namespace cadastre::search
