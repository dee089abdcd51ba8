#include "catalog/aspect_kind.h"

#include <gtest/gtest.h>

namespace cadastre::catalog {
namespace {

TEST(AspectPlace, FacetsGoByNameBehindAllKinds) {
  const uint32_t first_met = kFacetBase + 1;
  const uint32_t later_met = kFacetBase + 2;
  EXPECT_LT(AspectPlaceOf(later_met, "a"), AspectPlaceOf(first_met, "b"));
  EXPECT_EQ(AspectPlaceOf(later_met, "a"), AspectPlaceOf(first_met, "a"));
  for (const AspectKind& kind : AspectKinds()) {
    EXPECT_LT(AspectPlaceOf(kind.number, ""), AspectPlaceOf(first_met, "")) << kind.name;
  }
}

}  // namespace
}  // namespace cadastre::catalog
