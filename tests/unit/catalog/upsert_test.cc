#include "catalog/upsert.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/bytes.h"
#include "catalog/history.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

TEST(Upsert, AStatementHoldsFromItsTimeOn) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("second"), 20});
  world.MustSay({kOrders, Doc("first"), 10});
  EXPECT_EQ(DocOf(world.PageHeld(kOrders, 9)), "");
  EXPECT_EQ(DocOf(world.PageHeld(kOrders, 10)), "first");
  EXPECT_EQ(DocOf(world.PageHeld(kOrders, 19)), "first");
  EXPECT_EQ(DocOf(world.PageHeld(kOrders, 20)), "second");
  EXPECT_EQ(DocOf(world.PageOf(kOrders)), "second");
}

TEST(Upsert, RepeatingAStatementMovesNoRevision) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("text"), 10});
  const Revision before = world.house().published()->revision;
  world.MustSay({kOrders, Doc("text"), 10});
  world.MustSay({kOrders, Doc("text"), 30});
  EXPECT_EQ(world.house().published()->revision, before);
}

TEST(Upsert, AnAssetWasLastSeenWhenAnyStatementShownWasMade) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id"}), 10});
  world.MustSay({kOrders, Doc("text"), 20});
  EXPECT_EQ(world.PageOf(kOrders)->last_seen, Timestamp(20));
  world.MustSay({kOrders, Columns({"id"}), 50});
  world.MustSay({kOrders, Columns({"id"}), 40});
  EXPECT_EQ(world.PageOf(kOrders)->last_seen, Timestamp(50));
  EXPECT_EQ(world.PageHeld(kOrders, 30)->last_seen, std::nullopt) << "the past is not told when it was confirmed";
}

// What a reader sees at every time does not depend on the order of arrival, repetitions included.
TEST(Upsert, OrderOfArrivalDoesNotMatter) {
  struct Said {
    int64_t held;
    const char* text;
  };
  const std::vector<Said> story = {{10, "x"}, {20, "y"}, {30, "x"}, {40, "x"}, {50, "z"}, {60, "x"}, {60, "w"}};
  std::vector<std::string> expected;
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::vector<Said> shuffled = story;
    shuffled.insert(shuffled.end(), story.begin(), story.begin() + seed % 7);
    std::mt19937 random(seed);
    if (seed > 0) std::shuffle(shuffled.begin(), shuffled.end(), random);
    CatalogWorld world;
    for (const Said& said : shuffled) world.MustSay({kOrders, Doc(said.text), said.held});
    std::vector<std::string> seen;
    for (int64_t held = 5; held <= 65; held += 5) seen.push_back(DocOf(world.PageHeld(kOrders, held)));
    if (seed == 0) expected = seen;
    EXPECT_EQ(seen, expected) << "seed " << seed;
  }
}

TEST(Upsert, ACrawlNeverOverwritesAPerson) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("by hand"), 10, {}, "person", Rank::kPerson});
  world.MustSay({kOrders, Doc("crawled"), 99, {}, "crawler", Rank::kCrawl});
  const std::optional<AssetPage> page = world.PageOf(kOrders);
  EXPECT_EQ(DocOf(page), "by hand");
  ASSERT_EQ(page->aspects.size(), 1u);
  ASSERT_EQ(page->aspects[0].sources.size(), 2u);
  EXPECT_EQ(page->aspects[0].sources[0].producer.tool(), "person");
}

TEST(Upsert, AHigherDenialRemoves) {
  CatalogWorld world;
  world.MustSay({kOrders, Tagged({"pii", "raw"}), 10, {}, "dbt", Rank::kDeclared});
  world.MustSay({kOrders, Tagged({"pii"}, true), 5, {}, "person", Rank::kPerson});
  const std::optional<AssetPage> page = world.PageOf(kOrders);
  const v1::Aspect* tags = AspectOf(page, v1::Aspect::kTags);
  ASSERT_NE(tags, nullptr);
  ASSERT_EQ(tags->tags().tags_size(), 1);
  EXPECT_EQ(tags->tags().tags(0).key(), "raw");
}

TEST(Upsert, AClassStandsAgainstADenialOfItsOwnRank) {
  CatalogWorld world;
  v1::Aspect denied = Classes({"pii"});
  denied.mutable_classifications()->mutable_classifications(0)->set_denied(true);
  world.MustSay({kOrders, Classes({"pii"}), 10, {}, "one", Rank::kDeclared});
  world.MustSay({kOrders, denied, 20, {}, "two", Rank::kDeclared});
  ASSERT_NE(AspectOf(world.PageOf(kOrders), v1::Aspect::kClassifications), nullptr);
  world.MustSay({kOrders, denied, 5, {}, "person", Rank::kPerson});
  EXPECT_EQ(AspectOf(world.PageOf(kOrders), v1::Aspect::kClassifications), nullptr);
}

