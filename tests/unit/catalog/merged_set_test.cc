// To policy a merged set is one asset, and to its readers too: denies and classes of any name hold for all, an allow
// stays each name's own, and what is shown is what the visible names say together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "authz/view/merged_sets.h"
#include "catalog/alias.h"
#include "catalog/history.h"
#include "catalog/summary.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;
using testing::ElementsAre;

const AssetName kHive = {AssetKind::kDataset, "hive://m", "hr.staff"};
const AssetName kLake = {AssetKind::kDataset, "s3://l", "hr/staff"};

record::Scope InNamespace(const std::string& ns) {
  record::Scope scope;
  scope.set_namespace_(ns);
  return scope;
}

record::Grant Deny(const std::vector<Privilege>& privileges, const record::Scope& scope) {
  record::Grant grant = CatalogWorld::Allow(privileges, scope);
  grant.set_deny(true);
  return grant;
}

class MergedSetTest : public testing::Test {
 protected:
  MergedSetTest() {
    world_.MustSay({kHive, Columns({"IBAN", "name"}), 10});
    world_.MustSay({kHive, Classes({"pii"}), 10, {"IBAN"}, "person", Rank::kPerson});
    world_.MustSay({kLake, Columns({"iban", "id"}), 20});
    world_.MustSay({kHive, Tagged({"secret"}), 10, {}, "person", Rank::kPerson});
  }

  Revision Merge(const AssetName& from, const AssetName& to, const std::string& type = "TABLE",
                 bool take_back = false) {
    return world_.Put([&](authz::WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "spark", Rank::kDeclared));
      return Speak(session, producer, from, to, type, take_back);
    });
  }
  static Status Speak(authz::WriteSession& session, const Producer& producer, const AssetName& from,
                      const AssetName& to, const std::string& type, bool take_back) {
    RETURN_IF_ERROR(session.Intern(testing_support::RowsOf(session), from).status());
    ASSIGN_OR_RETURN(const AssetId to_id, session.Intern(testing_support::RowsOf(session), to));
    ASSIGN_OR_RETURN(auto permit, session.PermitPush(from));
    return take_back ? TakeBackAlias(session, std::move(permit), producer, to_id, type).status()
                     : RecordAlias(session, std::move(permit), producer, to_id, type).status();
  }
  std::string Reader(std::vector<record::Grant> grants = {}) {
    grants.push_back(CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead}));
    return world_.AddPerson("reader", grants);
  }
  std::optional<AssetSummary> SummaryOf(const AssetName& name, const std::string& bearer) {
    std::optional<AssetSummary> summary;
    const Status status = world_.Look(bearer, [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, view.Resolve(name));
      ASSIGN_OR_RETURN(const auto found, Summarize(view, id));
      summary = *found;
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok() || absl::IsNotFound(status)) << status;
    return summary;
  }

  // `namespace column` of all that were noted while `look` ran.
  std::set<std::string> Noted(const std::function<Status(authz::GovernedView&)>& look) {
    std::set<std::string> noted;
    const Status status = world_.Look(world_.admin(), [&](authz::GovernedView& view) -> Status {
      RETURN_IF_ERROR(look(view));
      for (const auto& [asset, columns] : view.shown().assets()) {
        for (const auto& column : columns) noted.insert(view.NameOf(asset)->ns + " " + JoinPath(column));
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return noted;
  }

  CatalogWorld world_;
};

TEST_F(MergedSetTest, ADifferenceIsNotedUnderEachNameThatHasTheColumn) {
  Merge(kHive, kLake);
  world_.MustSay({kLake, Doc("of a bank"), 30, {"iban"}});
  EXPECT_THAT(Noted([](authz::GovernedView& view) -> Status {
                const authz::ReadPoint now = view.point();
                authz::ReadPoint then = now;
                then.held = Timestamp(25);
                then.as_of = true;
                const auto page_at = [&](const authz::ReadPoint& point) {
                  view.MoveTo(point);
                  const authz::NotesPaused paused(&view.shown());
                  return FindPage(view, kHive);
                };
                ASSIGN_OR_RETURN(const auto before, page_at(then));
                ASSIGN_OR_RETURN(const auto after, page_at(now));
                NoteAfter(view, &*after, *DiffPages(view, &before, &after));
                return absl::OkStatus();
              }),
              ElementsAre("hive://m IBAN", "s3://l iban"));
}

TEST_F(MergedSetTest, AValueIsNotedUnderEachNameThatHasTheColumn) {
  Merge(kHive, kLake);
  world_.MustSay({kLake, Doc("of a bank"), 30, {"iban"}});
  EXPECT_THAT(Noted([](authz::GovernedView& view) -> Status {
                ASSIGN_OR_RETURN(const AssetId id, view.Resolve(kHive));
                return FindMergedValue(view, id, {"IBAN"}, Doc(""), 1'000).status();
              }),
              ElementsAre("hive://m IBAN", "s3://l iban"));
}

TEST_F(MergedSetTest, AClassOfOneNameMasksTheColumnUnderEveryName) {
  const std::string reader = Reader();
  EXPECT_EQ(ColumnsOf(world_.PageOf(kLake, reader)), "iban id");
  Merge(kLake, kHive);
  EXPECT_THAT(ColumnsOf(world_.PageOf(kLake, reader)), testing::Not(testing::HasSubstr("iban")));
  EXPECT_THAT(ColumnsOf(world_.PageOf(kHive, reader)), testing::Not(testing::HasSubstr("iban")));
  EXPECT_THAT(ColumnsOf(world_.PageOf(kLake)), testing::HasSubstr("iban")) << "to who may read it";
}

TEST_F(MergedSetTest, AClassOfAHiddenNameMasksToo) {
  const std::string reader =
      world_.AddPerson("reader", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead}, InNamespace(kLake.ns))});
  Merge(kLake, kHive);
  EXPECT_EQ(ColumnsOf(world_.PageOf(kLake, reader)), "id");
}

