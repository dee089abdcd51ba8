#include "authz/policy/column_mask.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "authz/policy/column_case.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

using Path = std::vector<std::string>;

TEST(ColumnMask, EverySpellingOfAColumnIsMasked) {
  ColumnMask mask("shop.public.orders");
  mask.Hide({"user", "Émail"});
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
    EXPECT_TRUE(mask.Hides(path)) << testing::PrintToString(path);
  }
  for (const Path& path : std::vector<Path>{{"user"},
                                            {"émail"},
                                            {"user", "émails"},
                                            {"user", "age"},
                                            {"billing", "user", "émail"},
                                            {"user_émail"},
                                            {}}) {
    EXPECT_FALSE(mask.Hides(path)) << testing::PrintToString(path);
  }
}

TEST(ColumnMask, AFlatColumnIsMaskedUnderItsNestedSpelling) {
  ColumnMask mask;
  mask.Hide({"user.email"});
  EXPECT_TRUE(mask.Hides({"user", "email"}));
  EXPECT_TRUE(mask.Hides({"\"user.email\""}));
  EXPECT_FALSE(mask.Hides({"user", "mail"}));
}

TEST(ColumnMask, AnExpressionOverAColumnIsMaskedWithIt) {
  ColumnMask mask("rb.t");
  mask.Hide({"ssn"});
  mask.Hide({"person", "pin"});
  mask.Hide({"tax number"});
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
  mask.Hide({"person", "ssn"});
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

struct Row {
  Path spelling;
  Path hidden;
  bool hides;
};

void Expect(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    ColumnMask mask("rb.t");
    mask.Hide(row.hidden);
    EXPECT_EQ(mask.Hides(row.spelling), row.hides)
        << testing::PrintToString(row.spelling) << " by " << testing::PrintToString(row.hidden);
  }
}

TEST(ColumnMask, LevelsOfListsAndMapsAreLeftOut) {
  const std::vector<Path> hidden = {{"items", "pin"}, {"items.pin"},   {"items", "list", "element", "pin"},
                                    {"items[0].pin"}, {"items.0.pin"}, {"$.items[*].pin"}};
  const std::vector<Path> spellings = {{"items", "pin"},
                                       {"items._element.pin"},
                                       {"items.element.pin"},
                                       {"items", "element", "pin"},
                                       {"items.list.element.pin"},
                                       {"items.array.pin"},
                                       {"items.bag.array_element.pin"},
                                       {"items.items_tuple.pin"},
                                       {"items.item.pin"},
                                       {"items.value.pin"},
                                       {"items", "key_value", "value", "pin"},
                                       {"items.entries.value.pin.last4"},
                                       {"items.0.pin"},
                                       {"items.*.pin"},
                                       {"items[0].pin"},
                                       {"items[-1].pin"},
                                       {"items[1:2].pin"},
                                       {"items[ 0 , 1 ].pin"},
                                       {"items[*].pin"},
                                       {"items[].pin"},
                                       {"items[1:2]", "pin"},
                                       {"t", "items", "element", "pin"},
                                       {"t", "items[0]", "pin"},
                                       {"$.items[0].pin"},
                                       {"$", "items", "0", "pin"},
                                       {"spark_catalog.rb.t.items.list.element.pin"}};
  for (const Path& path : hidden) {
    for (const Path& spelling : spellings) Expect({{spelling, path, true}});
    Expect({{{"items"}, path, false},
            {{"items", "element"}, path, false},
            {{"items", "list", "element"}, path, false},
            {{"items.element.name"}, path, false},
            {{"items[0].pins"}, path, false},
            {{"items[0].address.pin"}, path, false},
            {{"element.pin"}, path, false},
            {{"pin"}, path, false},
            {{"other", "items", "pin"}, path, false}});
  }
}

