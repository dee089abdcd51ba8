#include "catalog/alias.h"

#include <gmock/gmock.h>

#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

const AssetName kTable = Table("shop.orders");
const AssetName kTrino = {AssetKind::kDataset, "trino://gate:8080", "pg.shop.orders"};

Status Alias(authz::WriteSession& session, bool take_back) {
  ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "trino", Rank::kDeclared));
  ASSIGN_OR_RETURN(const AssetId from, session.Intern(kTable));
  ASSIGN_OR_RETURN(const AssetId to, session.Intern(kTrino));
  return RecordAlias(session, producer, from, to, "TABLE", take_back).status();
}

TEST(Alias, MergedNamesShowOnePage) {
  CatalogWorld world;
  world.MustSay({kTable, Columns({"id"}), 10});
  world.MustSay({kTrino, Doc("through the gate"), 10});
  world.Put([](authz::WriteSession& session) { return Alias(session, false); });
  EXPECT_EQ(DocOf(world.PageOf(kTable)), "through the gate");
  EXPECT_EQ(ColumnsOf(world.PageOf(kTrino)), "id");
}

TEST(Alias, TakingItBackPartsThePages) {
  CatalogWorld world;
  world.MustSay({kTable, Columns({"id"}), 10});
  world.MustSay({kTrino, Doc("through the gate"), 10});
  world.Put([](authz::WriteSession& session) { return Alias(session, false); });
  world.Put([](authz::WriteSession& session) { return Alias(session, true); });
  EXPECT_EQ(DocOf(world.PageOf(kTable)), "");
  EXPECT_EQ(ColumnsOf(world.PageOf(kTrino)), "");
}

// Else whoever may push one name could read another through it.
TEST(Alias, WithoutPushOnBothNamesItIsAClaim) {
  CatalogWorld world;
  world.MustSay({kTable, Columns({"id"}), 10});
  world.MustSay({kTrino, Doc("through the gate"), 10});
  record::Scope own;
  own.set_namespace_(kTrino.ns);
  const std::string pusher =
      world.AddPerson("pusher", {CatalogWorld::Allow({authz::Privilege::kPush, authz::Privilege::kBrowse}, own)});
  const StatusOr<Revision> said =
      world.Write(CatalogWorld::WriteCall(pusher), [](authz::WriteSession& session) { return Alias(session, false); });
  ASSERT_TRUE(said.ok()) << said.status();
  const std::optional<AssetPage> page = world.PageOf(kTable);
  EXPECT_EQ(DocOf(page), "");
  ASSERT_EQ(page->aliases.size(), 1u);
  EXPECT_EQ(page->aliases[0].standing, AliasStanding::kClaimed);
}

TEST(Alias, AHiddenNameIsNoAlias) {
  CatalogWorld world;
  world.MustSay({kTable, Columns({"id"}), 10});
  world.MustSay({kTrino, Doc("through the gate"), 10});
  world.Put([](authz::WriteSession& session) { return Alias(session, false); });
  record::Scope own;
  own.set_namespace_(kTable.ns);
  const std::string reader =
      world.AddPerson("reader", {CatalogWorld::Allow({authz::Privilege::kBrowse, authz::Privilege::kRead}, own)});
  const std::optional<AssetPage> page = world.PageOf(kTable, reader);
  ASSERT_TRUE(page);
  EXPECT_TRUE(page->aliases.empty());
  EXPECT_EQ(DocOf(page), "");
}

}  // namespace
}  // namespace cadastre::catalog
