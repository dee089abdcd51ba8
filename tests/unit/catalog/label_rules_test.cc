// Who may set a label that policy reads: each test is an attack, and fails where the rule is taken out.
#include <gtest/gtest.h>

#include "catalog/alias.h"
#include "catalog/index_text.h"
#include "catalog/labels.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;

const AssetName kOpenSchema = {AssetKind::kContainer, "open", "schema"};
const AssetName kShop = {AssetKind::kContainer, "postgres://db:5432", "shop"};
const AssetName kDomain = {AssetKind::kDomain, "house", "sales"};
const AssetName kOtherDomain = {AssetKind::kDomain, "house", "people"};
const AssetName kRawOrders = {AssetKind::kDataset, "s3://l", "shop/orders"};

v1::Aspect In(const AssetName& container) {
  v1::Aspect aspect;
  *aspect.mutable_container()->mutable_container() = RefOfName(container);
  return aspect;
}
v1::Aspect InDomain(const AssetName& domain) {
  v1::Aspect aspect;
  *aspect.mutable_domain()->mutable_domain() = RefOfName(domain);
  return aspect;
}
v1::Aspect OwnedBy(const std::string& owner) {
  v1::Aspect aspect;
  aspect.mutable_ownership()->add_owners()->set_owner(owner);
  return aspect;
}
v1::Aspect Certified() {
  v1::Aspect aspect;
  aspect.mutable_certification()->set_level("gold");
  return aspect;
}
v1::Aspect Deprecated() {
  v1::Aspect aspect;
  aspect.mutable_deprecation()->set_deprecated(true);
  return aspect;
}

v1::Aspect NotOwnedBy(const std::string& owner) {
  v1::Aspect aspect = OwnedBy(owner);
  aspect.mutable_ownership()->mutable_owners(0)->set_denied(true);
  return aspect;
}
v1::Aspect NotOfClass(const std::string& name) {
  v1::Aspect aspect = Classes({name});
  aspect.mutable_classifications()->mutable_classifications(0)->set_denied(true);
  return aspect;
}
record::Grant ShutOut(const std::vector<Privilege>& privileges, const record::Scope& scope) {
  record::Grant grant = CatalogWorld::Allow(privileges, scope);
  grant.set_deny(true);
  return grant;
}

record::Scope Namespace(const std::string& text) {
  record::Scope scope;
  scope.set_namespace_(text);
  return scope;
}

class LabelRulesTest : public testing::Test {
 protected:
  LabelRulesTest() {
    for (const AssetName& name : {kOrders, kOpenSchema, kShop, kDomain}) ids_[name] = world_.PutAsset(name);
    world_.MustSay({kOrders, Doc("secret plans")});
  }

  record::Scope Within(const AssetName& container) {
    record::Scope scope;
    if (container.kind == AssetKind::kDomain) {
      scope.set_domain(ids_.at(container).value());
    } else {
      scope.set_container(ids_.at(container).value());
    }
    return scope;
  }

  // As the edit of a person; true where it was kept as a claim.
  template <Privilege kPrivilege>
  StatusOr<bool> Edit(const std::string& bearer, const AssetName& asset, const v1::Aspect& aspect,
                      const std::vector<std::string>& column = {}, bool withdraw = false) {
    bool claim = false;
    const Status status =
        world_
            .Write(CatalogWorld::WriteCall(bearer),
                   [&](authz::WriteSession& session) -> Status {
                     ASSIGN_OR_RETURN(auto permit, session.PermitEdit<kPrivilege>(asset));
                     return State(session, std::move(permit), {asset, aspect, column, withdraw}, &claim);
                   })
            .status();
    if (!status.ok()) return status;
    return claim;
  }
  StatusOr<bool> Push(const std::string& bearer, const AssetName& asset, const v1::Aspect& aspect) {
    bool claim = false;
    const Status status = world_
                              .Write(CatalogWorld::WriteCall(bearer),
                                     [&](authz::WriteSession& session) -> Status {
                                       ASSIGN_OR_RETURN(auto permit, session.PermitPush(asset));
                                       return State(session, std::move(permit), {asset, aspect, {}, false}, &claim);
                                     })
                              .status();
    if (!status.ok()) return status;
    return claim;
  }
  bool Reads(const std::string& bearer, const AssetName& asset) { return !DocOf(world_.PageOf(asset, bearer)).empty(); }
  const authz::AssetLabels& Labels(const AssetName& name) {
    published_ = world_.house().published();
    return published_->labels.Of(ids_.at(name));
  }

