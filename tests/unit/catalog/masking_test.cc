// What a viewer may not see must leave no trace in what he may: references, versions, times and order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/history.h"
#include "catalog/labels.h"
#include "catalog/listing.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;
using testing::ElementsAre;

const AssetName kOpenTerm = {AssetKind::kGlossaryTerm, "terms", "open"};
const AssetName kHiddenTerm = {AssetKind::kGlossaryTerm, "secret", "hidden"};
const AssetName kHiddenTable = {AssetKind::kDataset, "secret", "old"};

v1::Aspect Terms(const std::vector<AssetName>& names) {
  v1::Aspect aspect;
  aspect.mutable_glossary_terms();
  for (const AssetName& name : names) *aspect.mutable_glossary_terms()->add_terms()->mutable_term() = RefOfName(name);
  return aspect;
}

v1::Aspect Deprecated(const AssetName& replacement) {
  v1::Aspect aspect;
  aspect.mutable_deprecation()->set_deprecated(true);
  *aspect.mutable_deprecation()->mutable_replacement() = RefOfName(replacement);
  return aspect;
}

class MaskingTest : public testing::Test {
 protected:
  MaskingTest() {
    for (const AssetName& name : {kOpenTerm, kHiddenTerm, kHiddenTable}) world_.PutAsset(name);
    record::Scope secret;
    secret.set_namespace_("secret");
    std::vector<record::Grant> grants = {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead}),
                                         CatalogWorld::Allow({Privilege::kBrowse}, secret)};
    grants.back().set_deny(true);
    viewer_ = world_.AddPerson("vera", grants);
  }

  std::vector<int64_t> HeldTimes() {
    std::vector<int64_t> times;
    const Status status = world_.Look(viewer_, [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto items, ScanHistory(view, kOrders, std::nullopt, 100));
      for (const HistoryItem& item : *items) times.push_back(item.version.held.micros());
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return times;
  }

  CatalogWorld world_;
  std::string viewer_;
};

TEST_F(MaskingTest, AReferenceToAHiddenAssetIsDropped) {
  world_.MustSay({kOrders, Terms({kHiddenTerm, kOpenTerm}), 10});
  world_.MustSay({kOrders, Deprecated(kHiddenTable), 10});
  const auto page = world_.PageOf(kOrders, viewer_);
  const v1::Aspect* terms = AspectOf(page, v1::Aspect::kGlossaryTerms);
  ASSERT_NE(terms, nullptr);
  ASSERT_EQ(terms->glossary_terms().terms_size(), 1);
  EXPECT_EQ(terms->glossary_terms().terms(0).term().name(), "open");
  const v1::Aspect* deprecation = AspectOf(page, v1::Aspect::kDeprecation);
  ASSERT_NE(deprecation, nullptr);
  EXPECT_FALSE(deprecation->deprecation().has_replacement());
  EXPECT_TRUE(AspectOf(world_.PageOf(kOrders), v1::Aspect::kDeprecation)->deprecation().has_replacement());
}

TEST_F(MaskingTest, AValueThatSaysNothingElseGoesWithItsReference) {
  world_.MustSay({kOrders, Terms({kHiddenTerm}), 10});
  world_.MustSay({kOrders, Columns({"id"}), 10});
  world_.MustSay({kOrders, Terms({kHiddenTerm}), 10, {"id"}});
  const auto page = world_.PageOf(kOrders, viewer_);
  EXPECT_EQ(AspectOf(page, v1::Aspect::kGlossaryTerms), nullptr);
  ASSERT_EQ(page->columns.size(), 1u);
  EXPECT_TRUE(page->columns[0].aspects.empty()) << "of a column too";
}

TEST_F(MaskingTest, WhatWasStatedEmptyIsShown) {
  v1::Aspect none;
  none.mutable_job_dependencies();
  world_.MustSay({kOrders, none, 10});
  EXPECT_NE(AspectOf(world_.PageOf(kOrders), v1::Aspect::kJobDependencies), nullptr);
}

