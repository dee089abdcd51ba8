// A mask lost is a leak: classes follow a column over renames, stay with its name and go to what may take its place,
// under all names of one thing; and columns are known by the case rules of their source.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/alias.h"
#include "catalog/index_text.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;

const AssetName kTopic = {AssetKind::kDataset, "kafka://k", "orders"};
const AssetName kHiveStaff = {AssetKind::kDataset, "hive://m", "hr.staff"};
const AssetName kLakeStaff = {AssetKind::kDataset, "s3://l", "hr/staff"};

struct Field {
  std::string name;
  int64_t source_id = 0;
};

v1::Aspect Schema(const std::vector<Field>& fields) {
  v1::Aspect aspect;
  aspect.mutable_schema();
  for (const Field& field : fields) {
    v1::SchemaField* out = aspect.mutable_schema()->add_fields();
    out->set_name(field.name);
    out->set_source_id(field.source_id);
  }
  return aspect;
}

class ColumnClassTest : public testing::Test {
 protected:
  void Classify(const AssetName& asset, const std::string& column) {
    world_.MustSay({asset, Classes({"pii"}), std::nullopt, {column}, "person", Rank::kPerson});
  }
  // Of no class.
  void Clear(const AssetName& asset, const std::string& column) {
    world_.MustSay({asset, Classes({}), std::nullopt, {column}, "person", Rank::kPerson});
  }
  void State(const AssetName& asset, const std::vector<Field>& fields) {
    world_.MustSay({asset, Schema(fields), std::nullopt});
  }
  void Merge(bool take_back = false) { MergeNames(kLakeStaff, kHiveStaff, take_back); }
  void MergeNames(const AssetName& from, const AssetName& other, bool take_back = false) {
    world_.Put([&](authz::WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
      RETURN_IF_ERROR(session.Intern(testing_support::RowsOf(session), from).status());
      ASSIGN_OR_RETURN(const AssetId to, session.Intern(testing_support::RowsOf(session), other));
      ASSIGN_OR_RETURN(auto permit, session.PermitPush(from));
      return take_back ? TakeBackAlias(session, std::move(permit), producer, to, "TABLE").status()
                       : RecordAlias(session, std::move(permit), producer, to, "TABLE").status();
    });
  }
  // Would anything told of a column so called be shown?
  bool SeesPath(const AssetName& asset, const std::vector<std::string>& path) {
    bool sees = false;
    const Status status = world_.Look(reader_, [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, view.Resolve(asset));
      sees = view.SeesColumnPath(id, path);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return sees;
  }
  // Of which columns its labels tell classes, and not of names alone.
  std::vector<std::string> ToldClasses(const AssetName& asset) {
    std::vector<std::string> told;
    const Status status = world_.Look(world_.admin(), [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, view.Resolve(asset));
      for (const authz::ClassifiedColumn& column : view.LabelsOf(id)->columns) {
        if (!column.column.valid()) continue;
        for (const uint32_t one : column.classes) {
          told.push_back(base::Cat(JoinPath(column.path), " ", view.Word(one)));
        }
      }
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return told;
  }
  std::string Seen(const AssetName& asset) { return ColumnsOf(world_.PageOf(asset, reader_)); }
  std::string SeenAt(const AssetName& asset, Revision known) {
    testing_support::ReadOptions options;
    options.known_at_revision = world_.guard().opaque().SealRevision(known);
    return ColumnsOf(world_.PageOf(asset, reader_, options));
  }
  Revision RevisionNow() {
    Revision now;
    const Status status = world_.Look(world_.admin(), [&](authz::GovernedView& view) -> Status {
      now = view.revision();
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return now;
  }
  std::string All(const AssetName& asset) { return ColumnsOf(world_.PageOf(asset)); }

  // By the privilege for it, as people do.
  Status Edit(const std::string& bearer, const AssetName& asset, const std::string& column, bool allow_unknown = false,
              const v1::Aspect& aspect = Classes({"pii"})) {
    return world_
        .Write(CatalogWorld::WriteCall(bearer),
               [&](authz::WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
                 Upserter upserter(&session, producer);
                 ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditTags>(asset));
                 AspectWrite write;
                 if (!column.empty()) write.column_path = {column};
                 write.aspect = aspect;
                 write.allow_unknown_column = allow_unknown;
                 write.field = "upserts[0]";
                 RETURN_IF_ERROR(upserter.Upsert(std::move(permit), std::move(write)).status());
                 return upserter.Finish();
               })
        .status();
  }

  CatalogWorld world_;
  std::string reader_ = world_.AddPerson("reader", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
};

TEST_F(ColumnClassTest, AClassFollowsTheSourcesIdAndStaysWithTheName) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  Classify(kOrders, "email");
  ASSERT_EQ(Seen(kOrders), "id");
  State(kOrders, {{"id", 1}, {"contact_email", 5}, {"email", 9}});
  EXPECT_EQ(All(kOrders), "id contact_email email");
  EXPECT_EQ(Seen(kOrders), "id");
}

TEST_F(ColumnClassTest, AReusedNameIsMaskedHoweverLateItComes) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  Classify(kOrders, "email");
  State(kOrders, {{"id", 1}, {"contact_email", 5}});
  State(kOrders, {{"id", 1}, {"contact", 5}});
  State(kOrders, {{"id", 1}, {"contact", 5}, {"email", 9}, {"contact_email", 10}});
  EXPECT_EQ(Seen(kOrders), "id");
}

TEST_F(ColumnClassTest, NamesThatAreSwappedAreBothMasked) {
  State(kOrders, {{"id", 1}, {"email", 5}, {"note", 6}});
  Classify(kOrders, "email");
  ASSERT_EQ(Seen(kOrders), "id note");
  State(kOrders, {{"id", 1}, {"note", 5}, {"email", 6}});
  EXPECT_EQ(Seen(kOrders), "id");
}

TEST_F(ColumnClassTest, WhoeverClassifiesTheNewColumnDecides) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  Classify(kOrders, "email");
  State(kOrders, {{"id", 1}, {"contact_email", 5}, {"email", 9}});
  world_.MustSay({kOrders, Classes({}), std::nullopt, {"email"}, "person", Rank::kPerson});
  EXPECT_EQ(Seen(kOrders), "id email");
}

TEST_F(ColumnClassTest, ASchemaWithoutIdsKeepsThem) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  Classify(kOrders, "email");
  State(kOrders, {{"id"}, {"email"}});
  State(kOrders, {{"id", 1}, {"contact_email", 5}, {"email", 9}});
  EXPECT_EQ(Seen(kOrders), "id");
}

