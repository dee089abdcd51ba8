#include "authz/policy/column_mask.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cadastre::authz {
namespace {

using Path = std::vector<std::string>;

TEST(ColumnMask, EverySpellingOfAColumnIsMasked) {
  ColumnMask mask("shop.public.orders");
  mask.Hide({"user", "Émail"}, ColumnCase::kIgnored);
  for (const Path& path : std::vector<Path>{{"user", "émail"},
                                            {"user.émail"},
                                            {"USER.ÉMAIL"},
                                            {"USER", "E\xCC\x81mail"},
                                            {"\"user\".\"émail\""},
                                            {"\"user.émail\""},
                                            {"`user`", "[émail]"},
                                            {"user", "émail.domain"},
                                            {"user.émail", "domain"},
                                            {"user[0].émail"},
                                            {"user[*]", "émail"},
                                            {"$.user.émail"},
                                            {" user . émail "},
                                            {"orders.user.émail"},
                                            {"\"public\".\"orders\"", "user.émail"}}) {
    EXPECT_TRUE(mask.Hides(path)) << MaskKey(path, ColumnCase::kIgnored);
  }
  for (const Path& path : std::vector<Path>{{"user"},
                                            {"émail"},
                                            {"user", "émails"},
                                            {"user", "age"},
                                            {"billing", "user", "émail"},
                                            {"user_émail"},
                                            {}}) {
    EXPECT_FALSE(mask.Hides(path)) << MaskKey(path, ColumnCase::kIgnored);
  }
}

TEST(ColumnMask, AFlatColumnIsMaskedUnderItsNestedSpelling) {
  ColumnMask mask;
  mask.Hide({"user.email"}, ColumnCase::kTold);
  EXPECT_TRUE(mask.Hides({"user", "email"}));
  EXPECT_TRUE(mask.Hides({"\"user.email\""}));
  EXPECT_FALSE(mask.Hides({"User", "email"})) << "another column where case tells them apart";
}

TEST(ColumnMask, AnExpressionOverAColumnIsMaskedWithIt) {
  ColumnMask mask("rb.t");
  mask.Hide({"ssn"}, ColumnCase::kIgnored);
  mask.Hide({"person", "pin"}, ColumnCase::kIgnored);
  mask.Hide({"tax number"}, ColumnCase::kIgnored);
  for (const char* text :
       {"lower(ssn)", "LOWER(\"SSN\")", "ssn::text", "ssn->>'a'", "x:ssn", "cast(ssn as text)", "-ssn", "a||`ssn`",
        "lower(person.pin)", "person->'pin'", "person['pin']", "max(tax number)", "$\"ssn\"", "N'ssn'", "@ssn"}) {
    EXPECT_TRUE(mask.Hides({text})) << text;
  }
  for (const char* text : {"lower(ssns)", "my_ssn::text", "lower(pin)", "person->'city'", "count(*)", "max(number)"}) {
    EXPECT_FALSE(mask.Hides({text})) << text;
  }
}

TEST(ColumnMask, ATextNamesItsColumnBehindAnyPrefix) {
  ColumnMask mask("rb.t");
  mask.Hide({"person", "ssn"}, ColumnCase::kIgnored);
  for (const char* text : {"spark_catalog.rb.t.person.ssn", "rb.t.person.ssn", "t.person.ssn", "o.person.ssn",
                           "\"Catalog\".\"rb\".\"t\".\"Person\".\"SSN\"", "o.person.ssn.last4"}) {
    EXPECT_TRUE(mask.Hides({text})) << text;
  }
  for (const char* text : {"spark_catalog.rb.t.person", "rb.t.ssn", "o.person.ssns"}) {
    EXPECT_FALSE(mask.Hides({text})) << text;
  }
  EXPECT_FALSE(mask.Hides({"other", "person", "ssn"})) << "a nested column of its own";
}

TEST(ColumnCase, ASourceIsOneByWhateverSchemeItIsReached) {
  const auto rule_of = [](std::string_view ns) { return ColumnCaseOf({AssetKind::kDataset, ns, "t"}); };
  for (const char* ns : {"postgres://db:5432", "Postgres://db:5432", "POSTGRESQL://db", "jdbc:postgresql://db",
                         "postgresql+psycopg2://db", "bigquery", "arn:aws:glue:eu:1"}) {
    EXPECT_EQ(rule_of(ns), ColumnCase::kIgnored) << ns;
  }
  for (const char* ns : {"kafka://k", "s3://lake", "jdbc:unknown://db", "postgresql2://db"}) {
    EXPECT_EQ(rule_of(ns), ColumnCase::kTold) << ns;
  }
}

TEST(ColumnMask, NothingButQuotesIsANameToo) {
  ColumnMask mask;
  mask.Hide({"\""}, ColumnCase::kIgnored);
  EXPECT_TRUE(mask.Hides({"\""}));
  EXPECT_FALSE(mask.Hides({"id"})) << "it is not the mask of any column";
  ColumnMask any;
  any.Hide({}, ColumnCase::kIgnored);
  EXPECT_TRUE(any.Hides({"id"}));
}

}  // namespace
}  // namespace cadastre::authz
