#include <gtest/gtest.h>

#include <functional>

#include "base/status.h"
#include "tests/unit/search/search_world.h"

namespace cadastre::search {
namespace {

using Names = std::vector<std::string>;

TEST(Find, WordsMatchPartsOfNamesInAnyCase) {
  SearchWorld world;
  world.AddNamed("shop.public.customerOrders");
  world.AddNamed("shop.public.customer_addresses");
  world.AddNamed("raw.events");
  world.Follow();
  EXPECT_EQ(world.Names("CUSTOMER orders"), (Names{"shop.public.customerOrders"}));
  EXPECT_EQ(world.Names("customerorders"), (Names{"shop.public.customerOrders"}));
  EXPECT_EQ(world.Names("customer -orders"), (Names{"shop.public.customer_addresses"}));
  EXPECT_EQ(world.Names("addresses OR events"), (Names{"raw.events", "shop.public.customer_addresses"}));
  EXPECT_EQ(world.Names("").size(), 3u);
  EXPECT_EQ(world.Names("\"customer orders\""), (Names{"shop.public.customerOrders"}));
  EXPECT_EQ(world.Names("\"orders customer\""), Names());
}

TEST(Find, ExactNameBeatsPrefixBeatsParts) {
  SearchWorld world;
  SearchDocument loud;
  loud.name = Dataset("a.monthly_orders_report");
  loud.description = "orders orders orders orders orders orders";
  loud.title = "Monthly orders";
  loud.tags = {"orders"};
  world.Add(loud);
  world.AddNamed("b.orders_by_day");
  world.AddNamed("c.orders");
  world.Follow();
  EXPECT_EQ(world.Names("orders"), (Names{"c.orders", "b.orders_by_day", "a.monthly_orders_report"}));
}

TEST(Find, KoreanIsFoundAsKoreansTypeIt) {
  SearchWorld world;
  SearchDocument spaced;
  spaced.name = Dataset("a");
  spaced.title = "일별 매출";
  world.Add(spaced);
  SearchDocument joined;
  joined.name = Dataset("b");
  joined.description = "지점의 일별매출을 집계한 표";
  world.Add(joined);
  SearchDocument customer;
  customer.name = Dataset("고객_주문");
  world.Add(customer);
  world.Follow();
  for (const char* query : {"일별매출", "일별 매출", "매출", "매출을", "일별매출의"}) {
    EXPECT_EQ(world.Names(query), (Names{"a", "b"})) << query;
  }
  for (const char* query : {"고객", "고객의", "고객주문", "주문에서"}) {
    EXPECT_EQ(world.Names(query), (Names{"고객_주문"})) << query;
  }
  // As some systems send it: letters apart.
  EXPECT_EQ(world.Names("\xE1\x84\x86\xE1\x85\xA2\xE1\x84\x8E\xE1\x85\xAE\xE1\x86\xAF"), (Names{"a", "b"}));
}

TEST(Find, AnOrderIsTurnedRoundByDesc) {
  SearchWorld world;
  for (int i = 0; i < 3; ++i) {
    SearchDocument document;
    document.name = Dataset(std::string(1, static_cast<char>('a' + i)));
    document.updated = Timestamp(100 - 10 * i);
    world.Add(document);
  }
  world.Follow();
  const auto by = [&](const std::string& order) {
    FindRequest request;
    request.order_by = order;
    request.page_size = 2;
    Names names;
    do {
      const auto shown = world.Ask(world.world().admin(), request, &request.after);
      EXPECT_TRUE(shown.ok()) << shown.status();
      for (const std::string& hit : shown->hits) names.push_back(hit.substr(hit.find('#') + 1, 1));
    } while (!request.after.empty());
    return names;
  };
  EXPECT_EQ(by("name"), (Names{"a", "b", "c"}));
  EXPECT_EQ(by("name desc"), (Names{"c", "b", "a"}));
  EXPECT_EQ(by("updated"), (Names{"c", "b", "a"}));
  EXPECT_EQ(by("updated desc"), (Names{"a", "b", "c"}));
}

TEST(Find, TypingMistakesAreForgivenAndSaid) {
  SearchWorld world;
  world.AddNamed("shop.customers");
  world.AddNamed("shop.products");
  world.Follow();
  EXPECT_EQ(world.Names("custmers"), (Names{"shop.customers"}));
  FindRequest request;
  request.query = "shop Custmers";
  const auto shown = world.Ask(world.world().admin(), request);
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ(shown->did_you_mean, "shop customers");
}

record::Scope In(const std::string& environment) {
  record::Scope scope;
  scope.set_environment(environment);
  return scope;
}

record::Labels InEnvironment(const std::string& environment) {
  record::Labels labels;
  labels.set_environment(environment);
  return labels;
}

TEST(Find, AFieldMatchesOnlyUnderItsPrivilege) {
  SearchWorld world;
  SearchDocument document;
  document.name = Dataset("name");
  document.title = "title";
  document.description = "description";
  document.code = "select code";
  document.tags = {"tagged"};
  document.owners = {"owned"};
  document.columns = {{"open", "opened", {}}, {"ssn", "social", {"pii"}}};
  record::Labels labels = InEnvironment("e");
  record::ColumnLabels* classified = labels.add_columns();
  classified->set_column(2);
  classified->add_path("ssn");
  classified->add_classifications("pii");
  world.Add(document, labels);
  world.Follow();
  const std::map<std::string, std::vector<Privilege>> viewers = {
      {"nobody", {}},
      {"browser", {Privilege::kBrowse}},
      {"reader", {Privilege::kBrowse, Privilege::kRead}},
      {"columns", {Privilege::kBrowse, Privilege::kRead, Privilege::kReadColumns}},
      // Code may name any column, so it opens with all of them.
      {"coder", {Privilege::kBrowse, Privilege::kRead, Privilege::kReadCode, Privilege::kReadColumns}},
      {"half_coder", {Privilege::kBrowse, Privilege::kReadCode}},
  };
  const std::map<std::string, std::set<std::string>> allowed = {
      {"name", {"browser", "reader", "columns", "coder", "half_coder"}},
      {"title", {"reader", "columns", "coder"}},
      {"description", {"reader", "columns", "coder"}},
      {"tagged", {"reader", "columns", "coder"}},
      {"owned", {"reader", "columns", "coder"}},
      {"open", {"reader", "columns", "coder"}},
      {"column:opened", {}},
      {"ssn", {"columns", "coder"}},
      {"social", {"columns", "coder"}},
      {"select", {"coder"}},
  };
  for (const auto& [viewer, privileges] : viewers) {
    const std::string bearer = world.world().AddPerson(
        viewer, {GovernedWorld::Allow(privileges, In("e")), GovernedWorld::Allow({Privilege::kBrowse}, In("other"))});
    world.Follow();
    for (const auto& [query, who] : allowed) {
      EXPECT_EQ(!world.Names(bearer, query).empty(), who.contains(viewer)) << viewer << " asks " << query;
    }
    // What one may not read, one cannot rule out either.
    EXPECT_EQ(world.Names(bearer, "-description").empty(), viewer != "browser" && viewer != "half_coder") << viewer;
  }
}

TEST(Find, AClassBelowAHiddenColumnIsNotCounted) {
  SearchWorld world;
  SearchDocument document;
  document.name = Dataset("people");
  record::Labels labels;
  for (const auto& [path, word] : {std::pair(std::vector<std::string>{"address"}, "pii"),
                                   std::pair(std::vector<std::string>{"address", "price"}, "money")}) {
    record::ColumnLabels* column = labels.add_columns();
    column->set_column(static_cast<uint32_t>(labels.columns_size()));
    for (const std::string& segment : path) column->add_path(segment);
    column->add_classifications(word);
  }
  world.Add(document, labels);
  record::Scope money;
  money.set_classification("money");
  const std::string viewer =
      world.world().AddPerson("vera", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kRead}),
                                       GovernedWorld::Allow({Privilege::kReadColumns}, money)});
  world.Follow();
  EXPECT_EQ(world.Names(viewer, "people").size(), 1u);
  EXPECT_TRUE(world.Names(viewer, "class:money").empty());
}