TEST_F(MaskingTest, VersionsThatDifferInMaskedPartsAreOne) {
  world_.MustSay({kOrders, Terms({kOpenTerm}), 10});
  world_.MustSay({kOrders, Terms({kOpenTerm, kHiddenTerm}), 20});
  world_.MustSay({kOrders, Terms({kOpenTerm}), 30});
  EXPECT_THAT(HeldTimes(), ElementsAre(10));
  const auto page = world_.PageOf(kOrders, viewer_);
  ASSERT_EQ(page->aspects.size(), 1u);
  EXPECT_EQ(page->aspects[0].sources[0].held, Timestamp(10)) << "the page tells of no other version either";
  EXPECT_EQ(world_.PageOf(kOrders)->aspects[0].sources[0].held, Timestamp(30));
}

TEST_F(MaskingTest, AnInterruptedValueStandsAgainFromItsRestatementOn) {
  world_.MustSay({kOrders, Terms({kOpenTerm}), 10});
  world_.MustSay({kOrders, Terms({kOpenTerm, kHiddenTerm}), 30});
  world_.MustSay({kOrders, Terms({}), 20, {}, "crawler", Rank::kCrawl, true});
  EXPECT_THAT(HeldTimes(), ElementsAre(30, 20, 10));
}

// As the viewer would see it who may read code too.
TEST_F(MaskingTest, AFacetNamesOnlyWhatIsSeen) {
  const auto facet = [](const std::string& last) {
    v1::Aspect aspect;
    aspect.mutable_facet()->set_name("uses");
    aspect.mutable_facet()->set_json(R"([{"namespace":"terms","name":"open"},{"namespace":"secret","name":")" + last +
                                     R"("}])");
    return aspect;
  };
  world_.MustSay({kOrders, facet("old"), 10});
  world_.MustSay({kOrders, facet("no such table"), 20});
  record::Scope secret;
  secret.set_namespace_("secret");
  std::vector<record::Grant> grants = {
      CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kReadCode}),
      CatalogWorld::Allow({Privilege::kBrowse}, secret)};
  grants.back().set_deny(true);
  viewer_ = world_.AddPerson("cody", grants);
  const auto page = world_.PageOf(kOrders, viewer_);
  ASSERT_EQ(page->aspects.size(), 1u);
  EXPECT_EQ(page->aspects[0].aspect.facet().json(), R"([{"namespace":"terms","name":"open"}])");
  EXPECT_THAT(HeldTimes(), ElementsAre(10)) << "that another hidden thing was named is no news";
}

TEST_F(MaskingTest, ACopyOfAKnownFacetOpensAsItsValueDoes) {
  v1::Aspect copy;
  copy.mutable_facet()->set_name("dataQualityMetrics");
  copy.mutable_facet()->set_json("{}");
  world_.MustSay({kOrders, copy, 10});
  const auto shown_with = [&](const std::string& person, std::vector<Privilege> privileges) {
    privileges.push_back(Privilege::kBrowse);
    return world_.PageOf(kOrders, world_.AddPerson(person, {CatalogWorld::Allow(privileges)}))->aspects.size();
  };
  EXPECT_EQ(shown_with("coder", {Privilege::kReadCode}), 0u);
  EXPECT_EQ(shown_with("operator", {Privilege::kReadCode, Privilege::kReadOperations}), 0u);
  const std::vector<Privilege> all = {Privilege::kReadCode, Privilege::kReadOperations, Privilege::kReadSamples};
  EXPECT_EQ(shown_with("sampler", all), 1u);
  world_.MustSay({kOrders, Columns({"iban"}), 10});
  world_.MustSay({kOrders, Classes({"pii"}), std::nullopt, {"iban"}, "person", Rank::kPerson});
  EXPECT_EQ(shown_with("masked", all), 0u);
}