// `email` in each place of three columns, with the source's ids and without.
struct Placed {
  size_t place;
  bool ids;
};

class PlacedColumnClassTest : public ColumnClassTest, public testing::WithParamInterface<Placed> {
 protected:
  // The schema with `column` in that place; of another id where it says so.
  std::vector<Field> With(const std::string& column, int64_t id = 5) const {
    std::vector<Field> fields = Without();
    fields.insert(fields.begin() + static_cast<std::ptrdiff_t>(GetParam().place), {column, GetParam().ids ? id : 0});
    return fields;
  }
  std::vector<Field> Without() const { return {{"id", GetParam().ids ? 1 : 0}, {"name", GetParam().ids ? 2 : 0}}; }
};

INSTANTIATE_TEST_SUITE_P(Places, PlacedColumnClassTest,
                         testing::Values(Placed{0, false}, Placed{1, false}, Placed{2, false}, Placed{0, true},
                                         Placed{1, true}, Placed{2, true}));

TEST_P(PlacedColumnClassTest, WhatWasBesideAVanishedColumnStaysOpen) {
  State(kOrders, With("email"));
  Classify(kOrders, "email");
  ASSERT_EQ(Seen(kOrders), "id name");
  State(kOrders, Without());
  EXPECT_EQ(Seen(kOrders), "id name");
  // Schemas that come and go tell nothing else.
  State(kOrders, {{"id", GetParam().ids ? 1 : 0}});
  State(kOrders, {});
  State(kOrders, With("email"));
  EXPECT_EQ(Seen(kOrders), "id name");
}

