#include "server/services/last_stated.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/words.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

using openlineage::MappedAspect;
using v1::Aspect;

const AssetName kOrders = {AssetKind::kDataset, "postgres://db:5432", "shop.orders"};

MappedAspect Said(Aspect aspect, bool deleted = false) {
  return {kOrders, {}, std::move(aspect), Timestamp(10), deleted};
}

Aspect Doc(const std::string& text) {
  Aspect aspect;
  aspect.mutable_documentation()->set_text(text);
  return aspect;
}

Aspect Results(const std::vector<std::pair<std::string, bool>>& tests) {
  Aspect aspect;
  v1::QualityResults* results = aspect.mutable_quality_results();
  for (const auto& [name, passed] : tests) {
    v1::QualityResults::Result* result = results->add_results();
    result->set_assertion(name);
    result->set_success(passed);
  }
  return aspect;
}

// One line a statement: `=` where all of it is left, `-` where nothing is, else what is.
std::string LeftOf(const std::vector<MappedAspect>& aspects) {
  const auto overruled = OverruledIn(aspects);
  std::string text;
  for (size_t i = 0; i < aspects.size(); ++i) {
    const auto found = overruled.find(i);
    if (!text.empty()) text += " ";
    if (found == overruled.end()) {
      text += "=";
    } else if (!found->second) {
      text += "-";
    } else {
      for (const auto& result : found->second->quality_results().results()) text += result.assertion();
    }
  }
  return text;
}

TEST(LastStated, OfOneEventTheLastStands) {
  EXPECT_EQ(LeftOf({}), "");
  EXPECT_EQ(LeftOf({Said(Doc("z")), Said(Doc("a"))}), "- =");
  EXPECT_EQ(LeftOf({Said(Doc("a")), Said(Doc("z")), Said(Doc("m"))}), "- - =");
  EXPECT_EQ(LeftOf({Said(Doc("a")), Said(Doc(""), true)}), "- =") << "taken back";
  EXPECT_EQ(LeftOf({Said(Doc(""), true), Said(Doc("a"))}), "- =") << "and stated again";
}

TEST(LastStated, AnotherValueTakesNoOnesPlace) {
  MappedAspect of_column = Said(Doc("b"));
  of_column.column = {"id"};
  MappedAspect of_other = Said(Doc("c"));
  of_other.asset.name = "shop.customers";
  MappedAspect later = Said(Doc("d"));
  later.held_at = Timestamp(11);
  Aspect one;
  one.mutable_facet()->set_name("one");
  Aspect other;
  other.mutable_facet()->set_name("other");
  EXPECT_EQ(LeftOf({Said(Doc("a")), of_column, of_other, later, Said(one), Said(other)}), "= = = = = =");
}

TEST(LastStated, SpellingsOfANameAreOne) {
  MappedAspect spelled = Said(Doc("a"));
  spelled.asset = {AssetKind::kDataset, "s3://lake", "/orders"};
  MappedAspect folded = spelled;
  folded.asset.name = "orders";
  ASSERT_EQ(*CanonicalName(spelled.asset), folded.asset);
  EXPECT_EQ(LeftOf({spelled, folded}), "- =");
}

// Else both would be lost.
TEST(LastStated, WhatCannotBeKeptTakesNoPlace) {
  EXPECT_EQ(LeftOf({Said(Doc("a")), Said(Doc(std::string(5 << 20, 'x')))}), "= =");
}

TEST(LastStated, OfTestsEachByItself) {
  EXPECT_EQ(LeftOf({Said(Results({{"a", true}, {"b", true}})), Said(Results({{"b", false}, {"c", true}})),
                    Said(Results({{"c", false}}))}),
            "a b =")
      << "of the second only what the third does not say";
  EXPECT_EQ(LeftOf({Said(Results({{"a", true}})), Said(Results({{"a", false}}))}), "- =");
  EXPECT_EQ(LeftOf({Said(Results({{"a", true}})), Said(Results({}), true), Said(Results({{"b", true}}))}), "- - =");
}

}  // namespace
}  // namespace cadastre::server