  CatalogWorld world_;
  std::map<AssetName, AssetId> ids_;

  struct Said {
    AssetName asset;
    v1::Aspect aspect;
    std::vector<std::string> column;
    bool withdraw;
    AspectWrite::Change change = AspectWrite::Change::kSet;
    bool allow_unknown_column = false;
  };
  // Of a column each: what may be said of it and taken from it.
  static std::vector<Said> Edits() {
    using Change = AspectWrite::Change;
    return {{kOrders, Doc("of a bank"), {}, false},
            {kOrders, Doc(""), {}, true},
            {kOrders, Tagged({"large"}), {}, false},
            {kOrders, Tagged({"large"}), {}, false, Change::kAdd},
            {kOrders, Tagged({"large"}), {}, false, Change::kRemove},
            {kOrders, Classes({"bank"}), {}, false},
            {kOrders, Classes({"pii"}), {}, false, Change::kRemove},
            {kOrders, Classes({}), {}, true}};
  }
  // By the kind's own privilege or by `push`, as the service does.
  StatusOr<bool> Try(const std::string& bearer, const Said& said, bool by_push) {
    bool claim = false;
    const auto run = [&](authz::WriteSession& session) -> Status {
      if (by_push) {
        ASSIGN_OR_RETURN(auto permit, session.PermitPush(said.asset));
        return State(session, std::move(permit), said, &claim);
      }
      if (said.aspect.has_documentation()) {
        ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditDocs>(said.asset));
        return State(session, std::move(permit), said, &claim);
      }
      ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditTags>(said.asset));
      return State(session, std::move(permit), said, &claim);
    };
    const Status status = world_.Write(CatalogWorld::WriteCall(bearer), run).status();
    if (!status.ok()) return status;
    return claim;
  }
  template <Privilege kPrivilege>
  static Status State(authz::WriteSession& session, authz::Permit<kPrivilege> permit, const Said& said, bool* claim) {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
    Upserter upserter(&session, producer);
    AspectWrite write;
    write.aspect = said.aspect;
    write.column_path = said.column;
    write.withdraw = said.withdraw;
    write.change = said.change;
    write.allow_unknown_column = said.allow_unknown_column;
    ASSIGN_OR_RETURN(*claim, upserter.Upsert(std::move(permit), std::move(write)));
    return upserter.Finish();
  }

 private:
  std::shared_ptr<const authz::Published> published_;
};

TEST_F(LabelRulesTest, MovingAnAssetIntoAContainerOneReadsOpensNothing) {
  const std::string mover = world_.AddPerson(
      "mover", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kEditTechnical}, Namespace("postgres://*")),
                CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead}, Within(kOpenSchema))});
  ASSERT_FALSE(Reads(mover, kOrders));
  const auto moved = Edit<Privilege::kEditTechnical>(mover, kOrders, In(kOpenSchema));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_TRUE(*moved) << "a claim";
  EXPECT_FALSE(Reads(mover, kOrders));
  EXPECT_FALSE(Labels(kOrders).container.valid());
}

TEST_F(LabelRulesTest, EvenWithTheRightOnBothSidesNobodyOpensToHimself) {
  const std::string mover =
      world_.AddPerson("mover", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kEditTechnical}),
                                 CatalogWorld::Allow({Privilege::kRead}, Within(kOpenSchema))});
  const auto moved = Edit<Privilege::kEditTechnical>(mover, kOrders, In(kOpenSchema));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_TRUE(*moved);
  EXPECT_FALSE(Reads(mover, kOrders));
}

