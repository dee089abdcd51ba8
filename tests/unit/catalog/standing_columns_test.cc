#include "catalog/standing_columns.h"

#include "catalog/alias.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

bool Stands(CatalogWorld& world, const std::string& bearer, const std::vector<std::string>& path) {
  bool stands = false;
  const Status status = world.Look(bearer, [&](authz::GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const AssetId id, view.Resolve(kOrders));
    ASSIGN_OR_RETURN(const StandingColumns columns, FindStandingColumns(view, id));
    stands = columns.Has(path);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return stands;
}

TEST(StandingColumns, AreThoseOfTheNewestSchema) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("no schema yet"), 1});
  EXPECT_TRUE(Stands(world, world.admin(), {"any"}));
  world.MustSay({kOrders, Columns({"id", "fax"}), 10});
  world.MustSay({kOrders, Columns({"id", "email"}), 20});
  EXPECT_TRUE(Stands(world, world.admin(), {"email"}));
  EXPECT_FALSE(Stands(world, world.admin(), {"fax"}));
}

// Many sources state the columns that somebody described, and lineage of the others.
TEST(StandingColumns, AreAlsoThoseThatNoSchemaEverNamed) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id"}), 10});
  EXPECT_TRUE(Stands(world, world.admin(), {"country"}));
  world.MustSay({kOrders, Columns({"id", "country"}), 20});
  world.MustSay({kOrders, Columns({"id"}), 30});
  EXPECT_FALSE(Stands(world, world.admin(), {"country"}));
}

TEST(StandingColumns, AreNotWhatTheyWereCalledBefore) {
  CatalogWorld world;
  v1::Aspect schema = Columns({"email"});
  schema.mutable_schema()->mutable_fields(0)->set_source_id(5);
  world.MustSay({kOrders, schema, 10});
  schema.mutable_schema()->mutable_fields(0)->set_name("contact");
  world.MustSay({kOrders, schema, 20});
  EXPECT_TRUE(Stands(world, world.admin(), {"contact"}));
  EXPECT_FALSE(Stands(world, world.admin(), {"email"}));
}

TEST(StandingColumns, AreKnownByAnyWayToWriteThem) {
  CatalogWorld world;
  v1::Aspect schema = Columns({"Id", "address", "extra"});
  schema.mutable_schema()->mutable_fields(1)->add_fields()->set_name("city");
  v1::Aspect before = schema;
  before.mutable_schema()->mutable_fields(1)->add_fields()->set_name("street");
  before.mutable_schema()->add_fields()->set_name("Fax");
  world.MustSay({kOrders, before, 5});
  world.MustSay({kOrders, schema, 10});
  EXPECT_TRUE(Stands(world, world.admin(), {"ID"}));
  EXPECT_TRUE(Stands(world, world.admin(), {"address"}));
  EXPECT_TRUE(Stands(world, world.admin(), {"address", "city"}));
  EXPECT_TRUE(Stands(world, world.admin(), {"address.city"}));
  EXPECT_FALSE(Stands(world, world.admin(), {"address", "street"}));
  EXPECT_TRUE(Stands(world, world.admin(), {"extra", "key"})) << "the schema does not take it apart";
  EXPECT_FALSE(Stands(world, world.admin(), {"address.street"}));
  EXPECT_FALSE(Stands(world, world.admin(), {"fax"}));
  EXPECT_FALSE(Stands(world, world.admin(), {"FAX", "area"})) << "it went with the column it was within";
}

// Who may not read the schema is told nothing of what it holds.
TEST(StandingColumns, OfAHiddenSchemaAllStand) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id", "gone"}), 5});
  world.MustSay({kOrders, Columns({"id"}), 10});
  const std::string viewer = world.AddPerson("vera", {CatalogWorld::Allow({authz::Privilege::kBrowse})});
  EXPECT_TRUE(Stands(world, viewer, {"gone"}));
  EXPECT_FALSE(Stands(world, world.admin(), {"gone"}));
}

// Of two names of one thing, a change of hidden columns alone makes the schema of neither the newer.
TEST(StandingColumns, AHiddenChangeOfAMergedSchemaLooksMissing) {
  CatalogWorld world;
  const AssetName other = Table("shop.orders_now");
  world.MustSay({kOrders, Columns({"id", "gone"}), 5});
  world.MustSay({kOrders, Columns({"id"}), 10});
  world.MustSay({other, Columns({"id", "gone"}), 20});
  world.Put([&](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
    ASSIGN_OR_RETURN(const AssetId to, session.Intern(testing_support::RowsOf(session), other));
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(kOrders));
    return RecordAlias(session, std::move(permit), producer, to, "TABLE").status();
  });
  const std::string viewer =
      world.AddPerson("vera", {CatalogWorld::Allow({authz::Privilege::kBrowse, authz::Privilege::kRead})});
  ASSERT_TRUE(Stands(world, viewer, {"gone"}));
  world.MustSay({kOrders, Columns({"id", "secret"}), 30});
  world.MustSay({kOrders, Classes({"pii"}), std::nullopt, {"secret"}, "person", Rank::kPerson});
  EXPECT_TRUE(Stands(world, viewer, {"gone"}));
  EXPECT_FALSE(Stands(world, world.admin(), {"gone"}));
}

}  // namespace
}  // namespace cadastre::catalog
