// The copy of a known facet opens with no less than its value, whichever table says so.
#include <gtest/gtest.h>

#include <span>

#include "authz/view/verbatim_facets.h"
#include "catalog/aspect_kind.h"
#include "ingestors/openlineage/facet.h"

namespace cadastre {
namespace {

using openlineage::KnownFacet;

TEST(VerbatimFacets, EachKnownFacetOpensAsItsValueDoes) {
  for (const std::span<const KnownFacet> table :
       {openlineage::DatasetFacets(), openlineage::InputFacets(), openlineage::OutputFacets(), openlineage::JobFacets(),
        openlineage::RunFacets()}) {
    for (const KnownFacet& facet : table) {
      if (facet.read == nullptr) continue;  // kept in no form
      const authz::TypedForm* form = authz::TypedFormOf(facet.name);
      ASSERT_NE(form, nullptr) << facet.name << " is kept word for word, and nothing says what opens it";
      EXPECT_EQ(authz::TypedFormOf("job." + std::string(facet.name)), form);
      if (facet.aspect == catalog::v1::Aspect::VALUE_NOT_SET) continue;
      const catalog::AspectKind* kind = catalog::FindAspectKind(static_cast<uint32_t>(facet.aspect));
      ASSERT_NE(kind, nullptr);
      EXPECT_EQ(form->privilege, kind->read) << facet.name;
    }
  }
  EXPECT_EQ(authz::TypedFormOf("spark_plan"), nullptr);
}

}  // namespace
}  // namespace cadastre