TEST_F(LabelRulesTest, MovingASchemaOpensNothingInIt) {
  world_.MustSay({kOrders, In(kShop)});
  const std::string mover =
      world_.AddPerson("mover", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kEditTechnical}),
                                 CatalogWorld::Allow({Privilege::kRead}, Namespace("open")),
                                 // On the schema itself nothing is gained: what lies in it would be.
                                 CatalogWorld::Allow({Privilege::kRead}, [&] {
                                   record::Scope scope = Within(kOpenSchema);
                                   scope.add_kinds(static_cast<uint32_t>(AssetKind::kDataset));
                                   return scope;
                                 }())});
  const auto moved = Edit<Privilege::kEditTechnical>(mover, kShop, In(kOpenSchema));
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_TRUE(*moved);
  EXPECT_FALSE(Reads(mover, kOrders));
}

TEST_F(LabelRulesTest, WhoTendsBothSidesMoves) {
  const std::string mover = world_.AddPerson(
      "mover", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kEditTechnical})});
  for (const AssetName& container : {kOpenSchema, kShop}) {
    const auto moved = Edit<Privilege::kEditTechnical>(mover, kOrders, In(container));
    ASSERT_TRUE(moved.ok()) << moved.status();
    EXPECT_FALSE(*moved);
    EXPECT_EQ(Labels(kOrders).container, ids_.at(container));
  }
}

TEST_F(LabelRulesTest, ADenyIsNotLeftByMovingOut) {
  world_.MustSay({kOrders, In(kShop)});
  record::Grant deny = CatalogWorld::Allow({Privilege::kRead}, Within(kShop));
  deny.set_deny(true);
  const std::string mover = world_.AddPerson(
      "mover", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kEditTechnical}), deny});
  ASSERT_FALSE(Reads(mover, kOrders));
  const auto moved = Edit<Privilege::kEditTechnical>(mover, kOrders, In(kOpenSchema));
  EXPECT_TRUE(!moved.ok() || *moved);
  EXPECT_FALSE(Reads(mover, kOrders));
  EXPECT_EQ(Labels(kOrders).container, ids_.at(kShop));
}

TEST_F(LabelRulesTest, TagsOwnersAndDomainsOpenNothingToWhoSetsThem) {
  record::Scope tagged;
  tagged.set_tag("public");
  record::Scope own;
  own.set_owner("self");
  const std::string tagger = world_.AddPerson(
      "tagger",
      {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kEditTags}), CatalogWorld::Allow({Privilege::kRead}, tagged),
       CatalogWorld::Allow({Privilege::kRead}, own), CatalogWorld::Allow({Privilege::kRead}, Within(kDomain))});
  for (const v1::Aspect& aspect : {Tagged({"public"}), OwnedBy("tagger"), InDomain(kDomain)}) {
    const auto said = Edit<Privilege::kEditTags>(tagger, kOrders, aspect);
    ASSERT_TRUE(said.ok()) << said.status();
    EXPECT_TRUE(*said) << aspect.ShortDebugString();
    EXPECT_FALSE(Reads(tagger, kOrders)) << aspect.ShortDebugString();
  }
  const auto harmless = Edit<Privilege::kEditTags>(tagger, kOrders, Tagged({"large"}));
  ASSERT_TRUE(harmless.ok()) << harmless.status();
  EXPECT_FALSE(*harmless);
}

TEST_F(LabelRulesTest, AMaskIsNotLiftedByWhoItMasks) {
  world_.MustSay({kOrders, Columns({"iban"})});
  const std::string steward =
      world_.AddPerson("steward", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kEditTags})});
  ASSERT_TRUE(Edit<Privilege::kEditTags>(steward, kOrders, Classes({"pii"}), {"iban"}).ok());
  ASSERT_EQ(ColumnsOf(world_.PageOf(kOrders, steward)), "");
  EXPECT_TRUE(absl::IsInvalidArgument(
      Edit<Privilege::kEditTags>(steward, kOrders, Classes({}), {"iban"}, /*withdraw=*/true).status()));
  EXPECT_EQ(ColumnsOf(world_.PageOf(kOrders, steward)), "");
  EXPECT_EQ(ColumnsOf(world_.PageOf(kOrders)), "iban");
}

