#include "server/wire/catalog_wire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "base/status.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"

namespace cadastre::server {
namespace {

TEST(AspectKind, EveryFieldOfAnAspectHasAKindOfItsNameAndNumber) {
  const auto* const fields = catalog::v1::Aspect::descriptor()->FindOneofByName("value");
  for (int i = 0; i < fields->field_count(); ++i) {
    std::string name = fields->field(i)->name();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    catalog::v1::AspectKind kind = catalog::v1::ASPECT_KIND_UNSPECIFIED;
    ASSERT_TRUE(catalog::v1::AspectKind_Parse("ASPECT_KIND_" + name, &kind)) << name;
    EXPECT_EQ(static_cast<int>(kind), fields->field(i)->number()) << name;
  }
  EXPECT_EQ(catalog::v1::AspectKind_descriptor()->value_count(), fields->field_count() + 1);
}

}  // namespace
}  // namespace cadastre::server