TEST(ColumnMask, WhatReachesIntoAListOrMapIsMaskedWithIt) {
  for (const char* text : {"get(items,0).pin",
                           "get(items, 0).pin",
                           "items->0->>'pin'",
                           "items -> 0 ->> 'pin'",
                           "items[OFFSET(0)].pin",
                           "items[SAFE_ORDINAL(1)].pin",
                           "items['k'].pin",
                           "items[\"k\"].pin",
                           "items[k].pin",
                           "items[i + 1].pin",
                           "element_at(items,'k').pin",
                           "items:0.pin",
                           "items[0]:pin::string",
                           "payload:items[0].pin::string",
                           "lower(payload.items[0].pin)",
                           "items #>> '{0,pin}'",
                           "payload #>> '{items,0,pin}'",
                           "json_value(payload, '$.items[0].pin')",
                           "jsonb_path_query(items, '$[*].\"pin\"')",
                           "transform(items, i -> i.pin)",
                           "(select max(pin) from unnest(items))",
                           "/items/0/pin",
                           "items->pin",
                           "$.items[?(@.id == 0)].pin",
                           "[version=2.0].[type=struct].items.[type=array].[type=struct].pin",
                           "items{}.pin",
                           "items!pin",
                           "items\\.pin",
                           "items\tpin",
                           "items;pin"}) {
    Expect({{{text}, {"items", "pin"}, true}, {{text}, {"items.element.pin"}, true}, {{text}, {"items"}, true}});
  }
  Expect({{{"get(items,0)", "pin"}, {"items", "pin"}, true},
          {{"items", "[OFFSET(0)]", "pin"}, {"items", "pin"}, true},
          {{"t", "get(items,0)", "pin"}, {"items", "pin"}, true},
          {{"[version=2.0]", "[type=struct]", "items", "[type=array]", "pin"}, {"items", "pin"}, true},
          {{"items", "pin"}, {"[version=2.0].[type=struct].items.[type=array].[type=struct].pin"}, true},
          {{"items", "pin"}, {"items", "[type=array]", "pin"}, true}});
  Expect({{{"get(items,0).name"}, {"items", "pin"}, false},
          {{"items->0->>'name'"}, {"items", "pin"}, false},
          {{"lower(pin)"}, {"items", "pin"}, false},
          {{"lower(items)"}, {"items", "pin"}, false},
          {{"items[0].pin_code"}, {"items", "pin"}, false},
          {{"other", "get(items,0)", "pin"}, {"items", "pin"}, false},
          {{"e-mail", "items", "pin"}, {"items", "pin"}, false},
          {{"[version=2.0].[type=struct].items.[type=array].[type=struct].name"}, {"items", "pin"}, false}});
}

TEST(ColumnMask, AColumnThatIsCalledLikeALevelKeepsItsName) {
  Expect({{{"m", "value"}, {"m", "value"}, true},
          {{"m.key_value.value"}, {"m", "value"}, true},
          {{"m", "entries", "value"}, {"m", "value"}, true},
          {{"m.value.pin"}, {"m", "value"}, true},
          {{"m[0].value"}, {"m", "value"}, true},
          {{"m->>'value'"}, {"m", "value"}, true},
          // Nothing tells what they open from the column.
          {{"m['k']"}, {"m", "value"}, true},
          {{"element_at(m,'k')"}, {"m", "value"}, true},
          {{"map_values(m)"}, {"m", "value"}, true},
          {{"m[0]"}, {"m", "value"}, true},
          {{"m", "0"}, {"m", "value"}, true},
          // Other columns of a struct.
          {{"m"}, {"m", "value"}, false},
          {{"m", "key"}, {"m", "value"}, false},
          {{"m", "unit"}, {"m", "value"}, false},
          {{"m[0].unit"}, {"m", "value"}, false},
          {{"lower(m.unit)"}, {"m", "value"}, false},
          {{"value"}, {"m", "value"}, false}});
  for (const char* key : {"key", "keys", "_key"}) {
    Expect({{{"m", "key_value", "key"}, {"m", key}, true},
            {{"m", "key"}, {"m", key}, true},
            {{"m", "value"}, {"m", key}, false},
            {{"m"}, {"m", key}, false}});
  }
  // Of a topic's records.
  Expect({{{"value"}, {"value"}, true},
          {{"value", "pin"}, {"value"}, true},
          {{"lower(value)"}, {"value"}, true},
          {{"key"}, {"value"}, false},
          {{"element", "pin"}, {"element", "pin"}, true},
          {{"pin"}, {"element", "pin"}, false},
          {{"items", "other"}, {"items", "list"}, false},
          {{"items", "list"}, {"items", "list"}, true},
          {{"2023"}, {"2023"}, true},
          {{"sales", "2023"}, {"sales", "2023"}, true},
          {{"sales", "2024"}, {"sales", "2023"}, false},
          {{"sales"}, {"sales", "2023"}, false}});
}

TEST(ColumnMask, AllThatLiesInMaskedElementsIsMasked) {
  for (const Path& hidden : std::vector<Path>{{"items", "element"},
                                              {"items.list.element"},
                                              {"items", "_element"},
                                              {"items", "bag", "array_element"},
                                              {"items", "array", "element"}}) {
    Expect({{{"items", "pin"}, hidden, true},
            {{"items[0].pin"}, hidden, true},
            {{"items[0]"}, hidden, true},
            {{"items", "array"}, hidden, true},
            {{"get(items,0).pin"}, hidden, true},
            {{"lower(items.pin)"}, hidden, true},
            {{"items"}, hidden, false},
            {{"other", "pin"}, hidden, false},
            {{"pin"}, hidden, false}});
  }
  for (const Path& hidden :
       std::vector<Path>{{"m", "key_value", "value"}, {"m.entries.value"}, {"m", "map", "value"}}) {
    Expect({{{"m", "pin"}, hidden, true},
            {{"m.value.pin"}, hidden, true},
            {{"m['k']"}, hidden, true},
            {{"m"}, hidden, false},
            {{"m", "key_value"}, hidden, false},
            {{"m", "key_value", "key"}, hidden, false},
            {{"m", "key"}, hidden, false}});
  }
}