// Each edit is made of a column that is hidden and of one that never was, and must end alike.
TEST_F(LabelRulesTest, AnEditOfAHiddenColumnLooksLikeOneOfAMissingColumn) {
  world_.MustSay({kOrders, Columns({"iban", "city"})});
  const std::string steward = world_.AddPerson(
      "steward",
      {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kEditTags, Privilege::kEditDocs})});
  const std::string tender = world_.AddPerson(
      "tender", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kEditTags, Privilege::kPush})});
  // Stated by each himself, so that taking it back is what would lift the mask.
  for (const std::string& bearer : {steward, tender}) {
    const Said own{kOrders, Classes({"pii"}), {"iban"}, false, AspectWrite::Change::kSet, true};
    ASSERT_TRUE(Try(bearer, own, false).ok());
  }
  int tries = 0;
  const auto ended = [&](const std::string& bearer, Said said, bool by_push, const std::string& column) {
    said.column = {column};
    const StatusOr<bool> claim = Try(bearer, said, by_push);
    if (claim.ok()) return std::string(*claim ? "claim" : "taken");
    std::string text = base::Cat(absl::StatusCodeToString(claim.status().code()), " ", claim.status().message());
    const size_t named = text.find(column);
    return named == std::string::npos ? text : text.replace(named, column.size(), "COLUMN");
  };
  for (const auto& [bearer, by_push] : {std::pair(steward, false), {tender, false}, {tender, true}}) {
    for (const bool allow_unknown : {false, true}) {
      for (Said said : Edits()) {
        if (bearer == tender && said.aspect.has_documentation()) continue;
        said.allow_unknown_column = allow_unknown;
        SCOPED_TRACE(testing::Message() << said.aspect.ShortDebugString() << " withdraw " << said.withdraw << " change "
                                        << static_cast<int>(said.change) << " any column " << allow_unknown << " push "
                                        << by_push);
        EXPECT_EQ(ended(bearer, said, by_push, "iban"),
                  ended(bearer, said, by_push, "column" + std::to_string(++tries)));
        EXPECT_EQ(ColumnsOf(world_.PageOf(kOrders, bearer)).find("iban"), std::string::npos);
      }
    }
  }
}

// That an asset lies in a place is told to nobody by what becomes of saying so.
TEST_F(LabelRulesTest, AHiddenPlaceLooksMissingEvenWhereTheAssetLiesInIt) {
  world_.MustSay({kOrders, In(kShop)});
  const std::string mover =
      world_.AddPerson("mover", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kEditTechnical}, [] {
                         record::Scope scope;
                         scope.add_kinds(static_cast<uint32_t>(AssetKind::kDataset));
                         return scope;
                       }())});
  const auto there = Edit<Privilege::kEditTechnical>(mover, kOrders, In(kShop));
  const auto nowhere =
      Edit<Privilege::kEditTechnical>(mover, kOrders, In({AssetKind::kContainer, "postgres://db:5432", "none"}));
  ASSERT_TRUE(there.ok() && nowhere.ok()) << there.status() << nowhere.status();
  EXPECT_EQ(*there, *nowhere);
  EXPECT_EQ(Labels(kOrders).container, ids_.at(kShop));
}

TEST_F(LabelRulesTest, PushAloneNeitherCertifiesNorDeprecatesNorMoves) {
  const std::string pusher = world_.AddPerson("pusher", {CatalogWorld::Allow({Privilege::kPush})});
  for (const v1::Aspect& aspect :
       {Certified(), Deprecated(), In(kShop), InDomain(kDomain), Tagged({"pii"}), OwnedBy("pusher")}) {
    const auto said = Push(pusher, kOrders, aspect);
    ASSERT_TRUE(said.ok()) << said.status();
    EXPECT_TRUE(*said) << aspect.ShortDebugString();
  }
  const authz::AssetLabels& labels = Labels(kOrders);
  EXPECT_FALSE(labels.container.valid() || labels.domain.valid());
  EXPECT_TRUE(labels.tags.empty() && labels.owners.empty());
  const authz::SystemView view = world_.guard().OpenSystem(authz::SystemReason::kLoadRegistry);
  const auto text = DescribeForIndex(view, ids_.at(kOrders));
  ASSERT_TRUE(text.ok() && text->has_value());
  EXPECT_EQ((*text)->certification, "");
  EXPECT_FALSE((*text)->deprecated);
  EXPECT_NE(AspectOf(world_.PageOf(kOrders), v1::Aspect::kCertification), nullptr) << "shown as claimed";
}