TEST_P(PlacedColumnClassTest, WhatComesInItsPlaceIsMasked) {
  State(kOrders, With("email"));
  Classify(kOrders, "email");
  State(kOrders, With("contact", 9));
  EXPECT_EQ(Seen(kOrders), "id name");
  State(kOrders, With("phone", 10));
  EXPECT_EQ(Seen(kOrders), "id name") << "and what comes in place of that";
  Clear(kOrders, "phone");
  EXPECT_THAT(Seen(kOrders), testing::HasSubstr("phone"));
}

TEST_P(PlacedColumnClassTest, ARenameInTwoStepsIsOne) {
  State(kOrders, With("email"));
  Classify(kOrders, "email");
  State(kOrders, Without());
  State(kOrders, With("contact", 9));
  EXPECT_EQ(Seen(kOrders), "id name");
}

TEST_P(PlacedColumnClassTest, ARenameBackIsMasked) {
  State(kOrders, With("contact"));
  State(kOrders, With("email"));
  Classify(kOrders, "email");
  State(kOrders, With("contact"));
  EXPECT_EQ(Seen(kOrders), "id name");
  State(kOrders, With("email"));
  State(kOrders, With("contact", 9));
  EXPECT_EQ(Seen(kOrders), "id name") << "under another id of the source";
  State(kOrders, Without());
  State(kOrders, With("contact"));
  EXPECT_EQ(Seen(kOrders), "id name") << "and after it was away";
}

TEST_P(PlacedColumnClassTest, NoNumberOfRenamesUnmasks) {
  State(kOrders, With("email"));
  Classify(kOrders, "email");
  for (int i = 0; i < 70; ++i) State(kOrders, With("n" + std::to_string(i)));
  EXPECT_EQ(Seen(kOrders), "id name");
  State(kOrders, With("email", 19));
  EXPECT_EQ(Seen(kOrders), "id name");
  State(kOrders, With("n0", 29));
  EXPECT_EQ(Seen(kOrders), "id name");
}

// A column may be spoken of before the schema that makes it.
TEST_P(PlacedColumnClassTest, WhatIsSpokenOfBeforeItsSchemaIsMaskedToo) {
  State(kOrders, With("email"));
  Classify(kOrders, "email");
  world_.MustSay({kOrders, Doc("where to write to"), {}, {"contact"}});
  State(kOrders, With("contact", 9));
  EXPECT_EQ(Seen(kOrders), "id name");
  world_.MustSay({kOrders, Doc("where to call"), {}, {"phone"}});
  EXPECT_EQ(Seen(kOrders), "id name") << "and at once where the other is gone";
}

TEST_F(ColumnClassTest, WhatNoSchemaHadLeavesNothingToTheFirst) {
  Classify(kOrders, "mail");
  State(kOrders, {{"id"}, {"email"}});
  EXPECT_EQ(Seen(kOrders), "id email");
  State(kOrders, {{"id"}, {"mail"}});
  EXPECT_EQ(Seen(kOrders), "id");
}

TEST_F(ColumnClassTest, MoreNamesThanAreKeptMaskEveryColumn) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  Classify(kOrders, "email");
  for (int i = 0; i < 70; ++i) State(kOrders, {{"id", 1}, {std::to_string(i) + std::string(500, 'n'), 5}});
  State(kOrders, {{"id", 1}, {"last", 5}});
  EXPECT_EQ(Seen(kOrders), "") << "rather than show one of the names that were forgotten";
  Clear(kOrders, "last");
  EXPECT_EQ(Seen(kOrders), "id last");
}