TEST(Find, HitsSayWhichFieldMatchedAndWhere) {
  SearchWorld world;
  SearchDocument document;
  document.name = Dataset("shop.customerOrders");
  document.description = "지점별 매출과 orders";
  document.columns = {{"order_id", "", {}}};
  world.Add(document);
  world.Follow();
  FindRequest request;
  request.query = "order 매출을";
  request.explain = true;
  const StatusOr<Shown> shown = world.Ask(world.world().admin(), request);
  ASSERT_TRUE(shown.ok());
  ASSERT_EQ(shown->hits.size(), 1u);
  const std::string& hit = shown->hits[0];
  EXPECT_NE(hit.find("name: shop.customerOrders 13-18"), std::string::npos) << hit;
  EXPECT_NE(hit.find("description: 지점별 매출과 orders 4-6"), std::string::npos) << hit;
  EXPECT_NE(hit.find("column: order_id 0-5"), std::string::npos) << hit;
  EXPECT_NE(hit.find("order in name, column: worth "), std::string::npos) << hit;
}

TEST(Find, WhatIsDeletedShowsOnlyWhenAskedFor) {
  SearchWorld world;
  const AssetId id = world.AddNamed("orders");
  world.world().Put([&](authz::WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
    header.set_deleted(true);
    return session.SetHeader(testing_support::RowsOf(session), id, header);
  });
  world.Follow();
  EXPECT_EQ(world.Names("orders"), Names());
  FindRequest request;
  request.query = "orders";
  request.include_deleted = true;
  EXPECT_EQ(world.Ask(world.world().admin(), request)->total, 1);
}

