#include <gtest/gtest.h>

#include "catalog/history.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

v1::Aspect Named(const std::string& name) {
  v1::Aspect aspect;
  aspect.mutable_facet()->set_name(name);
  aspect.mutable_facet()->set_json("{}");
  return aspect;
}

// Numbers are given to names as they come, on assets that a viewer may not see.
TEST(Difference, FacetsStandByNameWhicheverThisServerMetFirst) {
  for (const auto& met : {std::vector<std::string>{"a", "b"}, std::vector<std::string>{"b", "a"}}) {
    CatalogWorld world;
    for (const std::string& name : met) world.MustSay({Table("shop.hidden"), Named(name), 10});
    for (const char* name : {"a", "b"}) world.MustSay({kOrders, Named(name), 10});
    std::string told;
    const Status status = world.Look(world.admin(), [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto page, FindPage(view, kOrders));
      const auto difference = DiffPages(view, nullptr, &page);
      for (const AspectDifference& one : difference->aspects) told += one.after->facet().name();
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(told, "ab");
  }
}

}  // namespace
}  // namespace cadastre::catalog