TEST_F(ColumnClassTest, NamesThatComeAgainTakeNoRoom) {
  State(kOrders, {{"id", 1}, {std::string(400, 'e'), 5}});
  Classify(kOrders, std::string(400, 'e'));
  for (int i = 0; i < 100; ++i) State(kOrders, {{"id", 1}, {std::string(400, i % 2 == 0 ? 'c' : 'e'), 5}});
  EXPECT_EQ(Seen(kOrders), "id");
}

TEST_F(ColumnClassTest, ANameGoesOnMaskingWhatIsToldUnderIt) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  Classify(kOrders, "email");
  State(kOrders, {{"id", 1}, {"contact", 5}});
  EXPECT_FALSE(SeesPath(kOrders, {"email"}));
  EXPECT_FALSE(SeesPath(kOrders, {"EMAIL", "domain"}));
  EXPECT_TRUE(SeesPath(kOrders, {"id"}));
}

TEST_F(ColumnClassTest, AClassStatedWithTheRenameHolds) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  world_.Put([](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
    Upserter upserter(&session, producer);
    for (const bool schema : {true, false}) {
      ASSIGN_OR_RETURN(auto permit, session.PermitPush(kOrders));
      AspectWrite write;
      write.asset = *session.FindName(kOrders);
      write.aspect = schema ? Schema({{"id", 1}, {"contact", 5}, {"mail", 9}}) : Classes({"pii"});
      if (!schema) write.column_path = {"email"};
      RETURN_IF_ERROR(upserter.Upsert(std::move(permit), std::move(write)).status());
    }
    return upserter.Finish();
  });
  EXPECT_EQ(Seen(kOrders), "id mail");
  EXPECT_FALSE(SeesPath(kOrders, {"email"})) << "the name that it had when the class was stated";
}

TEST_F(ColumnClassTest, AClassOfAVanishedColumnReachesWhatCameSince) {
  State(kOrders, {{"id"}, {"email"}});
  State(kOrders, {{"id"}, {"contact"}});
  ASSERT_EQ(Seen(kOrders), "id contact");
  Classify(kOrders, "email");
  EXPECT_EQ(Seen(kOrders), "id");
  State(kOrders, {{"id"}, {"contact"}, {"email"}});
  EXPECT_EQ(Seen(kOrders), "id") << "and stays when the vanished one is back";
}

TEST_F(ColumnClassTest, AClassOfTheColumnAboveIsLeftBehindToo) {
  v1::Aspect nested = Schema({{"id"}, {"person"}});
  nested.mutable_schema()->mutable_fields(1)->add_fields()->set_name("email");
  world_.MustSay({kOrders, nested});
  Classify(kOrders, "person");
  ASSERT_EQ(Seen(kOrders), "id");
  v1::Aspect flat = Schema({{"id"}, {"person"}, {"email"}});
  flat.mutable_schema()->mutable_fields(1)->add_fields()->set_name("age");
  world_.MustSay({kOrders, flat});
  EXPECT_EQ(Seen(kOrders), "id");
}

// What is said with each event was not said of what happened since; a person means it.
TEST_F(ColumnClassTest, WhatAPipelineSaysAgainReleasesNothing) {
  State(kOrders, {{"id", 1}, {"email", 5}, {"note", 6}});
  const auto crawl = [&] { world_.MustSay({kOrders, Classes({}), std::nullopt, {"note"}}); };
  crawl();
  Classify(kOrders, "email");
  State(kOrders, {{"id", 1}, {"note", 6}});
  State(kOrders, {{"id", 1}, {"email", 5}});
  State(kOrders, {{"id", 1}, {"note", 6}});
  ASSERT_EQ(Seen(kOrders), "id");
  crawl();
  EXPECT_EQ(Seen(kOrders), "id");
  Clear(kOrders, "note");
  EXPECT_EQ(Seen(kOrders), "id note");
}

TEST_F(ColumnClassTest, AClassTakenOffLeavesNoneBehindOnItsOwnColumn) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  Classify(kOrders, "email");
  State(kOrders, {{"id", 1}, {"contact", 5}});
  world_.MustSay({kOrders, Classes({}), std::nullopt, {"contact"}, "person", Rank::kPerson, /*withdraw=*/true});
  EXPECT_EQ(Seen(kOrders), "id contact");
}

