// Edits at once: entries that are added or removed lose nothing of one another, and whole values are replaced only by
// who has read them.
#include <gmock/gmock.h>

#include <set>

#include "catalog/alias.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;
using Change = AspectWrite::Change;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const AssetName kMirror = {AssetKind::kDataset, "trino://gate:8080", "pg.shop.orders"};

CatalogWorld::Word Changed(v1::Aspect aspect, Change change, const std::string& tool = "person",
                           Rank rank = Rank::kPerson) {
  CatalogWorld::Word word{kOrders, std::move(aspect), {}, {}, tool, rank};
  word.change = change;
  return word;
}

std::set<std::string> TagsOf(const std::optional<AssetPage>& page) {
  std::set<std::string> keys;
  const v1::Aspect* tags = AspectOf(page, v1::Aspect::kTags);
  if (tags != nullptr) {
    for (const v1::Tags::Tag& tag : tags->tags().tags()) keys.insert(tag.key());
  }
  return keys;
}

std::string EtagOf(const std::optional<AssetPage>& page, uint32_t number) {
  for (const MergedAspect& aspect : page->aspects) {
    if (aspect.number == number) return aspect.etag;
  }
  return "";
}

void Merge(CatalogWorld& world) {
  world.Put([](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "trino", Rank::kDeclared));
    ASSIGN_OR_RETURN(const AssetId to, session.Intern(testing_support::RowsOf(session), kMirror));
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(kOrders));
    return RecordAlias(session, std::move(permit), producer, to, "TABLE").status();
  });
}

TEST(Adding, WritersAtOnceLoseNothing) {
  CatalogWorld world;
  for (int round = 0; round < 3; ++round) {
    const int failed = world.WriteAtOnce(8, [&](authz::WriteSession& session, int i) {
      return CatalogWorld::SayIn(session, Changed(Tagged({base::Cat("t", round, "_", i)}), Change::kAdd));
    });
    EXPECT_EQ(failed, 0);
    EXPECT_THAT(TagsOf(world.PageOf(kOrders)), SizeIs(8 * (round + 1)));
  }
  const int failed = world.WriteAtOnce(8, [&](authz::WriteSession& session, int i) {
    return CatalogWorld::SayIn(session, Changed(Tagged({base::Cat("t0_", i)}), Change::kRemove));
  });
  EXPECT_EQ(failed, 0);
  EXPECT_THAT(TagsOf(world.PageOf(kOrders)), SizeIs(16));
}

TEST(Adding, WhatIsStatedAlreadyMovesNoRevision) {
  CatalogWorld world;
  world.MustSay(Changed(Tagged({"a", "b"}), Change::kAdd));
  const Revision before = world.house().published()->revision;
  world.MustSay(Changed(Tagged({"b"}), Change::kAdd));
  EXPECT_EQ(world.house().published()->revision, before);
}

TEST(Adding, TakesADenialOfItsOwnBack) {
  CatalogWorld world;
  world.MustSay(Changed(Tagged({"raw"}, true), Change::kAdd));
  EXPECT_THAT(TagsOf(world.PageOf(kOrders)), IsEmpty());
  world.MustSay(Changed(Tagged({"raw"}), Change::kAdd));
  EXPECT_THAT(TagsOf(world.PageOf(kOrders)), ElementsAre("raw"));
}

TEST(Adding, TheBoundOfAListHoldsForWhatItGrowsTo) {
  CatalogWorld world;
  for (int i = 0; i < 64; ++i) world.MustSay(Changed(Classes({base::Cat("c", i)}), Change::kAdd));
  EXPECT_TRUE(absl::IsInvalidArgument(world.Say(Changed(Classes({"one more"}), Change::kAdd)).status()));
}

TEST(Adding, IsForListsOfAssertionsAndForNow) {
  CatalogWorld world;
  EXPECT_TRUE(absl::IsInvalidArgument(world.Say(Changed(Doc("text"), Change::kAdd)).status()));
  CatalogWorld::Word past = Changed(Tagged({"a"}), Change::kAdd);
  past.held = 10;
  EXPECT_TRUE(absl::IsInvalidArgument(world.Say(past).status()));
}

TEST(Removing, DeniesWhatOthersStateAndNothingElse) {
  CatalogWorld world;
  world.MustSay({kOrders, Tagged({"theirs", "kept"}), 10, {}, "dbt", Rank::kDeclared});
  world.MustSay(Changed(Tagged({"mine"}), Change::kAdd));
  world.MustSay(Changed(Tagged({"mine", "theirs"}), Change::kRemove));
  EXPECT_THAT(TagsOf(world.PageOf(kOrders)), ElementsAre("kept"));
  // What was mine alone leaves no denial behind: another may state it.
  world.MustSay({kOrders, Tagged({"theirs", "kept", "mine"}), 20, {}, "dbt", Rank::kDeclared});
  EXPECT_THAT(TagsOf(world.PageOf(kOrders)), ElementsAre("kept", "mine"));
}

TEST(Removing, WhatNobodyStatesIsNotFound) {
  CatalogWorld world;
  world.MustSay(Changed(Tagged({"mine"}), Change::kAdd));
  EXPECT_TRUE(absl::IsNotFound(world.Say(Changed(Tagged({"other"}), Change::kRemove)).status()));
  world.MustSay(Changed(Tagged({"mine"}), Change::kRemove));
  EXPECT_TRUE(absl::IsNotFound(world.Say(Changed(Tagged({"mine"}), Change::kRemove)).status()));
  CatalogWorld::Word column = Changed(Tagged({"mine"}), Change::kRemove);
  column.column = {"nowhere"};
  EXPECT_TRUE(absl::IsNotFound(world.Say(column).status()));
}

