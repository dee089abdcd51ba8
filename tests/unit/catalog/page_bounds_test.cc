// An answer about an asset is bounded, whatever was stated: what is cut is told, and the rest is to be had page by
// page.
#include "catalog/page_bounds.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "catalog/history.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;
using testing::ElementsAre;

const AssetName kWide = Table("shop.wide");
constexpr size_t kClientsTake = 4 << 20;

v1::Aspect Facet(const std::string& name, size_t bytes) {
  v1::Aspect aspect;
  aspect.mutable_facet()->set_name(name);
  aspect.mutable_facet()->set_json('"' + std::string(bytes - 2, 'x') + '"');
  return aspect;
}

std::vector<std::string> Numbered(size_t count) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) names.push_back(base::Cat("column_", i));
  return names;
}

size_t BytesOf(const AssetPage& page) {
  size_t bytes = 0;
  for (const MergedAspect& value : page.aspects) bytes += value.aspect.ByteSizeLong();
  for (const ColumnPage& column : page.columns) {
    for (const std::string& segment : column.path) bytes += segment.size();
    bytes += column.type.size() + column.description.size();
    for (const MergedAspect& value : column.aspects) bytes += value.aspect.ByteSizeLong();
  }
  return bytes;
}

std::set<std::string> Joined(const authz::ShownAssets::Columns& columns) {
  std::set<std::string> out;
  for (const std::vector<std::string>& path : columns) out.insert(JoinPath(path));
  return out;
}