TEST(ColumnMask, WhatIsNoLetterDelimitsInEveryScript) {
  for (const char* text : {"items．pin",         "items·pin",          "items\u00A0pin",  "items\u3000pin",
                           "„items“.„pin“",      "«items».«pin»",      "“items”.“pin”",   "‹items›‹pin›",
                           "items\u200Bpin",     "items\u200D.pin",    "items\u2060pin",  "ite\u200Bms.p\u00ADin",
                           "items→pin",          "items…pin",          "items。pin",      "items\u2028pin",
                           "items\u061Cpin",     "ｉｔｅｍｓ．ｐｉｎ", "items［0］．pin", "items\uFEFF.pin",
                           "items\U0001F600pin", "\xFFitems\xFE.pin"}) {
    Expect({{{text}, {"items", "pin"}, true}, {{text}, {"items", "pins"}, false}});
  }
  Expect({{{"«items»", "«pin»"}, {"items", "pin"}, true},
          {{"max(größe)"}, {"GRÖSSE"}, true},
          {{"max(größe)"}, {"gr"}, false},
          {{"lower(имя)"}, {"имя"}, true},
          {{"lower(фамилия)"}, {"имя"}, false},
          {{"avg(価格)"}, {"価格"}, true},
          {{"lower(e\u0301mail)"}, {"émail"}, true},
          {{"a‿b::text"}, {"a"}, false},
          {{"sum(💰)"}, {"💰"}, true},
          {{"sum(💶)"}, {"💰"}, false}});
}

TEST(ColumnMask, WhatTheTypeOfAColumnNamesIsBelowIt) {
  for (const char* type :
       {"struct<a:int,pin:string>", "array<struct<a:int,\n\tpin:string>>", "row(pin varchar)", "ROW(\"PIN\" varchar)",
        "struct X { 1: optional string pin; }", "struct<a=int;pin=string>", "struct<a?pin>", "pin string, a int",
        R"({"type":"record","fields":[{"name":"pin","type":"string"}]})", R"({"properties":{"pin":{"type":"string"}}})",
        "message m { optional group items (LIST) { repeated group list { optional binary pin (UTF8); } } }",
        "message Item { string pin = 1; }", "Nullable(Tuple(pin String))"}) {
    Expect({{{"items", type}, {"items", "pin"}, true},
            {{"items", type}, {"items", "element", "pin"}, true},
            {{"items", type}, {"items", "pins"}, false},
            {{"items", type}, {"other", "pin"}, false},
            {{"home", "items", type}, {"items", "pin"}, false}});
  }
  Expect({{{"m", "map<string,int>"}, {"m", "value"}, true},
          {{"m", "array<int>"}, {"m", "element"}, true},
          {{"m", "decimal(10,2)"}, {"m", "value", "pin"}, false}});
}

// Whatever a column is called; and however long the text is, it is answered soon.
TEST(ColumnMask, EveryColumnIsMaskedUnderItsOwnName) {
  const std::vector<std::string> parts = {"a", "b-c",      ".", "[0]",  "[",     "]",         "$",
                                          "*", "\"",       "'", "list", "value", "key_value", " ",
                                          "7", "[type=x]", "💰", "+",    "\xFF",  "\u200B"};
  std::vector<Path> paths;
  for (const std::string& one : parts) {
    for (const std::string& two : parts) {
      paths.push_back({base::Cat(one, two)});
      for (const std::string& three : parts) {
        paths.push_back({base::Cat(one, two, three)});
        paths.push_back({one, base::Cat(two, three)});
        paths.push_back({one, two, three});
      }
    }
  }
  for (const Path& path : paths) Expect({{path, path, true}});
  std::string longest = "a";
  for (int i = 0; i < 30'000; ++i) longest += ".a";
  std::string deep = "b";
  for (int i = 0; i < 200; ++i) deep += ".a";
  const std::string brackets(60'000, '[');
  const std::string over(70'000, 'x');
  Expect({{{longest}, {"a", "a", "b"}, false},
          {{longest}, {"a", "a"}, true},
          {{deep + ".c"}, {deep}, true},
          {{"b", "a"}, {deep}, false},
          {{brackets}, {"a"}, false},
          {{over}, {"a"}, true}});
}

TEST(ColumnMask, NothingButQuotesIsANameToo) {
  ColumnMask mask;
  mask.Hide({"\""});
  EXPECT_TRUE(mask.Hides({"\""}));
  EXPECT_FALSE(mask.Hides({"id"})) << "it is not the mask of any column";
  ColumnMask any;
  any.Hide({});
  EXPECT_TRUE(any.Hides({"id"}));
}

}  // namespace
}  // namespace cadastre::authz