class MergedColumnClassTest : public ColumnClassTest {
 protected:
  MergedColumnClassTest() {
    for (const AssetName& name : {kHiveStaff, kLakeStaff}) State(name, {{"id", 1}, {"email", 5}});
    Classify(kHiveStaff, "email");
    Merge();
  }
};

TEST_F(MergedColumnClassTest, ARenameUnderOneNameUnmasksNoOther) {
  ASSERT_EQ(Seen(kLakeStaff), "id");
  State(kHiveStaff, {{"id", 1}, {"contact", 5}});
  for (const AssetName& name : {kHiveStaff, kLakeStaff}) EXPECT_EQ(Seen(name), "id");
  EXPECT_FALSE(SeesPath(kLakeStaff, {"email"}));
  State(kHiveStaff, {{"id", 1}});
  EXPECT_FALSE(SeesPath(kLakeStaff, {"email"}));
  EXPECT_FALSE(SeesPath(kLakeStaff, {"contact"}));
}

TEST_F(MergedColumnClassTest, ARenameUnderTheOtherNameIsMasked) {
  State(kLakeStaff, {{"id", 1}, {"contact", 5}});
  EXPECT_FALSE(SeesPath(kLakeStaff, {"contact"})) << "the same column by its source";
  State(kLakeStaff, {{"id", 1}, {"phone", 9}});
  EXPECT_FALSE(SeesPath(kLakeStaff, {"phone"})) << "in place of it";
  Merge(/*take_back=*/true);
  EXPECT_FALSE(SeesPath(kLakeStaff, {"phone"})) << "and when the names are parted";
  EXPECT_TRUE(SeesPath(kLakeStaff, {"id"}));
}

TEST_F(MergedColumnClassTest, AClassOfItsOwnDoesNotOutlastTheOthersByARename) {
  world_.MustSay({kLakeStaff, Classes({}), std::nullopt, {"email"}, "person", Rank::kPerson});
  ASSERT_FALSE(SeesPath(kLakeStaff, {"email"}));
  State(kLakeStaff, {{"id", 1}, {"contact", 5}});
  EXPECT_FALSE(SeesPath(kLakeStaff, {"contact"}));
  Clear(kLakeStaff, "contact");
  EXPECT_TRUE(SeesPath(kLakeStaff, {"contact"}));
  EXPECT_FALSE(SeesPath(kLakeStaff, {"email"}));
}

// Who holds every class, and not the other name, is not to find the one by what was classified under the other.
TEST_F(MergedColumnClassTest, WhatItWasLeftByTheOtherNameIsNotToldOfIt) {
  State(kLakeStaff, {{"id", 1}, {"contact", 5}});
  State(kLakeStaff, {{"id", 1}, {"phone", 9}});
  EXPECT_THAT(ToldClasses(kLakeStaff), testing::IsEmpty());
  EXPECT_FALSE(SeesPath(kLakeStaff, {"contact"}));
  EXPECT_FALSE(SeesPath(kLakeStaff, {"phone"}));
  Classify(kLakeStaff, "phone");
  EXPECT_THAT(ToldClasses(kLakeStaff), testing::ElementsAre("phone pii"));
  EXPECT_THAT(ToldClasses(kHiveStaff), testing::ElementsAre("email pii"));
  State(kHiveStaff, {{"id", 1}, {"mobile", 9}});
  EXPECT_THAT(ToldClasses(kHiveStaff), testing::ElementsAre("email pii")) << "stated of what has vanished";
  EXPECT_FALSE(SeesPath(kHiveStaff, {"mobile"}));
}