TEST(Upsert, AWithdrawnStatementLeavesTheOthers) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("by hand"), 10, {}, "person", Rank::kPerson});
  world.MustSay({kOrders, Doc("crawled"), 10});
  CatalogWorld::Word gone{kOrders, Doc(""), 20, {}, "person", Rank::kPerson};
  gone.withdraw = true;
  world.MustSay(gone);
  EXPECT_EQ(DocOf(world.PageHeld(kOrders, 19)), "by hand");
  EXPECT_EQ(DocOf(world.PageOf(kOrders)), "crawled");
}

// What a producer took back stays so, even where what it said before arrives later; of equal times the withdrawal
// stands.
TEST(Upsert, AWithdrawalThatArrivesFirstHoldsAllTheSame) {
  CatalogWorld::Word gone{kOrders, Doc(""), 20};
  gone.withdraw = true;
  std::vector<CatalogWorld::Word> story = {
      {kOrders, Doc("early"), 10}, {kOrders, Doc("at once"), 20}, gone, {kOrders, Doc("again"), 30}};
  for (const std::vector<size_t>& order :
       {std::vector<size_t>{0, 1, 2, 3}, {2, 0, 1, 3}, {3, 2, 1, 0}, {2, 2, 1, 0, 3, 0}}) {
    CatalogWorld world;
    for (const size_t which : order) world.MustSay(story[which]);
    EXPECT_EQ(DocOf(world.PageHeld(kOrders, 19)), "early");
    EXPECT_EQ(DocOf(world.PageHeld(kOrders, 20)), "");
    EXPECT_EQ(DocOf(world.PageOf(kOrders)), "again");
  }
}

TEST(Upsert, AnOldEtagAborts) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("one"), 10});
  const std::string etag = world.PageOf(kOrders)->aspects[0].etag;
  CatalogWorld::Word edit{kOrders, Doc("two"), 20};
  edit.etag = etag;
  world.MustSay(edit);
  edit.aspect = Doc("three");
  edit.held = 30;
  EXPECT_TRUE(absl::IsAborted(world.Say(edit).status()));
  EXPECT_EQ(DocOf(world.PageOf(kOrders)), "two");
}

TEST(Upsert, BadAspectsNameTheField) {
  CatalogWorld world;
  v1::Aspect link;
  link.mutable_links()->add_links()->set_url("javascript:alert(1)");
  const Status status = world.Say({kOrders, link, 10}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(base::FieldOf(status).value_or(""), "aspect.links.links[0].url");
  EXPECT_FALSE(world.PageOf(kOrders).has_value());
}

TEST(Columns, AVanishedColumnKeepsItsFactsAsOrphaned) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id", "email"}), 10});
  world.MustSay({kOrders, Doc("an address"), 10, {"email"}});
  world.MustSay({kOrders, Columns({"id"}), 20});
  EXPECT_EQ(ColumnsOf(world.PageOf(kOrders)), "id (email)");
  world.MustSay({kOrders, Columns({"id", "email"}), 30});
  EXPECT_EQ(ColumnsOf(world.PageOf(kOrders)), "id email");
}

TEST(Columns, ALateOldSchemaOrphansNothing) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id", "email"}), 20});
  world.MustSay({kOrders, Doc("an address"), 20, {"email"}});
  world.MustSay({kOrders, Columns({"id"}), 10});
  EXPECT_EQ(ColumnsOf(world.PageOf(kOrders)), "id email");
  EXPECT_EQ(ColumnsOf(world.PageHeld(kOrders, 15)), "id");
}

TEST(Columns, AClassifiedColumnIsMissingWithoutItsPrivilege) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id", "email"}), 10});
  world.MustSay({kOrders, Classes({"pii"}), 10, {"email"}, "person", Rank::kPerson});
  const std::string analyst =
      world.AddPerson("analyst", {CatalogWorld::Allow({authz::Privilege::kBrowse, authz::Privilege::kRead})});
  EXPECT_EQ(ColumnsOf(world.PageOf(kOrders, analyst)), "id");
  EXPECT_EQ(ColumnsOf(world.PageOf(kOrders)), "id email");
}