TEST(Find, BadRequestsNameTheirField) {
  SearchWorld world;
  world.Follow();
  const auto field = [&](const std::function<void(FindRequest&)>& spoil) {
    FindRequest request;
    spoil(request);
    return base::FieldOf(world.Ask(world.world().admin(), request).status()).value_or("");
  };
  EXPECT_EQ(field([](FindRequest& r) { r.query = std::string(2000, 'a'); }), "query");
  EXPECT_EQ(field([](FindRequest& r) { r.filters = {{"colour", {"red"}}}; }), "filters[0].facet");
  EXPECT_EQ(field([](FindRequest& r) { r.filters = {{"kind", {}}}; }), "filters[0].values");
  EXPECT_EQ(field([](FindRequest& r) { r.facets = {"colour"}; }), "facets[0]");
  EXPECT_EQ(field([](FindRequest& r) { r.page_size = 101; }), "page_size");
  EXPECT_EQ(field([](FindRequest& r) { r.after = "torn"; }), "page_token");
  EXPECT_EQ(field([](FindRequest& r) { r.order_by = "size"; }), "order_by");
}

TEST(Suggest, BeginningsThenPartsThenNearMisses) {
  SearchWorld world;
  for (const char* name : {"orders", "orders_daily", "archive.old_orders", "shop.customers"}) world.AddNamed(name);
  world.Follow();
  const auto suggested = [&](const std::string& prefix) {
    std::vector<std::string> answer = *world.Complete(world.world().admin(), prefix);
    for (std::string& one : answer) {
      if (one.starts_with("dataset:")) one = one.substr(one.find('#') + 1, one.find(' ') - one.find('#') - 1);
    }
    return answer;
  };
  EXPECT_EQ(suggested("ord"), (Names{"orders", "orders_daily", "archive.old_orders", "+orders"}));
  EXPECT_EQ(suggested("custmers"), (Names{"shop.customers"}));
  EXPECT_EQ(suggested(""), Names());
}

}  // namespace
}  // namespace cadastre::search
