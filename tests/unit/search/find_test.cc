#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cadastre::search
