#include "catalog/alias.h"

#include <gmock/gmock.h>

#include "catalog/lifecycle.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

const AssetName kTable = Table("shop.orders");
const AssetName kTrino = {AssetKind::kDataset, "trino://gate:8080", "pg.shop.orders"};

Status Alias(authz::WriteSession& session, bool take_back, std::string_view tool = "trino",
             Rank rank = Rank::kDeclared) {
  ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, tool, rank));
  RETURN_IF_ERROR(session.Intern(testing_support::RowsOf(session), kTable).status());
  ASSIGN_OR_RETURN(const AssetId to, session.Intern(testing_support::RowsOf(session), kTrino));
  ASSIGN_OR_RETURN(auto permit, session.PermitPush(kTable));
  return take_back ? TakeBackAlias(session, std::move(permit), producer, to, "TABLE").status()
                   : RecordAlias(session, std::move(permit), producer, to, "TABLE").status();
}

void SetGone(CatalogWorld& world, bool gone) {
  world.Put([&](authz::WriteSession& session) -> Status {
    session.ShowDeleted();
    ASSIGN_OR_RETURN(auto permit, session.PermitEdit<authz::Privilege::kEditTechnical>(kTable));
    return SetDeleted(session, std::move(permit), gone);
  });
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
  own.set_namespace_(kTable.ns);
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

// A merge brings what the one name carries to the other: who sees one alone would read it off.
TEST(Alias, WhoSeesOneNameMergesItWithNoHiddenOne) {
  CatalogWorld world;
  world.MustSay({kTable, Columns({"iban", "id"}), 10});
  world.MustSay({kTrino, Columns({"iban"}), 10});
  world.MustSay({kTrino, Classes({"pii"}), 10, {"iban"}, "person", Rank::kPerson});
  const auto in = [](const AssetName& name) {
    record::Scope scope;
    scope.set_namespace_(name.ns);
    return scope;
  };
  const record::Grant push = CatalogWorld::Allow({authz::Privilege::kPush});
  const auto reads = [&](const AssetName& name) {
    return CatalogWorld::Allow({authz::Privilege::kBrowse, authz::Privilege::kRead}, in(name));
  };
  const auto say = [&](const std::string& bearer) {
    const StatusOr<Revision> said = world.Write(CatalogWorld::WriteCall(bearer),
                                                [&](authz::WriteSession& session) { return Alias(session, false); });
    EXPECT_TRUE(said.ok()) << said.status();
  };
  const std::string one = world.AddPerson("one", {push, reads(kTable)});
  const std::string other = world.AddPerson("other", {push, reads(kTrino)});
  for (const std::string& bearer : {one, other}) {
    say(bearer);
    EXPECT_EQ(ColumnsOf(world.PageOf(kTable, one)), "iban id");
  }
  // Deleted for a while, it would be there again.
  SetGone(world, true);
  say(one);
  SetGone(world, false);
  EXPECT_EQ(ColumnsOf(world.PageOf(kTable, one)), "iban id");
  say(world.AddPerson("both", {push, reads(kTable), reads(kTrino)}));
  EXPECT_EQ(ColumnsOf(world.PageOf(kTable, one)), "id");
}

// Services that push as a rule browse nothing.
TEST(Alias, WhoSeesNothingOfTwoNamesMergesThem) {
  CatalogWorld world;
  const AssetName alias = {AssetKind::kDataset, "s3://l", "shop/orders"};
  for (const AssetName& name : {kTable, kTrino, alias}) world.MustSay({name, Doc("of " + name.ns), 10});
  record::Scope seen;
  seen.set_namespace_(alias.ns);
  const record::Grant push = CatalogWorld::Allow({authz::Privilege::kPush});
  const auto merged_by = [&](const std::string& bearer) {
    bool merged = false;
    const StatusOr<Revision> said =
        world.Write(CatalogWorld::WriteCall(bearer), [&](authz::WriteSession& session) -> Status {
          RETURN_IF_ERROR(Alias(session, false));
          ASSIGN_OR_RETURN(const auto names, session.SetOf(*session.FindName(kTrino)));
          merged = names.size() > 1;
          return absl::OkStatus();
        });
    EXPECT_TRUE(said.ok()) << said.status();
    return merged;
  };
  // What he sees through a third name would change as well.
  world.Put([&](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "trino", Rank::kDeclared));
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(kTable));
    return RecordAlias(session, std::move(permit), producer, *session.FindName(alias), "TABLE").status();
  });
  EXPECT_FALSE(merged_by(world.AddPerson("seeing", {push, CatalogWorld::Allow({authz::Privilege::kBrowse}, seen)})));
  EXPECT_TRUE(merged_by(world.AddPerson("blind", {push})));
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