TEST_F(MaskingTest, FacetsStandByNameNotByTheOrderTheyWereMetIn) {
  const std::string reader =
      world_.AddPerson("reader", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kReadCode})});
  for (const char* name : {"zeta", "alpha", "mid"}) {
    v1::Aspect facet;
    facet.mutable_facet()->set_name(name);
    facet.mutable_facet()->set_json("{}");
    world_.MustSay({kOrders, facet, 10});
  }
  std::vector<std::string> names;
  const auto page = world_.PageOf(kOrders, reader);
  for (const MergedAspect& aspect : page->aspects) {
    names.push_back(aspect.aspect.facet().name());
  }
  EXPECT_THAT(names, ElementsAre("alpha", "mid", "zeta"));
}

TEST_F(MaskingTest, MembersOfADomainOpenWithRead) {
  const AssetName domain = {AssetKind::kDomain, "domains", "sales"};
  const AssetId id = world_.PutAsset(domain);
  v1::Aspect aspect;
  *aspect.mutable_domain()->mutable_domain() = RefOfName(domain);
  world_.MustSay({kOrders, aspect, 10, {}, "person", Rank::kPerson});
  const std::string browser = world_.AddPerson("bob", {CatalogWorld::Allow({Privilege::kBrowse})});
  const auto members = [&](const std::string& bearer) {
    size_t count = 0;
    const Status status = world_.Look(bearer, [&](authz::GovernedView& view) -> Status {
      bool more = false;
      ASSIGN_OR_RETURN(const auto found, ScanMembers(view, id, AssetId(), 10, &more));
      count = found.size();
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return count;
  };
  EXPECT_EQ(members(viewer_), 1u);
  EXPECT_EQ(members(browser), 0u);
}

TEST_F(MaskingTest, OnlyWhatThePageShowsIsNoted) {
  world_.MustSay({kOrders, Columns({"id", "gone"}), 10});
  world_.MustSay({kOrders, Columns({"id"}), 20});
  // Outranked, so that its replacement is not on the page.
  world_.MustSay({kOrders, Deprecated(kOpenTerm), 10});
  world_.MustSay({kOrders, Deprecated(kHiddenTable), 10, {}, "person", Rank::kPerson});
  const Status status = world_.Look(viewer_, [&](authz::GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto page, FindPage(view, kOrders));
    const auto& noted = view.shown().assets();
    EXPECT_EQ(noted.size(), 1u);
    EXPECT_THAT(noted.at(page->id), ElementsAre(ElementsAre("id")));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

v1::Aspect Nested(bool listed) {
  v1::Aspect aspect;
  v1::SchemaField* id = aspect.mutable_schema()->add_fields();
  id->set_name("id");
  id->set_type("decimal(10,2)");
  v1::SchemaField* person = aspect.mutable_schema()->add_fields();
  person->set_name("person");
  person->set_type("struct<ssn:string,home:struct<city:string>>");
  v1::SchemaField* others = aspect.mutable_schema()->add_fields();
  others->set_name("others");
  others->set_type("array(row(name varchar(9), pin varchar))");
  if (!listed) return aspect;
  for (const char* name : {"ssn", "home"}) person->add_fields()->set_name(name);
  person->mutable_fields(1)->set_type("struct<city:string>");
  return aspect;
}

std::string TypesOf(const std::optional<AssetPage>& page) {
  std::string out;
  if (!page) return "hidden";
  for (const ColumnPage& column : page->columns) out += JoinPath(column.path) + " " + column.type + "; ";
  return out;
}

TEST_F(MaskingTest, TheTypeOfAParentNamesNoHiddenColumn) {
  for (const bool listed : {true, false}) {
    const AssetName table = Table(listed ? "shop.listed" : "shop.unlisted");
    world_.MustSay({table, Nested(listed)});
    const std::string whole = TypesOf(world_.PageOf(table));
    EXPECT_EQ(TypesOf(world_.PageOf(table, viewer_)), whole);
    world_.MustSay({table, Classes({"pii"}), std::nullopt, {"person", "ssn"}, "person", Rank::kPerson});
    world_.MustSay({table, Classes({"pii"}), std::nullopt, {"others", "pin"}, "person", Rank::kPerson});
    const std::string seen = TypesOf(world_.PageOf(table, viewer_));
    EXPECT_THAT(seen, testing::StartsWith("id decimal(10,2); person struct; "));
    EXPECT_THAT(seen, testing::HasSubstr("others array; "));
    EXPECT_THAT(seen, testing::Not(testing::HasSubstr("ssn")));
    EXPECT_THAT(seen, testing::Not(testing::HasSubstr("pin")));
    EXPECT_THAT(TypesOf(world_.PageOf(table)),
                testing::HasSubstr("person struct<ssn:string,home:struct<city:string>>"));
  }
  const AssetName deep = Table("shop.deep");
  world_.MustSay({deep, Nested(/*listed=*/false)});
  world_.MustSay({deep, Classes({"pii"}), std::nullopt, {"person", "home", "city"}, "person", Rank::kPerson});
  EXPECT_THAT(TypesOf(world_.PageOf(deep, viewer_)), testing::HasSubstr("person struct; "));
}

TEST_F(MaskingTest, ATypeOfAnyGrammarNamesNoHiddenColumn) {
  const struct {
    const char* type;
    const char* shown;
  } kRows[] = {
      {"array<struct<a:int,\n\tpin:string>>", "array"},
      {"STRUCT<a int; pin string>", "STRUCT"},
      {"row (pin varchar)", "row"},
      {"pin{string}", ""},
      {"struct Item { 1: optional string pin; }", ""},
      {R"({"type":"record","fields":[{"name":"pin","type":"string"}]})", ""},
      {R"({"properties":{"pin":{"type":"string"}}})", ""},
      {"message m { optional group items (LIST) { repeated group list { optional binary pin (UTF8); } } }", ""},
      {"struct<a:int,pins:string>", "struct<a:int,pins:string>"},
      {"timestamp(6) with time zone", "timestamp(6) with time zone"}};
  int number = 0;
  for (const auto& row : kRows) {
    const AssetName table = Table("shop.t" + std::to_string(++number));
    v1::Aspect schema;
    for (const char* name : {"items", "pin_of_another"}) {
      schema.mutable_schema()->add_fields()->set_name(name);
      schema.mutable_schema()->mutable_fields()->rbegin()->set_type(row.type);
    }
    world_.MustSay({table, schema});
    world_.MustSay({table, Classes({"pii"}), std::nullopt, {"items", "element", "pin"}, "person", Rank::kPerson});
    const std::string rest = std::string("; pin_of_another ") + row.type + "; ";
    EXPECT_EQ(TypesOf(world_.PageOf(table, viewer_)), std::string("items ") + row.shown + rest);
  }
}

TEST_F(MaskingTest, WhatReachesIntoAListIsMaskedInStatistics) {
  world_.MustSay({kOrders, Columns({"items"})});
  world_.MustSay({kOrders, Classes({"pii"}), std::nullopt, {"items", "pin"}, "person", Rank::kPerson});
  v1::Aspect profile;
  for (const char* column :
       {"items", "items.list.element.pin", "get(items,0).pin", "items[1:2].pin", "items．pin", "items.element.name"}) {
    profile.mutable_profile()->add_columns()->set_column(column);
  }
  world_.MustSay({kOrders, profile});
  std::vector<std::string> shown;
  const std::string reader = world_.AddPerson(
      "rita", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kReadOperations})});
  const auto page = world_.PageOf(kOrders, reader);
  const v1::Aspect* seen = AspectOf(page, v1::Aspect::kProfile);
  ASSERT_NE(seen, nullptr);
  for (const auto& column : seen->profile().columns()) shown.push_back(column.column());
  EXPECT_THAT(shown, ElementsAre("items", "items.element.name"));
}

TEST_F(MaskingTest, WhatSearchCountsIsSaidToHaveChanged) {
  v1::Aspect type;
  type.mutable_dataset_type()->set_type("VIEW");
  for (const v1::Aspect& aspect : {Deprecated(kOpenTerm), type}) {
    world_.Put([&](authz::WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(const Producer producer, InternProducer(session, "crawler", Rank::kCrawl));
      Upserter upserter(&session, producer);
      AspectWrite write;
      write.aspect = aspect;
      ASSIGN_OR_RETURN(auto permit, session.PermitPush(Table(std::string(1, 'a' + aspect.value_case() % 26))));
      RETURN_IF_ERROR(upserter.Upsert(std::move(permit), std::move(write)).status());
      EXPECT_EQ(session.log().assets_size(), 1);
      EXPECT_TRUE(session.log().assets(0).labels()) << aspect.ShortDebugString();
      return upserter.Finish();
    });
  }
}

v1::Aspect Tested(const std::string& column, const std::string& text) {
  v1::Aspect aspect;
  auto* result = aspect.mutable_quality_results()->add_results();
  result->set_assertion(text);
  result->set_column(column);
  result->set_actual("41");
  result->set_expected("42");
  (*result->mutable_params())["values"] = "a,b";
  return aspect;
}

class SamplesTest : public MaskingTest {
 protected:
  SamplesTest() {
    operator_ = world_.AddPerson(
        "olga", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kReadOperations})});
    sampler_ = world_.AddPerson("sam", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead,
                                                             Privilege::kReadOperations, Privilege::kReadSamples})});
  }
  std::string operator_;
  std::string sampler_;
};