TEST(Columns, AMaskOutlivesARenamedColumn) {
  CatalogWorld world;
  world.MustSay({kOrders, Columns({"id", "email"}), 10});
  world.MustSay({kOrders, Classes({"pii"}), 10, {"email"}, "person", Rank::kPerson});
  world.MustSay({kOrders, Columns({"id", "mail"}), 20});
  const std::string analyst =
      world.AddPerson("analyst", {CatalogWorld::Allow({authz::Privilege::kBrowse, authz::Privilege::kRead})});
  EXPECT_EQ(ColumnsOf(world.PageOf(kOrders, analyst)), "id") << "the new column may be the old one";
  // A person has spoken of it: it is not.
  world.MustSay({kOrders, Classes({}), 30, {"mail"}, "person", Rank::kPerson});
  EXPECT_EQ(ColumnsOf(world.PageOf(kOrders, analyst)), "id mail");
}

TEST(Columns, ASourcesOwnIdKeepsAColumnOverRenames) {
  CatalogWorld world;
  v1::Aspect before = Columns({"id", "email"});
  before.mutable_schema()->mutable_fields(1)->set_source_id(7);
  v1::Aspect after = Columns({"id", "mail"});
  after.mutable_schema()->mutable_fields(1)->set_source_id(7);
  world.MustSay({kOrders, before, 10});
  world.MustSay({kOrders, Doc("an address"), 10, {"email"}});
  world.MustSay({kOrders, after, 20});
  const std::optional<AssetPage> page = world.PageOf(kOrders);
  EXPECT_EQ(ColumnsOf(page), "id mail");
  ASSERT_EQ(page->columns.back().aspects.size(), 1u);
  EXPECT_EQ(page->columns.back().aspects[0].aspect.documentation().text(), "an address");
}

TEST(History, EveryVersionIsThereNewestFirst) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("one"), 10});
  world.MustSay({kOrders, Doc("two"), 20});
  std::vector<std::string> texts;
  const Status status = world.Look(world.admin(), [&](authz::GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto items, ScanHistory(view, kOrders, std::nullopt, 100));
    for (const HistoryItem& item : *items) texts.push_back(item.version.aspect->documentation().text());
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(texts, testing::ElementsAre("two", "one"));
}

TEST(History, AnAssetOfMoreVersionsThanAPageLooksAtIsToldInStretches) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("first"), 10});
  // Versions beside the one there is, as that many commits would have left them.
  const std::string table(1, static_cast<char>(authz::Keyspace::kAspect));
  const auto cursor = world.engine().NewCursor(table, base::PrefixEnd(table));
  ASSERT_TRUE(cursor->Valid());
  const std::string row(cursor->key().substr(0, cursor->key().size() - 16));
  record::AspectRow stored;
  ASSERT_TRUE(stored.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size())));
  const size_t more = kHistoryRowsMax + 10;
  storage::Batch batch;
  for (size_t i = 1; i <= more; ++i) {
    std::string key = row;
    base::AppendComplementI64(key, static_cast<int64_t>(1'000'000 + i));
    base::AppendComplement(key, 1);
    stored.mutable_aspect()->mutable_documentation()->set_text(base::Cat("text ", i));
    batch.Put(std::move(key), stored.SerializeAsString());
  }
  ASSERT_TRUE(world.engine().Write(batch, true).ok());
  std::set<std::string> texts;
  size_t items = 0;
  std::optional<HistoryPlace> after;
  do {
    std::optional<HistoryPlace> next;
    const Status status = world.Look(world.admin(), [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto page, ScanHistory(view, kOrders, after, 30'000, &next));
      for (const HistoryItem& item : *page) texts.insert(item.version.aspect->documentation().text());
      items += page->size();
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    after = std::move(next);
  } while (after);
  EXPECT_EQ(items, more + 1);
  EXPECT_EQ(texts.size(), items) << "each once";
}

TEST(Page, HiddenLooksMissing) {
  CatalogWorld world;
  world.MustSay({kOrders, Doc("text"), 10});
  const std::string stranger = world.AddPerson("stranger", {});
  record::Scope other;
  other.set_namespace_("mysql://elsewhere");
  const std::string elsewhere = world.AddPerson("elsewhere", {CatalogWorld::Allow({authz::Privilege::kBrowse}, other)});
  std::vector<Status> answers;
  for (const AssetName& name : {kOrders, Table("not.there")}) {
    answers.push_back(world.Look(elsewhere, [&](authz::GovernedView& view) { return FindPage(view, name).status(); }));
  }
  EXPECT_TRUE(absl::IsNotFound(answers[0]));
  EXPECT_EQ(answers[0], answers[1]);
}

}  // namespace
}  // namespace cadastre::catalog