TEST_F(MergedSetTest, ADenyOfOneNameHoldsForAll) {
  record::Scope secret;
  secret.set_tag("secret");
  const std::string reader = Reader({Deny({Privilege::kBrowse}, secret)});
  EXPECT_FALSE(world_.PageOf(kHive, reader));
  ASSERT_TRUE(world_.PageOf(kLake, reader));
  Merge(kLake, kHive, "RENAME");
  EXPECT_FALSE(world_.PageOf(kLake, reader));
}

// Of a name that its pusher may not browse a refusal would tell what it is merged with.
TEST_F(MergedSetTest, ADenyOfPushHoldsUnderEveryNameThatHeBrowses) {
  const record::Grant denied = Deny({Privilege::kPush}, InNamespace(kHive.ns));
  const std::string seeing =
      world_.AddPerson("seeing", {CatalogWorld::Allow({Privilege::kPush, Privilege::kBrowse}), denied});
  const std::string seeing_one =
      world_.AddPerson("seeing-one", {CatalogWorld::Allow({Privilege::kPush}),
                                      CatalogWorld::Allow({Privilege::kBrowse}, InNamespace(kLake.ns)), denied});
  const std::string blind = world_.AddPerson("blind", {CatalogWorld::Allow({Privilege::kPush}), denied});
  const auto may_push = [&](const std::string& bearer) {
    const Status status = world_
                              .Write(CatalogWorld::WriteCall(bearer),
                                     [](authz::WriteSession& session) { return session.PermitPush(kLake).status(); })
                              .status();
    EXPECT_TRUE(status.ok() || absl::IsPermissionDenied(status)) << status;
    return status.ok();
  };
  for (const std::string& bearer : {seeing, seeing_one, blind}) EXPECT_TRUE(may_push(bearer)) << "of its own name";
  Merge(kLake, kHive);
  EXPECT_FALSE(may_push(seeing));
  EXPECT_FALSE(may_push(seeing_one)) << "whoever may see which";
  EXPECT_TRUE(may_push(blind));
  Merge(kLake, kHive, "TABLE", /*take_back=*/true);
  EXPECT_TRUE(may_push(seeing));
}