// Push on one side alone: claim, then take back.
TEST(Alias, NobodyBreaksAMergeHeCouldNotMake) {
  CatalogWorld world;
  world.MustSay({kTrino, Doc("through the gate"), 10});
  world.MustSay({kTable, Columns({"id"}), 10});
  world.Put([](authz::WriteSession& session) { return Alias(session, false); });
  record::Scope one_side;
  one_side.set_namespace_(kTable.ns);
  const std::string pusher = world.AddPerson("pusher", {CatalogWorld::Allow({authz::Privilege::kPush}, one_side)});
  for (const bool take_back : {false, true}) {
    ASSERT_TRUE(
        world
            .Write(CatalogWorld::WriteCall(pusher),
                   [&](authz::WriteSession& session) { return Alias(session, take_back, "trino", Rank::kPerson); })
            .ok());
    EXPECT_EQ(DocOf(world.PageOf(kTable)), "through the gate") << take_back;
  }
}

TEST(Alias, AMergeOfAnotherIsTakenBackByAPersonWithTheRight) {
  CatalogWorld world;
  world.MustSay({kTrino, Doc("through the gate"), 10});
  world.MustSay({kTable, Columns({"id"}), 10});
  world.Put([](authz::WriteSession& session) { return Alias(session, false); });
  const auto tender =
      world.AddPerson("tender", {CatalogWorld::Allow({authz::Privilege::kBrowse, authz::Privilege::kEditTechnical})});
  ASSERT_TRUE(world
                  .Write(CatalogWorld::WriteCall(tender),
                         [](authz::WriteSession& session) -> Status {
                           ASSIGN_OR_RETURN(const Producer person, InternProducer(session, kPersonTool, Rank::kPerson));
                           ASSIGN_OR_RETURN(auto from, session.PermitEdit<authz::Privilege::kEditTechnical>(kTrino));
                           ASSIGN_OR_RETURN(auto to, session.PermitEdit<authz::Privilege::kEditTechnical>(kTable));
                           return TakeBackAlias(session, std::move(from), std::move(to), person, "TABLE");
                         })
                  .ok());
  EXPECT_EQ(DocOf(world.PageOf(kTable)), "");
  world.Put([](authz::WriteSession& session) { return Alias(session, false); });
  EXPECT_EQ(DocOf(world.PageOf(kTable)), "") << "a pipeline that goes on saying it does not outweigh a person";
}

TEST(Alias, OfTwoOfOneRankTheNewerStatementStands) {
  CatalogWorld world;
  world.MustSay({kTrino, Doc("through the gate"), 10});
  world.MustSay({kTable, Columns({"id"}), 10});
  world.Put([](authz::WriteSession& session) { return Alias(session, false, "one", Rank::kPerson); });
  world.Put([](authz::WriteSession& session) { return Alias(session, true, "other", Rank::kPerson); });
  EXPECT_EQ(DocOf(world.PageOf(kTable)), "");
  world.clock().Advance(std::chrono::seconds(1));
  world.Put([](authz::WriteSession& session) { return Alias(session, false, "one", Rank::kPerson); });
  EXPECT_EQ(DocOf(world.PageOf(kTable)), "through the gate");
}