// What a push to a hidden name is told of its claims is what one to a new name is told, whatever the hidden one
// carries.
TEST_F(LabelRulesTest, AClaimOnAHiddenNameIsToldAsOnANewOne) {
  const AssetName hidden = Table("hidden");
  world_.MustSay({hidden, Tagged({"secret"}), {}, {}, "person", Rank::kPerson});
  record::Scope secret;
  secret.set_tag("secret");
  record::Grant deny = CatalogWorld::Allow({Privilege::kBrowse}, secret);
  deny.set_deny(true);
  record::Scope datasets;
  datasets.add_kinds(static_cast<uint32_t>(AssetKind::kDataset));
  record::Scope large;
  large.set_tag("large");
  const auto pushing = [](std::vector<Privilege> privileges, const record::Scope& scope = {}) {
    return std::vector<record::Grant>{CatalogWorld::Allow({Privilege::kPush}), CatalogWorld::Allow(privileges, scope)};
  };
  std::map<std::string, std::vector<record::Grant>> pushers = {
      {"plain", pushing({})},
      {"browsing", pushing({Privilege::kBrowse})},
      {"tagging", pushing({Privilege::kBrowse, Privilege::kEditTags})},
      {"placing", pushing({Privilege::kBrowse, Privilege::kEditTechnical})},
      {"tending", pushing({Privilege::kBrowse, Privilege::kEditTechnical, Privilege::kEditTags}, datasets)},
      {"opening", pushing({Privilege::kBrowse, Privilege::kEditTags})}};
  // Whom the tag he states would let read.
  pushers["opening"].push_back(CatalogWorld::Allow({Privilege::kRead}, large));
  int fresh = 0;
  for (auto& [person, grants] : pushers) {
    grants.push_back(deny);
    const std::string bearer = world_.AddPerson(person, grants);
    if (person != "plain") {
      ASSERT_FALSE(world_.PageOf(hidden, bearer).has_value());
    }
    for (const v1::Aspect& aspect : {Certified(), Deprecated(), In(kShop), InDomain(kDomain), Tagged({"large"}),
                                     OwnedBy("somebody"), Doc("words")}) {
      SCOPED_TRACE(person + " " + aspect.ShortDebugString());
      const AssetName unheard = Table("new" + std::to_string(++fresh));
      const StatusOr<bool> told = Push(bearer, hidden, aspect);
      const StatusOr<bool> expected = Push(bearer, unheard, aspect);
      ASSERT_TRUE(told.ok() && expected.ok()) << told.status() << expected.status();
      EXPECT_EQ(*told, *expected);
    }
  }
}

TEST_F(LabelRulesTest, AClaimNeverTakesTheLabelOfItsProducersPlace) {
  record::Scope tagged;
  tagged.set_tag("secret");
  record::Grant deny = CatalogWorld::Allow({Privilege::kBrowse}, tagged);
  deny.set_deny(true);
  const std::string reader = world_.AddPerson("reader", {CatalogWorld::Allow({Privilege::kBrowse}), deny});
  const std::string pusher =
      world_.AddPerson("pusher", {CatalogWorld::Allow({Privilege::kPush, Privilege::kBrowse, Privilege::kEditTags})});
  ASSERT_TRUE(Push(pusher, kOrders, Tagged({"secret"})).ok());
  ASSERT_FALSE(world_.PageOf(kOrders, reader).has_value());
  world_.Put([](authz::WriteSession& session) -> Status {
    session.Put(testing_support::RowsOf(session), authz::kGrantTable, authz::IdKey("pusher-0"), [] {
      record::Grant grant = CatalogWorld::Allow({Privilege::kPush});
      grant.set_role("role-pusher");
      return grant;
    }());
    session.log().set_policy(true);
    return absl::OkStatus();
  });
  const auto said = Push(pusher, kOrders, Tagged({"open"}));
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_FALSE(world_.PageOf(kOrders, reader).has_value());
}