TEST(Removing, AnEmptyValueMeansAny) {
  CatalogWorld world;
  v1::Aspect gold = Tagged({"tier"});
  gold.mutable_tags()->mutable_tags(0)->set_value("gold");
  world.MustSay(Changed(gold, Change::kAdd));
  v1::Aspect silver = gold;
  silver.mutable_tags()->mutable_tags(0)->set_value("silver");
  EXPECT_TRUE(absl::IsNotFound(world.Say(Changed(silver, Change::kRemove)).status()));
  world.MustSay(Changed(Tagged({"tier"}), Change::kRemove));
  EXPECT_THAT(TagsOf(world.PageOf(kOrders)), IsEmpty());
}

// What a merged name's producers state is on the page, so it is what there is to remove.
TEST(Removing, ReachesWhatAMergedNameStates) {
  CatalogWorld world;
  world.MustSay({kMirror, Tagged({"theirs"}), 10, {}, "dbt", Rank::kDeclared});
  world.MustSay({kOrders, Doc("text"), 10});
  Merge(world);
  ASSERT_THAT(TagsOf(world.PageOf(kOrders)), ElementsAre("theirs"));
  world.MustSay(Changed(Tagged({"theirs"}), Change::kRemove));
  EXPECT_THAT(TagsOf(world.PageOf(kOrders)), IsEmpty());
}

TEST(Etag, IsTheSameReadAndCheckedOnAMergedAsset) {
  CatalogWorld world;
  world.MustSay({kOrders, Tagged({"here"}), 10});
  world.MustSay({kMirror, Tagged({"there"}), 10, {}, "dbt", Rank::kDeclared});
  Merge(world);
  CatalogWorld::Word edit{kOrders, Tagged({"edited"}), {}, {}, "person", Rank::kPerson};
  edit.etag = EtagOf(world.PageOf(kOrders), v1::Aspect::kTags);
  world.MustSay(edit);
  EXPECT_TRUE(absl::IsAborted(world.Say(edit).status())) << "it was changed since";
  // Also by what another says of the other name.
  edit.etag = EtagOf(world.PageOf(kOrders), v1::Aspect::kTags);
  world.MustSay({kMirror, Tagged({"elsewhere"}), 20, {}, "dbt", Rank::kDeclared});
  EXPECT_TRUE(absl::IsAborted(world.Say(edit).status()));
}

TEST(Etag, IsTheSameReadAndCheckedOnAMaskedAsset) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id", "iban"}), 10});
  world.MustSay({kOrders, Classes({"pii"}), 10, {"iban"}, "person", Rank::kPerson});
  const std::string viewer =
      world.AddPerson("vera", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kPush})});
  ASSERT_EQ(ColumnsOf(world.PageOf(kOrders, viewer)), "id");
  // A column that came after a classified one vanished would be masked like it, so the edit is one that she reads.
  CatalogWorld::Word edit{kOrders, Columns({"id"}), {}, {}, "vera"};
  edit.aspect.mutable_schema()->mutable_fields(0)->set_type("int");
  edit.etag = EtagOf(world.PageOf(kOrders, viewer), v1::Aspect::kSchema);
  const StatusOr<Revision> said = world.SayAs(viewer, edit);
  EXPECT_TRUE(said.ok()) << said.status();
  EXPECT_TRUE(absl::IsAborted(world.SayAs(viewer, edit).status())) << "it was changed since";
}

// Each of them states it as another producer, so that no row of theirs is the same.
TEST(Etag, OfEditsAtOnceOneStands) {
  // Which of them meets what is committed but not yet read is chance, so it is tried often.
  for (int round = 0; round < 20; ++round) {
    CatalogWorld world;
    world.MustSay({kOrders, Doc("first"), 10});
    const std::string etag = EtagOf(world.PageOf(kOrders), v1::Aspect::kDocumentation);
    const int failed = world.WriteAtOnce(8, [&](authz::WriteSession& session, int i) {
      CatalogWorld::Word word{kOrders, Doc(base::Cat("by ", i)), {}, {}, base::Cat("tool", i), Rank::kPerson};
      word.etag = etag;
      return CatalogWorld::SayIn(session, word);
    });
    ASSERT_EQ(failed, 7) << "round " << round;
  }
}

TEST(Absent, OfEditsAtOnceOneStands) {
  const auto first = [](int i) {
    CatalogWorld::Word word{kOrders, Doc(base::Cat("by ", i)), {}, {}, base::Cat("tool", i), Rank::kPerson};
    word.absent = true;
    return word;
  };
  for (int round = 0; round < 20; ++round) {
    CatalogWorld world;
    world.MustSay({kOrders, Tagged({"exists"}), 10});
    const int failed = world.WriteAtOnce(
        8, [&](authz::WriteSession& session, int i) { return CatalogWorld::SayIn(session, first(i)); });
    ASSERT_EQ(failed, 7) << "round " << round;
    EXPECT_TRUE(absl::IsAlreadyExists(world.Say(first(9)).status()));
  }
}

}  // namespace
}  // namespace cadastre::catalog
