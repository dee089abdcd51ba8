// A mask is of the order in which schemas were stated, never of the order in which they arrived.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;

class LateSchemaTest : public testing::Test {
 protected:
  struct Field {
    std::string name;
    int64_t source_id = 0;
  };

  // A schema, since a day.
  struct Stated {
    int64_t day;
    std::vector<Field> fields;
    Rank rank = Rank::kCrawl;
  };

  static v1::Aspect Schema(const std::vector<Field>& fields) {
    v1::Aspect aspect;
    aspect.mutable_schema();
    for (const Field& field : fields) {
      v1::SchemaField* out = aspect.mutable_schema()->add_fields();
      out->set_name(field.name);
      out->set_source_id(field.source_id);
    }
    return aspect;
  }
  void State(const Stated& one) {
    const std::string tool = base::Cat("tool", static_cast<int>(one.rank));
    world_.MustSay({kOrders, Schema(one.fields), one.day * 1'000'000, {}, tool, one.rank});
  }
  void Classify(const std::string& column, const std::vector<std::string>& classes = {"pii"}) {
    world_.MustSay({kOrders, Classes(classes), std::nullopt, {column}, "person", Rank::kPerson});
  }
  // Would anything told of a column so called be shown?
  bool Sees(const std::string& column) {
    bool sees = false;
    const Status status = world_.Look(reader_, [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, view.Resolve(kOrders));
      sees = view.SeesColumnPath(id, {column});
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return sees;
  }
  std::string SeenHeld(int64_t day) {
    testing_support::ReadOptions options;
    options.held_at = Timestamp(day * 1'000'000 + 1);
    return ColumnsOf(world_.PageOf(kOrders, reader_, options));
  }
  std::string Seen() { return ColumnsOf(world_.PageOf(kOrders, reader_)); }

  CatalogWorld world_;
  std::string reader_ = world_.AddPerson("reader", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
};

TEST_F(LateSchemaTest, WhatCameBetweenIsMaskedAsInOrder) {
  State({1, {{"id"}, {"ssn"}}});
  Classify("ssn");
  State({3, {{"id"}, {"tax"}}});
  ASSERT_EQ(Seen(), "id");
  State({2, {{"id"}, {"late"}}});
  EXPECT_FALSE(Sees("late"));
  EXPECT_EQ(SeenHeld(2), "id");
  EXPECT_EQ(SeenHeld(3), "id");
  EXPECT_TRUE(Sees("id"));
}

TEST_F(LateSchemaTest, OneColumnByItsSourceIsMaskedUnderEachName) {
  State({1, {{"id", 1}, {"ssn", 2}}});
  Classify("ssn");
  State({3, {{"id", 1}, {"last", 2}}});
  State({2, {{"id", 1}, {"mid", 2}}});
  State({0, {{"id", 1}, {"first", 2}}});
  for (const char* name : {"ssn", "last", "mid", "first"}) EXPECT_FALSE(Sees(name)) << name;
  EXPECT_EQ(SeenHeld(0), "id");
  EXPECT_EQ(SeenHeld(2), "id");
  EXPECT_TRUE(Sees("id"));
}

TEST_F(LateSchemaTest, WhatStandsInheritsByAnEarlierArrivalToo) {
  State({1, {{"id"}, {"ssn"}}});
  Classify("ssn");
  State({3, {{"id"}, {"ssn"}, {"fresh"}}});
  ASSERT_EQ(Seen(), "id fresh");
  State({2, {{"id"}, {"fresh"}}});
  EXPECT_EQ(Seen(), "id") << "it came in place of the classified one, which came again beside it";
}

TEST_F(LateSchemaTest, WhatWasBesideTheClassifiedStaysOpen) {
  State({1, {{"id"}, {"ssn"}}});
  Classify("ssn");
  State({5, {{"id"}, {"tax"}}});
  State({2, {{"id"}, {"ssn"}, {"note"}}});
  State({3, {{"id"}, {"note"}}});
  EXPECT_TRUE(Sees("note"));
  EXPECT_EQ(SeenHeld(2), "id note");
  EXPECT_EQ(Seen(), "id");
}

TEST_F(LateSchemaTest, WhatWasBeforeTheClassifiedStaysOpen) {
  State({1, {{"id"}, {"ssn"}}});
  Classify("ssn");
  State({3, {{"id"}, {"tax"}}});
  State({0, {{"id"}, {"first"}}});
  EXPECT_TRUE(Sees("first")) << "it left before the class came";
  EXPECT_TRUE(Sees("id"));
}

TEST_F(LateSchemaTest, AClassStatedAfterwardsReachesIt) {
  State({1, {{"id"}, {"ssn"}}});
  State({3, {{"id"}, {"tax"}}});
  State({2, {{"id"}, {"late"}}});
  ASSERT_TRUE(Sees("late"));
  Classify("ssn");
  EXPECT_FALSE(Sees("late"));
  EXPECT_FALSE(Sees("tax"));
  EXPECT_EQ(Seen(), "id");
}

TEST_F(LateSchemaTest, AClassOfItsOwnReachesWhatCameInItsPlace) {
  State({1, {{"id"}, {"ssn"}}});
  State({3, {{"id"}, {"tax"}}});
  State({2, {{"id"}, {"late"}}});
  world_.MustSay({kOrders, Classes({"pii"}), std::nullopt, {"late"}, "person", Rank::kPerson});
  EXPECT_FALSE(Sees("tax"));
  EXPECT_EQ(Seen(), "id") << "and not what was there beside it";
  EXPECT_TRUE(Sees("ssn"));
}

TEST_F(LateSchemaTest, WhatSomebodyReleasedStaysOpen) {
  State({1, {{"id"}, {"ssn"}}});
  Classify("ssn");
  State({3, {{"id"}, {"tax"}}});
  Classify("tax", {});
  ASSERT_EQ(Seen(), "id tax");
  State({2, {{"id"}, {"late"}}});
  EXPECT_EQ(Seen(), "id tax");
  EXPECT_FALSE(Sees("late"));
  Classify("late", {});
  EXPECT_TRUE(Sees("late"));
}

TEST_F(LateSchemaTest, WhatIsOutrankedIsMaskedToo) {
  State({1, {{"id"}, {"ssn"}}, Rank::kDeclared});
  Classify("ssn");
  State({3, {{"id"}, {"tax"}}, Rank::kDeclared});
  State({2, {{"id"}, {"late"}}});
  State({4, {{"id"}, {"later"}}});
  EXPECT_FALSE(Sees("late"));
  EXPECT_FALSE(Sees("later"));
  EXPECT_EQ(Seen(), "id");
}

TEST_F(LateSchemaTest, SchemasOfOneCommitAreFollowedEach) {
  State({1, {{"id"}, {"ssn"}}});
  Classify("ssn");
  world_.Put([](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "tool", Rank::kCrawl));
    Upserter upserter(&session, producer);
    for (const int64_t day : {2, 3}) {
      ASSIGN_OR_RETURN(auto permit, session.PermitPush(kOrders));
      AspectWrite write;
      write.aspect = Schema({{"id"}, {day == 2 ? "late" : "tax"}});
      write.held = Timestamp(day * 1'000'000);
      RETURN_IF_ERROR(upserter.Upsert(std::move(permit), std::move(write)).status());
    }
    return upserter.Finish();
  });
  EXPECT_FALSE(Sees("late"));
  EXPECT_EQ(Seen(), "id");
}