TEST_F(MergedSetTest, ADenyHoldsThroughANameBetween) {
  const AssetName third = Table("staff");
  world_.MustSay({third, Columns({"id"}), 10});
  record::Scope secret;
  secret.set_tag("secret");
  const std::string reader = Reader({Deny({Privilege::kRead}, secret)});
  Merge(kLake, kHive);
  Merge(third, kLake);
  EXPECT_EQ(ColumnsOf(world_.PageOf(third, reader)), "");
}

TEST_F(MergedSetTest, AnAllowStaysWithItsName) {
  const std::string reader =
      world_.AddPerson("reader", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead}, InNamespace(kLake.ns))});
  Merge(kLake, kHive);
  EXPECT_TRUE(world_.PageOf(kLake, reader));
  EXPECT_FALSE(world_.PageOf(kHive, reader));
}

TEST_F(MergedSetTest, TakingTheMergeBackRestoresEach) {
  record::Scope secret;
  secret.set_tag("secret");
  const std::string reader = Reader({Deny({Privilege::kBrowse}, secret)});
  Merge(kLake, kHive);
  ASSERT_FALSE(world_.PageOf(kLake, reader));
  Merge(kLake, kHive, "TABLE", true);
  EXPECT_EQ(ColumnsOf(world_.PageOf(kLake, reader)), "iban id");
}

// A read of then shows what is allowed under both: the merge of then is one of its labels.
TEST_F(MergedSetTest, TheMergesOfThenAndOfNowBothHold) {
  record::Scope secret;
  secret.set_tag("secret");
  const std::string reader = Reader({Deny({Privilege::kBrowse}, secret)});
  const auto at = [this](Revision revision) {
    testing_support::ReadOptions options;
    options.known_at_revision = world_.guard().opaque().SealRevision(revision);
    return options;
  };
  const Revision apart = world_.Put([&](authz::WriteSession& session) -> Status {
    return session.Intern(testing_support::RowsOf(session), Table("other")).status();
  });
  const Revision merged = Merge(kLake, kHive);
  EXPECT_FALSE(world_.PageOf(kLake, reader, at(apart))) << "merged now";
  Merge(kLake, kHive, "TABLE", true);
  EXPECT_TRUE(world_.PageOf(kLake, reader, at(apart)));
  EXPECT_FALSE(world_.PageOf(kLake, reader, at(merged))) << "merged then";
}

TEST_F(MergedSetTest, ASummaryTellsWhatAllVisibleNamesSay) {
  world_.MustSay({kHive, Doc("who works here"), 10, {}, "person", Rank::kPerson});
  world_.MustSay({kLake, Tagged({"raw"}), 10, {}, "person", Rank::kPerson});
  Merge(kLake, kHive, "RENAME");
  const auto summary = SummaryOf(kLake, Reader());
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->description, "who works here");
  EXPECT_THAT(summary->tags, ElementsAre("raw", "secret"));
  const std::string of_lake =
      world_.AddPerson("other", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead}, InNamespace(kLake.ns))});
  EXPECT_THAT(SummaryOf(kLake, of_lake)->tags, ElementsAre("raw"));
}

TEST_F(MergedSetTest, ASetIsDroppedWhenAllItsVisibleNamesAre) {
  const std::string reader = Reader();
  const std::string of_lake =
      world_.AddPerson("other", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead}, InNamespace(kLake.ns))});
  const std::string names_alone = world_.AddPerson(
      "third",
      {CatalogWorld::Allow({Privilege::kBrowse}), CatalogWorld::Allow({Privilege::kRead}, InNamespace(kLake.ns))});
  Merge(kLake, kHive);
  record::Labels dropped;
  dropped.set_dropped(true);
  world_.PutAsset(kLake, dropped);
  for (const AssetName& name : {kLake, kHive})
    EXPECT_FALSE(SummaryOf(name, reader)->dropped) << "it stands as the other";
  EXPECT_TRUE(SummaryOf(kLake, of_lake)->dropped) << "who sees one name is told of that one";
  world_.PutAsset(kHive, dropped);
  for (const AssetName& name : {kLake, kHive}) EXPECT_TRUE(SummaryOf(name, reader)->dropped);
  EXPECT_FALSE(SummaryOf(kLake, names_alone)->dropped) << "what opens with read is not told by another name";
}