TEST_F(MergedColumnClassTest, AFormerNameHoldsForNamesMergedLater) {
  Merge(/*take_back=*/true);
  State(kHiveStaff, {{"id", 1}, {"contact", 5}});
  ASSERT_TRUE(SeesPath(kLakeStaff, {"email"}));
  Merge();
  EXPECT_FALSE(SeesPath(kLakeStaff, {"EMAIL"})) << "by the case rule of either";
  // Somebody classifies a column of that name under the name that had it.
  EXPECT_TRUE(Edit(world_.admin(), kHiveStaff, "email", /*allow_unknown=*/true, Classes({})).ok());
  EXPECT_TRUE(SeesPath(kLakeStaff, {"email"}));
}

TEST_F(MergedColumnClassTest, WhomItMasksPartsNoFormerName) {
  State(kHiveStaff, {{"id", 1}, {"contact", 5}});
  const std::string parter =
      world_.AddPerson("parter", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kPush})});
  const Status parted =
      world_
          .Write(CatalogWorld::WriteCall(parter),
                 [&](authz::WriteSession& session) -> Status {
                   ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, kPersonTool, Rank::kPerson));
                   ASSIGN_OR_RETURN(auto permit, session.PermitPush(kLakeStaff));
                   return TakeBackAlias(session, std::move(permit), producer, *session.FindName(kHiveStaff), "TABLE")
                       .status();
                 })
          .status();
  EXPECT_TRUE(absl::IsPermissionDenied(parted)) << parted;
  EXPECT_FALSE(SeesPath(kLakeStaff, {"email"}));
}

// Its class stands under another name than the one that was renamed, and came later.
class RenamedBeforeMergedTest : public ColumnClassTest {
 protected:
  RenamedBeforeMergedTest() {
    State(kLakeStaff, {{"id", 1}, {"email", 5}});
    before_ = RevisionNow();
    State(kLakeStaff, {{"id", 1}, {"contact", 5}});
    State(kHiveStaff, {{"id", 1}, {"contact", 5}});
    Classify(kHiveStaff, "contact");
    EXPECT_EQ(Seen(kLakeStaff), "id contact");
    Merge();
    EXPECT_EQ(Seen(kLakeStaff), "id");
  }

  Revision before_;
};

TEST_F(RenamedBeforeMergedTest, AClassOfTheOtherNameHoldsForTheFormerName) {
  EXPECT_EQ(SeenAt(kLakeStaff, before_), "id") << "as of then";
  EXPECT_FALSE(SeesPath(kLakeStaff, {"email"})) << "what was told under it";
  EXPECT_FALSE(SeesPath(kHiveStaff, {"email"}));
  EXPECT_TRUE(SeesPath(kLakeStaff, {"id"}));
  Merge(/*take_back=*/true);
  EXPECT_EQ(SeenAt(kLakeStaff, before_), "id email");
}

TEST_F(RenamedBeforeMergedTest, TheFormerNameIsOpenWhereAColumnOfItWasClassified) {
  State(kLakeStaff, {{"id", 1}, {"contact", 5}, {"email", 9}});
  EXPECT_EQ(Seen(kLakeStaff), "id");
  Clear(kLakeStaff, "email");
  EXPECT_EQ(Seen(kLakeStaff), "id email");
}

TEST_F(RenamedBeforeMergedTest, TheIndexKnowsAColumnOfTheFormerNameByItsClass) {
  State(kLakeStaff, {{"id", 1}, {"contact", 5}, {"email", 9}});
  const authz::SystemView view = world_.guard().OpenSystem(authz::SystemReason::kLoadRegistry);
  const auto text = DescribeForIndex(view, view.registry().Find(kLakeStaff).value_or(AssetId()));
  ASSERT_TRUE(text.ok() && text->has_value());
  std::vector<std::string> classified;
  for (const IndexColumn& column : (*text)->columns) {
    if (column.classes == std::vector<std::string>{"pii"}) classified.push_back(column.path);
  }
  EXPECT_THAT(classified, testing::ElementsAre("contact", "email"));
}