// The page, and the columns the audit record names.
struct Answered {
  AssetPage page;
  std::set<std::string> noted;
};
Answered Ask(CatalogWorld& world, const PageBounds& bounds) {
  Answered out;
  const Status status = world.Look(world.admin(), [&](authz::GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto page, FindBoundedPage(view, kWide, bounds));
    out.page = *page;
    out.noted = Joined(view.shown().assets().at(page->id));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return out;
}

struct Columned {
  std::vector<std::string> paths;
  std::set<std::string> noted;
  ColumnsPage page;
};
Columned AskColumns(CatalogWorld& world, const ColumnsRequest& request, const std::string& bearer) {
  Columned out;
  const Status status = world.Look(bearer, [&](authz::GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto page, FindColumns(view, kWide, request));
    out.page = *page;
    for (const ColumnPage& column : page->columns) out.paths.push_back(JoinPath(column.path));
    out.noted = Joined(view.shown().assets().begin()->second);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return out;
}

TEST(PageBounds, WhateverIsStatedTheBasicAnswerIsBelowWhatClientsTake) {
  CatalogWorld world;
  v1::Aspect schema = Columns(Numbered(10'000));
  for (v1::SchemaField& field : *schema.mutable_schema()->mutable_fields())
    field.set_description(std::string(300, 'd'));
  world.MustSay({kWide, schema, 10});
  for (int i = 0; i < 5; ++i) world.MustSay({kWide, Facet(base::Cat("f", i), 1 << 20), 10});
  world.MustSay({kWide, Doc(std::string(3 << 20, 'd')), 10});
  world.MustSay({kWide, Doc(std::string(1 << 20, 'c')), 10, {"column_0"}});
  world.MustSay({kWide, Tagged({"small"}), 10});
  const Answered answer = Ask(world, BasicBounds());
  EXPECT_LT(BytesOf(answer.page), kClientsTake);
  EXPECT_TRUE(answer.page.truncated);
  EXPECT_EQ(answer.page.column_count, 10'000u);
  EXPECT_EQ(answer.page.columns.size(), 100u);
  EXPECT_EQ(answer.noted.size(), 100u) << "what was cut was not shown";
  EXPECT_EQ(answer.page.facet_count, 5u);
  for (const MergedAspect& value : answer.page.aspects) {
    if (value.aspect.has_facet()) {
      EXPECT_EQ(value.omitted_bytes, 1u << 20) << value.aspect.facet().name();
    }
    if (value.aspect.has_documentation()) {
      EXPECT_GT(value.omitted_bytes, 3u << 20);
    }
    if (value.aspect.has_tags()) {
      EXPECT_EQ(value.aspect.tags().tags_size(), 1) << "the shorter ones stay";
    }
    if (value.aspect.has_schema()) {
      EXPECT_EQ(value.aspect.schema().fields_size(), 0) << "its fields are the columns";
    }
  }
  EXPECT_GT(answer.page.columns[0].aspects[0].omitted_bytes, 1u << 20);
}

TEST(PageBounds, AFacetIsGivenByItsName) {
  CatalogWorld world;
  world.MustSay({kWide, Facet("one", 100), 10});
  world.MustSay({kWide, Facet("two", 100), 10});
  PageBounds bounds = BasicBounds();
  bounds.facets = {"two"};
  const AssetPage page = Ask(world, bounds).page;
  ASSERT_EQ(page.aspects.size(), 2u);
  EXPECT_EQ(page.aspects[0].omitted_bytes, 100u);
  EXPECT_EQ(page.aspects[1].aspect.facet().json().size(), 100u);
  EXPECT_FALSE(Ask(world, FullBounds()).page.truncated);
}

// The JSON of the facets that are given, by their names.
std::map<std::string, size_t> GivenFacets(const AssetPage& page) {
  std::map<std::string, size_t> given;
  for (const MergedAspect& value : page.aspects) {
    if (value.aspect.has_facet() && value.omitted_bytes == 0) {
      given[value.aspect.facet().name()] = value.aspect.facet().json().size();
    }
  }
  return given;
}

const MergedAspect& DocumentationOf(const std::vector<MergedAspect>& aspects) {
  return *std::find_if(aspects.begin(), aspects.end(),
                       [](const MergedAspect& value) { return value.aspect.has_documentation(); });
}

TEST(PageBounds, WhateverIsStatedAFullAnswerIsBelowWhatClientsTake) {
  CatalogWorld world;
  v1::Aspect schema = Columns(Numbered(10'000));
  for (v1::SchemaField& field : *schema.mutable_schema()->mutable_fields())
    field.set_description(std::string(350, 'd'));
  world.MustSay({kWide, schema, 10});
  for (int i = 0; i < 5; ++i) world.MustSay({kWide, Facet(base::Cat("f", i), 1 << 20), 10});
  for (int i = 0; i < 300; ++i) world.MustSay({kWide, Facet(base::Cat("small", i), 100), 10});
  const Answered answer = Ask(world, FullBounds());
  EXPECT_LT(BytesOf(answer.page), kClientsTake);
  EXPECT_TRUE(answer.page.truncated);
  EXPECT_EQ(answer.page.aspects.size(), 306u) << "each is named, with the schema";
  EXPECT_EQ(GivenFacets(answer.page).size(), 302u) << "the shorter ones first";
  EXPECT_GT(answer.page.columns.size(), 100u);
  EXPECT_EQ(answer.noted.size(), answer.page.columns.size());
}

TEST(PageBounds, WhatIsAskedForComesBeforeAllElse) {
  CatalogWorld world;
  world.MustSay({kWide, Columns(Numbered(3'000)), 10});
  for (int i = 0; i < 5; ++i) world.MustSay({kWide, Facet(base::Cat("f", i), (1 << 20) + i), 10});
  world.MustSay({kWide, Doc(std::string(2 << 20, 'd')), 10});
  for (PageBounds bounds : {BasicBounds(), FullBounds()}) {
    bounds.facets = {"f4"};
    const AssetPage one = Ask(world, bounds).page;
    EXPECT_TRUE(GivenFacets(one).contains("f4"));
    EXPECT_GE(one.columns.size(), 100u) << "there is room for more";
    bounds.facets = {"f0", "f1", "f2", "f3"};
    const AssetPage more = Ask(world, bounds).page;
    EXPECT_EQ(GivenFacets(more).size(), 2u) << "with what the rest costs there is no room for a third";
    EXPECT_LT(BytesOf(more), kClientsTake);
    bounds.facets = {};
    bounds.kinds = {v1::Aspect::kDocumentation};
    EXPECT_EQ(DocumentationOf(Ask(world, bounds).page.aspects).omitted_bytes, 0u);
  }
}

TEST(PageBounds, AValueLongerThanAnAnswerComesAlone) {
  CatalogWorld world;
  world.MustSay({kWide, Columns(Numbered(100)), 10});
  world.MustSay({kWide, Facet("huge", 4 << 20), 10});
  world.MustSay({kWide, Facet("large", 3 << 20), 10});
  world.MustSay({kWide, Doc("short"), 10});
  for (PageBounds bounds : {BasicBounds(), FullBounds()}) {
    EXPECT_LT(BytesOf(Ask(world, bounds).page), kClientsTake);
    bounds.facets = {"huge"};
    const AssetPage alone = Ask(world, bounds).page;
    EXPECT_EQ(GivenFacets(alone), (std::map<std::string, size_t>{{"huge", 4 << 20}}));
    EXPECT_THAT(alone.columns, testing::IsEmpty());
    EXPECT_GT(DocumentationOf(alone.aspects).omitted_bytes, 0u);
    EXPECT_TRUE(alone.truncated);
    bounds.facets = {"huge", "large"};
    EXPECT_EQ(GivenFacets(Ask(world, bounds).page), (std::map<std::string, size_t>{{"large", 3 << 20}}));
  }
}

TEST(PageBounds, AValueOfAColumnIsGivenByTheColumnAndItsKind) {
  CatalogWorld world;
  world.MustSay({kWide, Columns(Numbered(100)), 10});
  world.MustSay({kWide, Doc(std::string(4 << 20, 'd')), 10, {"column_7"}});
  world.MustSay({kWide, Tagged({"small"}), 10, {"column_7"}});
  world.MustSay({kWide, Doc("of the asset"), 10});
  PageBounds bounds = BasicBounds();
  bounds.column = {"column_7"};
  const Answered named = Ask(world, bounds);
  ASSERT_EQ(named.page.columns.size(), 1u);
  EXPECT_EQ(named.page.column_count, 100u);
  EXPECT_EQ(named.noted, std::set<std::string>{"column_7"});
  EXPECT_GT(DocumentationOf(named.page.columns[0].aspects).omitted_bytes, 4u << 20);
  bounds.kinds = {v1::Aspect::kDocumentation};
  const AssetPage asked = Ask(world, bounds).page;
  EXPECT_EQ(DocumentationOf(asked.columns[0].aspects).aspect.documentation().text().size(), 4u << 20);
  EXPECT_GT(DocumentationOf(asked.aspects).omitted_bytes, 0u) << "the kind is asked of the column";
}

TEST(PageBounds, AMaskedColumnIsNoneToAskFor) {
  CatalogWorld world;
  world.MustSay({kWide, Columns({"id", "iban"}), 10});
  world.MustSay({kWide, Classes({"pii"}), 10, {"iban"}, "person", Rank::kPerson});
  const std::string viewer = world.AddPerson("vera", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
  std::vector<std::string> answers;
  for (const char* column : {"iban", "missing", "id"}) {
    PageBounds bounds = BasicBounds();
    bounds.column = {column};
    const Status status = world.Look(
        viewer, [&](authz::GovernedView& view) -> Status { return FindBoundedPage(view, kWide, bounds).status(); });
    answers.push_back(status.ToString());
  }
  EXPECT_THAT(answers, ElementsAre("NOT_FOUND: no such column", answers[0], "OK"));
}

TEST(Columns, ComeInPagesThatHoldEachOnce) {
  CatalogWorld world;
  world.MustSay({kWide, Columns(Numbered(25)), 10});
  ColumnsRequest request;
  request.max = 10;
  std::vector<std::string> all;
  for (int pages = 1;; ++pages) {
    const Columned answer = AskColumns(world, request, world.admin());
    EXPECT_EQ(answer.page.total, 25u);
    EXPECT_EQ(answer.noted, std::set<std::string>(answer.paths.begin(), answer.paths.end()));
    all.insert(all.end(), answer.paths.begin(), answer.paths.end());
    if (!answer.page.last) {
      EXPECT_EQ(pages, 3);
      break;
    }
    request.after = *answer.page.last;
    request.after_path = answer.page.columns.back().path;
  }
  EXPECT_EQ(all, Numbered(25));
}

TEST(Columns, APageGoesOnWhereTheLastEndedThoughColumnsCameBefore) {
  CatalogWorld world;
  world.MustSay({kWide, Columns({"new", "a", "b", "c"}), 10});
  ColumnsRequest request;
  request.after = 0;
  request.after_path = {"a"};
  EXPECT_THAT(AskColumns(world, request, world.admin()).paths, ElementsAre("b", "c"));
}

TEST(Columns, AFilterFindsAnyPartInWhateverCase) {
  CatalogWorld world;
  world.MustSay({kWide, Columns({"Order_ID", "amount", "고객명"}), 10});
  world.MustSay({kWide, Doc("what the order cost"), 10, {"amount"}});
  ColumnsRequest request;
  request.filter = "oRDER";
  EXPECT_THAT(AskColumns(world, request, world.admin()).paths, ElementsAre("Order_ID", "amount"));
  request.filter = "고객";
  EXPECT_THAT(AskColumns(world, request, world.admin()).paths, ElementsAre("고객명"));
}

TEST(Columns, AMaskedColumnIsNeitherListedNorCountedNorFound) {
  CatalogWorld world;
  world.MustSay({kWide, Columns({"id", "iban", "name"}), 10});
  world.MustSay({kWide, Classes({"pii"}), 10, {"iban"}, "person", Rank::kPerson});
  const std::string viewer = world.AddPerson("vera", {CatalogWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
  ColumnsRequest request;
  const Columned answer = AskColumns(world, request, viewer);
  EXPECT_THAT(answer.paths, ElementsAre("id", "name"));
  EXPECT_EQ(answer.page.total, 2u);
  request.filter = "iban";
  EXPECT_THAT(AskColumns(world, request, viewer).paths, ElementsAre());
}

TEST(Columns, APageEndsAtItsBytes) {
  CatalogWorld world;
  world.MustSay({kWide, Columns(Numbered(10)), 10});
  for (int i = 0; i < 10; ++i) world.MustSay({kWide, Doc(std::string(1'000, 'd')), 10, {base::Cat("column_", i)}});
  ColumnsRequest request;
  request.bytes_max = 5'000;
  const size_t shown = AskColumns(world, request, world.admin()).paths.size();
  EXPECT_GT(shown, 1u);
  EXPECT_LT(shown, 6u);
}

TEST(HistoryBounds, APageEndsAtItsBytesAndTheNextGoesOn) {
  CatalogWorld world;
  for (char c = 'a'; c <= 'f'; ++c) world.MustSay({kWide, Doc(std::string(900 << 10, c)), 10 + c});
  world.MustSay({kWide, Doc(std::string(3 << 20, 'z')), 200});
  std::string told;
  size_t pages = 0;
  std::optional<HistoryPlace> after;
  do {
    std::optional<HistoryPlace> next;
    const Status status = world.Look(world.admin(), [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto page, ScanHistory(view, kWide, after, 100, &next));
      size_t bytes = 0;
      for (const HistoryItem& item : *page) {
        bytes += item.version.aspect->ByteSizeLong();
        const std::string& text = item.version.aspect->documentation().text();
        told += text.empty() ? '-' : text.front();
        EXPECT_EQ(item.omitted_bytes > 3u << 20, text.empty());
      }
      EXPECT_LT(bytes, kClientsTake);
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    after = std::move(next);
    ++pages;
  } while (after);
  EXPECT_EQ(told, "-fedcba") << "each once, the one that no page holds by its length";
  EXPECT_GT(pages, 1u);
}

TEST(DifferenceBounds, WhateverDiffersTheAnswerIsBelowWhatClientsTake) {
  CatalogWorld world;
  world.MustSay({kWide, Columns(Numbered(10'000)), 10});
  for (int i = 0; i < 5; ++i) world.MustSay({kWide, Facet(base::Cat("f", i), 1 << 20), 10});
  world.MustSay({kWide, Doc(std::string(3 << 20, 'd')), 10});
  world.MustSay({kWide, Tagged({"small"}), 10});
  const Status status = world.Look(world.admin(), [&](authz::GovernedView& view) -> Status {
    ASSIGN_OR_RETURN(const auto page, FindPage(view, kWide));
    const auto difference = DiffPages(view, nullptr, &page);
    EXPECT_TRUE(difference->truncated);
    EXPECT_LT(difference->columns_added.size(), 10'000u);
    EXPECT_GT(difference->columns_added.size(), 1'000u);
    size_t bytes = 0;
    size_t cut = 0;
    for (const AspectDifference& one : difference->aspects) {
      bytes += one.after->ByteSizeLong();
      cut += one.after_omitted_bytes > 0 ? 1 : 0;
      if (one.after->has_tags()) {
        EXPECT_EQ(one.after->tags().tags_size(), 1) << "the shorter ones stay";
      }
    }
    EXPECT_LT(bytes + 2 * kDifferenceListBytesMax, kClientsTake);
    EXPECT_GE(cut, 4u);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace cadastre::catalog