TEST_F(MergedSetTest, HistoryTellsWhatWasSaidUnderEveryName) {
  world_.MustSay({kHive, Doc("who works here"), 10, {}, "person", Rank::kPerson});
  Merge(kLake, kHive, "RENAME");
  size_t documented = 0;
  EXPECT_TRUE(world_
                  .Look(world_.admin(),
                        [&](authz::GovernedView& view) -> Status {
                          ASSIGN_OR_RETURN(const auto items, ScanHistory(view, kLake, std::nullopt, 100));
                          for (const HistoryItem& item : *items) {
                            documented += item.number == v1::Aspect::kDocumentation ? 1 : 0;
                          }
                          return absl::OkStatus();
                        })
                  .ok());
  EXPECT_EQ(documented, 1u);
}

TEST_F(MergedSetTest, TheNewerNameLivesAndADeletedOneDoesNot) {
  Merge(kLake, kHive, "RENAME");
  const auto living_of = [&](const AssetName& asked) {
    std::string living;
    EXPECT_TRUE(world_
                    .Look(world_.admin(),
                          [&](authz::GovernedView& view) -> Status {
                            view.ShowDeleted();
                            ASSIGN_OR_RETURN(const AssetId id, view.Resolve(asked));
                            living = view.NameOf(authz::MergedSets(&view).LivingNameOf(id)).value_or(AssetName()).name;
                            return absl::OkStatus();
                          })
                    .ok());
    return living;
  };
  EXPECT_EQ(living_of(kHive), "hr/staff");
  EXPECT_EQ(living_of(kLake), "hr/staff");
  world_.Put([&](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const AssetId id, session.Intern(testing_support::RowsOf(session), kLake));
    ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
    header.set_deleted(true);
    return session.SetHeader(testing_support::RowsOf(session), id, std::move(header));
  });
  EXPECT_EQ(living_of(kHive), "hr.staff");
}

TEST_F(MergedSetTest, NoMoreThanSixtyFourNamesAreOne) {
  for (int i = 0; i < 70; ++i) Merge(Table("t" + std::to_string(i)), Table("t" + std::to_string(i + 1)));
  EXPECT_EQ(world_.PageOf(Table("t0"))->members.size(), kAliasMembersMax);
  const auto page = world_.PageOf(Table("t64"));
  ASSERT_TRUE(page);
  ASSERT_FALSE(page->aliases.empty());
  EXPECT_EQ(page->aliases.front().standing, AliasStanding::kClaimed);
}

TEST_F(MergedSetTest, ContainersAndOtherKindsDoNotMerge) {
  const AssetName schema = {AssetKind::kContainer, "hive://m", "hr"};
  const AssetName other = {AssetKind::kContainer, "hive://m", "people"};
  const auto record = [&](const AssetName& from, const AssetName& to) {
    return world_
        .Write(CatalogWorld::WriteCall(world_.admin()),
               [&](authz::WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "spark", Rank::kDeclared));
                 return Speak(session, producer, from, to, "TABLE", false);
               })
        .status();
  };
  EXPECT_EQ(base::FieldOf(record(schema, other)), "from");
  EXPECT_EQ(base::FieldOf(record(kHive, schema)), "to");
}

// Of two statements about one pair made at once, each is weighed with the other.
TEST_F(MergedSetTest, StatementsMadeAtOnceAreWeighedTogether) {
  const auto speak = [&](authz::WriteSession& session, int number) -> Status {
    const bool person = number % 2 == 0;
    ASSIGN_OR_RETURN(const Producer producer,
                     InternProducer(session, person ? kPersonTool : "spark", person ? Rank::kPerson : Rank::kDeclared));
    return Speak(session, producer, kLake, kHive, "TABLE", person);
  };
  // The person has said once that they are one, so that there is something to take back.
  world_.Put([&](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
    return Speak(session, producer, kLake, kHive, "TABLE", false);
  });
  EXPECT_EQ(world_.WriteAtOnce(8, speak), 0);
  EXPECT_EQ(world_.PageOf(kLake)->members.size(), 1u) << "the person's word stands";
}

}  // namespace
}  // namespace cadastre::catalog