TEST_F(ColumnClassTest, TheIndexKnowsAColumnByItsClassHoweverItIsSpelled) {
  State(kOrders, {{"items"}, {"items.list.element.pin"}, {"get(items,0).pin"}, {"items.list.element.name"}});
  Classify(kOrders, "items.pin");
  const authz::SystemView view = world_.guard().OpenSystem(authz::SystemReason::kLoadRegistry);
  const auto text = DescribeForIndex(view, view.registry().Find(kOrders).value_or(AssetId()));
  ASSERT_TRUE(text.ok() && text->has_value());
  std::vector<std::string> classified;
  for (const IndexColumn& column : (*text)->columns) {
    if (column.classes == std::vector<std::string>{"pii"}) classified.push_back(column.path);
  }
  EXPECT_THAT(classified, testing::ElementsAre("items.list.element.pin", "get(items,0).pin"));
  EXPECT_EQ(Seen(kOrders), "items items.list.element.name");
}

TEST_F(ColumnClassTest, AClassIsLeftByAColumnHoweverItIsSpelled) {
  State(kOrders, {{"id"}, {"items.list.element.pin"}});
  Classify(kOrders, "items.pin");
  EXPECT_EQ(Seen(kOrders), "id");
  State(kOrders, {{"id"}, {"number"}});
  EXPECT_EQ(Seen(kOrders), "id") << "it may be the same column";
}

TEST_F(RenamedBeforeMergedTest, AColumnTakesAlongWhatMaskedItByAFormerName) {
  State(kLakeStaff, {{"id", 1}, {"contact", 5}, {"email", 9}});
  State(kLakeStaff, {{"id", 1}, {"contact", 5}, {"phone", 9}});
  EXPECT_EQ(Seen(kLakeStaff), "id");
  Merge(/*take_back=*/true);
  EXPECT_FALSE(SeesPath(kLakeStaff, {"phone"}));
}

TEST_F(RenamedBeforeMergedTest, ANameHiddenSoHidesThoseOfAThird) {
  State(kTopic, {{"id", 1}, {"mail", 5}});
  State(kTopic, {{"id", 1}, {"email", 5}});
  ASSERT_TRUE(SeesPath(kTopic, {"mail"}));
  MergeNames(kTopic, kLakeStaff);
  EXPECT_FALSE(SeesPath(kTopic, {"email"}));
  EXPECT_FALSE(SeesPath(kTopic, {"mail"}));
}

TEST_F(RenamedBeforeMergedTest, MoreFormerNamesThanAreToldAreAnyName) {
  constexpr int kNames = 70;
  for (int i = 0; i < kNames; ++i) {
    State(kTopic, {{"id", 1}, {base::Cat(i, std::string(500, 'n')), 5}, {base::Cat("b", i, std::string(500, 'n')), 6}});
  }
  State(kTopic, {{"id", 1}, {"contact", 5}, {"other", 6}});
  EXPECT_TRUE(SeesPath(kTopic, {"other"}));
  MergeNames(kTopic, kHiveStaff);
  EXPECT_FALSE(SeesPath(kTopic, {base::Cat(kNames - 1, std::string(500, 'n'))}));
  EXPECT_FALSE(SeesPath(kTopic, {"other"})) << "which names the hidden one had is told no more";
}

TEST_F(ColumnClassTest, AnotherCaseIsTheSameColumnWhereTheSourceSaysSo) {
  State(kOrders, {{"id"}, {"email"}});
  Classify(kOrders, "EMAIL");
  EXPECT_EQ(Seen(kOrders), "id");
  EXPECT_EQ(All(kOrders), "id email");
  State(kOrders, {{"ID"}, {"EMAIL"}});
  EXPECT_EQ(Seen(kOrders), "ID") << "a tool that spells it otherwise";
}

TEST_F(ColumnClassTest, WhereCaseTellsColumnsApartTheyAreTwoAndAMaskHoldsForBoth) {
  State(kTopic, {{"id"}, {"email"}, {"EMAIL"}});
  Classify(kTopic, "EMAIL");
  EXPECT_EQ(All(kTopic), "id email EMAIL");
  EXPECT_THAT(ToldClasses(kTopic), testing::ElementsAre("EMAIL pii"));
  EXPECT_EQ(Seen(kTopic), "id");
  State(kTopic, {{"id"}, {"Email"}});
  EXPECT_EQ(Seen(kTopic), "id") << "whatever a tool makes of the name";
}