TEST_F(SamplesTest, ValuesOpenUnderReadSamplesAlone) {
  v1::Aspect profile;
  auto* column = profile.mutable_profile()->add_columns();
  column->set_column("age");
  column->set_null_count(3);
  column->set_min(18);
  column->set_max(99);
  (*column->mutable_quantiles())["0.5"] = 40;
  world_.MustSay({kOrders, profile, 10});
  world_.MustSay({kOrders, Tested("age", "in_range"), 10});
  for (const bool samples : {false, true}) {
    const auto page = world_.PageOf(kOrders, samples ? sampler_ : operator_);
    const v1::Aspect* shown = AspectOf(page, v1::Aspect::kProfile);
    ASSERT_NE(shown, nullptr);
    const v1::Profile::Column& age = shown->profile().columns(0);
    EXPECT_EQ(age.null_count(), 3);
    EXPECT_EQ(age.has_min() && age.has_max() && !age.quantiles().empty(), samples);
    EXPECT_EQ(age.has_min() || age.has_max() || !age.quantiles().empty(), samples);
    const v1::Aspect* results = AspectOf(page, v1::Aspect::kQualityResults);
    ASSERT_NE(results, nullptr);
    const v1::QualityResults::Result& result = results->quality_results().results(0);
    EXPECT_EQ(result.assertion(), "in_range");
    EXPECT_EQ(result.actual(), samples ? "41" : "");
    EXPECT_EQ(result.expected(), samples ? "42" : "");
    EXPECT_EQ(result.params().at("values"), samples ? "a,b" : "");
  }
}

