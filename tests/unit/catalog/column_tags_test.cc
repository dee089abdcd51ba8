#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

// A tags facet: those of columns by name, and nothing else.
struct Round {
  int64_t at;
  std::map<std::string, std::string> tags;
};

void Say(CatalogWorld& world, const Round& round) {
  const auto said = world.Write(CatalogWorld::WriteCall(world.admin()), [&](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "spark", Rank::kDeclared));
    Upserter upserter(&session, producer);
    std::set<std::vector<std::string>> named;
    for (const auto& [column, tag] : round.tags) {
      AspectWrite write;
      write.column_path = {column};
      write.aspect = Tagged({tag});
      write.held = Timestamp(round.at);
      named.insert(write.column_path);
      ASSIGN_OR_RETURN(auto permit, session.PermitPush(kOrders));
      RETURN_IF_ERROR(upserter.Upsert(std::move(permit), std::move(write)).status());
    }
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(kOrders));
    RETURN_IF_ERROR(upserter.EndOtherColumnTags(std::move(permit), named, Timestamp(round.at)));
    return upserter.Finish();
  });
  EXPECT_TRUE(said.ok()) << said.status();
}

// `a:pii b:key` at a time.
std::string TagsAt(CatalogWorld& world, int64_t at) {
  std::string text;
  const auto page = world.PageHeld(kOrders, at);
  for (const ColumnPage& column : page ? page->columns : std::vector<ColumnPage>()) {
    for (const MergedAspect& aspect : column.aspects) {
      for (const auto& tag : aspect.aspect.tags().tags()) text += JoinPath(column.path) + ":" + tag.key() + " ";
    }
  }
  return text;
}

TEST(ColumnTags, ANewerFacetTakesBackThoseItDoesNotName) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"a", "b"}), 5});
  Say(world, {10, {{"a", "pii"}, {"b", "key"}}});
  Say(world, {20, {{"b", "key"}}});
  EXPECT_EQ(TagsAt(world, 10), "a:pii b:key ");
  EXPECT_EQ(TagsAt(world, 20), "b:key ");
  Say(world, {30, {}});
  EXPECT_EQ(TagsAt(world, 30), "");
  EXPECT_EQ(TagsAt(world, 25), "b:key ");
}

TEST(ColumnTags, WhatAnotherSaysStays) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"a"}), 5});
  world.MustSay({kOrders, Tagged({"mine"}), 8, {"a"}, "person", Rank::kPerson});
  Say(world, {10, {{"a", "pii"}}});
  Say(world, {20, {}});
  EXPECT_EQ(TagsAt(world, 30), "a:mine ");
}

TEST(ColumnTags, OrderOfArrivalDoesNotMatter) {
  const std::vector<Round> story = {{10, {{"a", "x"}, {"b", "y"}}}, {20, {{"b", "y"}}}, {30, {{"a", "x"}, {"c", "z"}}},
                                    {40, {{"c", "z"}, {"b", "w"}}}, {50, {}},           {60, {{"a", "x"}}}};
  std::vector<std::string> expected;
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::vector<Round> shuffled = story;
    shuffled.insert(shuffled.end(), story.begin(), story.begin() + seed % 5);
    std::mt19937 random(seed);
    if (seed > 0) std::shuffle(shuffled.begin(), shuffled.end(), random);
    CatalogWorld world;
    world.MustSay({kOrders, Columns({"a", "b", "c"}), 5});
    for (const Round& round : shuffled) Say(world, round);
    std::vector<std::string> seen;
    for (int64_t at = 5; at <= 65; at += 5) seen.push_back(TagsAt(world, at));
    if (seed == 0) expected = seen;
    EXPECT_EQ(seen, expected) << "seed " << seed;
  }
  EXPECT_THAT(expected, testing::ElementsAre("", "a:x b:y ", "a:x b:y ", "b:y ", "b:y ", "a:x c:z ", "a:x c:z ",
                                             "b:w c:z ", "b:w c:z ", "", "", "a:x ", "a:x "));
}

}  // namespace
}  // namespace cadastre::catalog