// Orders under two names, which are one to policy.
class MergedLabelRulesTest : public LabelRulesTest {
 protected:
  MergedLabelRulesTest() {
    for (const AssetName& name : {kRawOrders, kOtherDomain}) ids_[name] = world_.PutAsset(name);
    world_.MustSay({kOrders, Columns({"iban", "id"})});
    world_.MustSay({kRawOrders, Columns({"iban", "id"})});
    world_.MustSay({kRawOrders, Doc("plans of the lake")});
    world_.MustSay({kRawOrders, Doc("of a bank"), {}, {"iban"}});
    world_.Put([](authz::WriteSession& session) { return Speak(session, false); });
  }

  // That they are one, or are so no more.
  static Status Speak(authz::WriteSession& session, bool take_back) {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(kRawOrders));
    const AssetId to = *session.FindName(kOrders);
    return take_back ? TakeBackAlias(session, std::move(permit), producer, to, "TABLE").status()
                     : RecordAlias(session, std::move(permit), producer, to, "TABLE").status();
  }
  void Label(const AssetName& name, const v1::Aspect& aspect, const std::vector<std::string>& column = {}) {
    // As a crawl, over which any person has the last word.
    world_.MustSay({name, aspect, {}, column});
  }
  // Tends the one name, reads the other, and is shut out from what carries a label.
  std::string Editor(const record::Scope& shut_out) {
    return world_.AddPerson(
        "editor",
        {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kEditTags, Privilege::kEditTechnical}),
         CatalogWorld::Allow({Privilege::kRead}, Namespace(kRawOrders.ns)), ShutOut({Privilege::kRead}, shut_out)});
  }
  void ExpectStaysShut(const std::string& editor, const StatusOr<bool>& edited) {
    EXPECT_TRUE(!edited.ok() || *edited) << "a claim, or refused";
    EXPECT_FALSE(Reads(editor, kRawOrders));
  }
};

TEST_F(MergedLabelRulesTest, ATagTakenOffOneNameOpensNoOther) {
  Label(kOrders, Tagged({"secret"}));
  record::Scope secret;
  secret.set_tag("secret");
  const std::string editor = Editor(secret);
  ASSERT_FALSE(Reads(editor, kRawOrders));
  ExpectStaysShut(editor, Edit<Privilege::kEditTags>(editor, kOrders, Tagged({"secret"}, true)));
}

TEST_F(MergedLabelRulesTest, AnOwnerTakenOffOneNameOpensNoOther) {
  Label(kOrders, OwnedBy("hr"));
  record::Scope owned;
  owned.set_owner("hr");
  const std::string editor = Editor(owned);
  ASSERT_FALSE(Reads(editor, kRawOrders));
  ExpectStaysShut(editor, Edit<Privilege::kEditTags>(editor, kOrders, NotOwnedBy("hr")));
}

TEST_F(MergedLabelRulesTest, AClassTakenOffOneNameOpensNoOther) {
  Label(kOrders, Classes({"top"}));
  record::Scope top;
  top.set_classification("top");
  const std::string editor = Editor(top);
  ASSERT_FALSE(Reads(editor, kRawOrders));
  ExpectStaysShut(editor, Edit<Privilege::kEditTags>(editor, kOrders, NotOfClass("top")));
}