TEST_F(SamplesTest, AssertionsThatLookAlikeWithoutTheirValuesAreAllShown) {
  world_.MustSay({kOrders, Tested("age", "accepted"), 10});
  v1::Aspect other = Tested("age", "accepted");
  (*other.mutable_quality_results()->mutable_results(0)->mutable_params())["values"] = "c";
  world_.MustSay({kOrders, other, 11});
  const auto page = world_.PageOf(kOrders, operator_);
  EXPECT_EQ(AspectOf(page, v1::Aspect::kQualityResults)->quality_results().results_size(), 2);
}

TEST_F(SamplesTest, AResultWithoutAColumnMaySpeakOfAMaskedOne) {
  world_.MustSay({kOrders, Columns({"iban", "id"}), 10});
  world_.MustSay({kOrders, Tested("", "iban_is_unique"), 10});
  ASSERT_NE(AspectOf(world_.PageOf(kOrders, sampler_), v1::Aspect::kQualityResults), nullptr);
  world_.MustSay({kOrders, Classes({"pii"}), 10, {"iban"}});
  EXPECT_EQ(AspectOf(world_.PageOf(kOrders, sampler_), v1::Aspect::kQualityResults), nullptr);
  EXPECT_NE(AspectOf(world_.PageOf(kOrders), v1::Aspect::kQualityResults), nullptr);
}

}  // namespace
}  // namespace cadastre::catalog