// A deny or a class of one name holds for all while they are one; who it holds for does not part them.
class PartingTest : public testing::Test {
 protected:
  PartingTest() {
    world_.MustSay({kTable, Columns({"iban"}), 10});
    world_.MustSay({kTable, Doc("of the shop"), 10});
    world_.MustSay({kTrino, Columns({"IBAN"}), 10});
    world_.Put([](authz::WriteSession& session) { return Alias(session, false); });
  }
  static record::Grant Denied(authz::Privilege privilege) {
    record::Scope scope;
    scope.set_namespace_(kTrino.ns);
    record::Grant deny = CatalogWorld::Allow({privilege}, scope);
    deny.set_deny(true);
    return deny;
  }
  Status TakeBack(const std::string& bearer) {
    return world_
        .Write(CatalogWorld::WriteCall(bearer),
               [](authz::WriteSession& session) { return Alias(session, true, "person", Rank::kPerson); })
        .status();
  }
  Status TakeBackByTending(const std::string& bearer) {
    return world_
        .Write(CatalogWorld::WriteCall(bearer),
               [](authz::WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "person", Rank::kPerson));
                 ASSIGN_OR_RETURN(auto from, session.PermitEdit<authz::Privilege::kEditTechnical>(kTable));
                 ASSIGN_OR_RETURN(auto to, session.PermitEdit<authz::Privilege::kEditTechnical>(kTrino));
                 return TakeBackAlias(session, std::move(from), std::move(to), producer, "TABLE");
               })
        .status();
  }
  bool AreOne() {
    const auto page = world_.PageOf(kTrino);
    return DocOf(page) == "of the shop";
  }

  CatalogWorld world_;
  const std::vector<authz::Privilege> kTends = {authz::Privilege::kBrowse, authz::Privilege::kRead,
                                                authz::Privilege::kPush, authz::Privilege::kEditTechnical};
};

TEST_F(PartingTest, ADenyOfOneNameIsNotLeftByPartingThem) {
  const std::string barred = world_.AddPerson("barred", {CatalogWorld::Allow(kTends), Denied(authz::Privilege::kRead)});
  ASSERT_EQ(DocOf(world_.PageOf(kTable, barred)), "");
  for (const Status& status : {TakeBack(barred), TakeBackByTending(barred)}) {
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  }
  EXPECT_TRUE(AreOne());
  EXPECT_EQ(DocOf(world_.PageOf(kTable, barred)), "");
  const std::string free = world_.AddPerson("free", {CatalogWorld::Allow(kTends)});
  EXPECT_TRUE(TakeBackByTending(free).ok()) << "another parts them";
  EXPECT_FALSE(AreOne());
}

TEST_F(PartingTest, AMaskOfOneNameIsNotLeftByPartingThem) {
  world_.MustSay({kTable, Classes({"pii"}), 10, {"iban"}, "person", Rank::kPerson});
  const std::string masked = world_.AddPerson("masked", {CatalogWorld::Allow(kTends)});
  ASSERT_EQ(ColumnsOf(world_.PageOf(kTrino, masked)), "");
  for (const Status& status : {TakeBack(masked), TakeBackByTending(masked)}) {
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  }
  EXPECT_TRUE(AreOne());
  EXPECT_EQ(ColumnsOf(world_.PageOf(kTrino, masked)), "");
}

TEST_F(PartingTest, OnesOwnStatementIsNotWithdrawnEither) {
  const std::string barred = world_.AddPerson("barred", {CatalogWorld::Allow(kTends), Denied(authz::Privilege::kRead)});
  const auto say = [&](bool take_back) {
    return world_
        .Write(CatalogWorld::WriteCall(barred),
               [&](authz::WriteSession& session) { return Alias(session, take_back, "person", Rank::kPerson); })
        .status();
  };
  ASSERT_TRUE(TakeBack(world_.admin()).ok());
  ASSERT_FALSE(AreOne());
  ASSERT_TRUE(say(false).ok());
  ASSERT_TRUE(AreOne());
  EXPECT_TRUE(absl::IsPermissionDenied(say(true)));
  EXPECT_TRUE(AreOne());
}

TEST_F(PartingTest, OfHiddenNamesNothingIsToldAndNothingParted) {
  const std::string blind = world_.AddPerson("blind", {CatalogWorld::Allow(kTends), Denied(authz::Privilege::kBrowse)});
  ASSERT_FALSE(world_.PageOf(kTable, blind).has_value());
  EXPECT_TRUE(TakeBack(blind).ok());
  EXPECT_TRUE(AreOne());
  EXPECT_FALSE(world_.PageOf(kTable, blind).has_value());
}

}  // namespace
}  // namespace cadastre::catalog