TEST_F(MergedLabelRulesTest, MovingOneNameOutOfADomainOrAContainerOpensNoOther) {
  Label(kOrders, InDomain(kDomain));
  Label(kOrders, In(kShop));
  const std::string of_domain = Editor(Within(kDomain));
  ASSERT_FALSE(Reads(of_domain, kRawOrders));
  ExpectStaysShut(of_domain, Edit<Privilege::kEditTags>(of_domain, kOrders, InDomain(kOtherDomain)));
  const std::string of_shop =
      world_.AddPerson("mover", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kEditTechnical}),
                                 CatalogWorld::Allow({Privilege::kRead}, Namespace(kRawOrders.ns)),
                                 ShutOut({Privilege::kRead}, Within(kShop))});
  ASSERT_FALSE(Reads(of_shop, kRawOrders));
  ExpectStaysShut(of_shop, Edit<Privilege::kEditTechnical>(of_shop, kOrders, In(kOpenSchema)));
}

TEST_F(MergedLabelRulesTest, AClassOfAColumnIsNotTakenOffByWhomItMasksUnderTheOtherName) {
  Label(kOrders, Classes({"pii"}), {"iban"});
  const std::string editor = world_.AddPerson(
      "editor",
      {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kReadColumns, Privilege::kEditTags},
                           Namespace(kOrders.ns)),
       CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead}, Namespace(kRawOrders.ns))});
  const auto sees = [&] {
    bool sees_it = false;
    const Status status = world_.Look(editor, [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, view.Resolve(kRawOrders));
      sees_it = view.SeesColumnPath(id, {"iban"});
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return sees_it;
  };
  ASSERT_FALSE(sees()) << "what is said of the column under the other name";
  const auto edited = Edit<Privilege::kEditTags>(editor, kOrders, NotOfClass("pii"), {"iban"});
  EXPECT_TRUE(!edited.ok() || *edited);
  EXPECT_FALSE(sees());
}

TEST_F(MergedLabelRulesTest, ALabelOfBothNamesIsNotTakenOffInOneRequest) {
  for (const AssetName& name : {kOrders, kRawOrders}) Label(name, Tagged({"secret"}));
  record::Scope secret;
  secret.set_tag("secret");
  const std::string editor = Editor(secret);
  ASSERT_FALSE(Reads(editor, kRawOrders));
  std::vector<bool> claims;
  const Status status =
      world_
          .Write(CatalogWorld::WriteCall(editor),
                 [&](authz::WriteSession& session) -> Status {
                   claims.clear();
                   ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
                   Upserter upserter(&session, producer);
                   for (const AssetName& name : {kOrders, kRawOrders}) {
                     ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditTags>(name));
                     AspectWrite write;
                     write.asset = *session.FindName(name);
                     write.aspect = Tagged({"secret"}, true);
                     ASSIGN_OR_RETURN(const bool claim, upserter.Upsert(std::move(permit), std::move(write)));
                     claims.push_back(claim);
                   }
                   return upserter.Finish();
                 })
          .status();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(claims, std::vector<bool>({false, true})) << "the other name still carries it when the first is asked of";
  EXPECT_FALSE(Reads(editor, kRawOrders));
}

TEST_F(MergedLabelRulesTest, ALabelIsNotTakenOffAndTheNamesPartedInOneRequest) {
  for (const AssetName& name : {kOrders, kRawOrders}) Label(name, Tagged({"secret"}));
  record::Scope secret;
  secret.set_tag("secret");
  const std::string editor = world_.AddPerson(
      "editor", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kEditTags, Privilege::kPush}),
                 ShutOut({Privilege::kRead}, secret)});
  ASSERT_FALSE(Reads(editor, kRawOrders));
  const auto edit = [&](bool part) {
    return world_
        .Write(CatalogWorld::WriteCall(editor),
               [&](authz::WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditTags>(kRawOrders));
                 bool claim = false;
                 RETURN_IF_ERROR(
                     State(session, std::move(permit), {kRawOrders, Tagged({"secret"}, true), {}, false}, &claim));
                 return part ? Speak(session, true) : absl::OkStatus();
               })
        .status();
  };
  EXPECT_TRUE(absl::IsPermissionDenied(edit(true)));
  EXPECT_FALSE(Reads(editor, kRawOrders));
  EXPECT_TRUE(edit(false).ok()) << "by itself it opens nothing";
  EXPECT_FALSE(Reads(editor, kRawOrders));
}

}  // namespace
}  // namespace cadastre::catalog