TEST_F(ColumnClassTest, TwoColumnsThatDifferByCaseAloneAreBothMasked) {
  State(kOrders, {{"id"}, {"email"}, {"EMAIL"}});
  Classify(kOrders, "EMAIL");
  EXPECT_EQ(All(kOrders), "id email EMAIL");
  EXPECT_EQ(Seen(kOrders), "id") << "unquoted, the one is the other";
}

TEST_F(ColumnClassTest, WhatWasToldUnderAFormerNameIsMaskedWithTheColumn) {
  State(kOrders, {{"id", 1}, {"email", 5}});
  State(kOrders, {{"id", 1}, {"mail", 5}});
  State(kOrders, {{"id", 1}, {"contact", 5}});
  EXPECT_TRUE(SeesPath(kOrders, {"email"}));
  Classify(kOrders, "contact");
  EXPECT_FALSE(SeesPath(kOrders, {"contact"}));
  EXPECT_FALSE(SeesPath(kOrders, {"mail"}));
  EXPECT_FALSE(SeesPath(kOrders, {"EMAIL"}));
  EXPECT_TRUE(SeesPath(kOrders, {"id"}));
  State(kOrders, {{"id", 1}, {"contact", 5}, {"email", 9}});
  EXPECT_EQ(Seen(kOrders), "id") << "what was told under the name is not told apart by its time";
  Clear(kOrders, "email");
  EXPECT_EQ(Seen(kOrders), "id email") << "somebody has said what the new one is";
}

TEST_F(ColumnClassTest, AMaskHoldsForEverySpelling) {
  State(kOrders, {{"id", 1}, {"user.email", 5}, {"\"user\".\"name\"", 6}});
  Classify(kOrders, "user.email");
  EXPECT_EQ(Seen(kOrders), "id \"user\".\"name\"");
  EXPECT_FALSE(SeesPath(kOrders, {"user", "email"}));
  EXPECT_FALSE(SeesPath(kOrders, {"\"USER\"", "Email.domain"}));
  State(kOrders, {{"id", 1}, {"mail", 5}});
  EXPECT_FALSE(SeesPath(kOrders, {"user", "email"})) << "its name goes on carrying the class, however it is spelled";
}

TEST_F(ColumnClassTest, AnUnknownColumnIsAnErrorUnlessAskedFor) {
  State(kOrders, {{"id"}, {"email"}});
  const Status refused = Edit(world_.admin(), kOrders, "mail");
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_EQ(base::FieldOf(refused), "upserts[0].column.path");
  EXPECT_EQ(All(kOrders), "id email") << "nothing was made";
  v1::Aspect tags = Tagged({"key"});
  tags.mutable_tags()->mutable_tags(0)->set_field("mail");
  EXPECT_EQ(base::FieldOf(Edit(world_.admin(), kOrders, "", false, tags)), "upserts[0].aspect.tags.tags[0].field");
  EXPECT_TRUE(Edit(world_.admin(), kOrders, "mail", true).ok());
  EXPECT_TRUE(Edit(world_.admin(), kOrders, "email").ok());
}

TEST_F(ColumnClassTest, AHiddenColumnIsAsUnknownAsNone) {
  State(kOrders, {{"id"}, {"email"}});
  Classify(kOrders, "email");
  const std::string editor =
      world_.AddPerson("editor", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kEditTags})});
  const std::string hidden(Edit(editor, kOrders, "email").message());
  std::string missing(Edit(editor, kOrders, "liame").message());
  ASSERT_NE(missing.find("liame"), std::string::npos);
  EXPECT_EQ(hidden, missing.replace(missing.find("liame"), 5, "email"));
}

}  // namespace
}  // namespace cadastre::catalog