// All orders of four schemas hide the same.
TEST_F(LateSchemaTest, NoOrderOfArrivalShowsMore) {
  const std::vector<Stated> rest = {
      {2, {{"id"}, {"b"}}}, {3, {{"id"}, {"b"}, {"c"}}}, {4, {{"id"}, {"d"}}}, {5, {{"id"}, {"e"}, {"ssn"}}}};
  std::vector<size_t> order = {0, 1, 2, 3};
  do {
    const AssetName asset = Table(base::Cat("shop.t", order[0], order[1], order[2], order[3]));
    const auto state = [&](const Stated& one) { world_.MustSay({asset, Schema(one.fields), one.day * 1'000'000}); };
    state({1, {{"id"}, {"ssn"}}});
    world_.MustSay({asset, Classes({"pii"}), std::nullopt, {"ssn"}, "person", Rank::kPerson});
    for (const size_t i : order) state(rest[i]);
    const Status status = world_.Look(reader_, [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, view.Resolve(asset));
      for (const char* name : {"b", "c", "d", "e", "ssn"}) {
        EXPECT_FALSE(view.SeesColumnPath(id, {name})) << name << " " << asset.name;
      }
      EXPECT_TRUE(view.SeesColumnPath(id, {"id"})) << asset.name;
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace cadastre::catalog
