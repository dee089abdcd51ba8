#include "search/query_parser.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace cadastre::search {
namespace {

std::string Show(const Atom& atom) {
  if (atom.kind == Atom::Kind::kLabel) return std::string(FacetKindWord(atom.facet)) + "=" + atom.value;
  std::string text;
  for (const QueryWord& word : atom.words) text += (text.empty() ? "" : "+") + word.text;
  if (atom.kind == Atom::Kind::kPhrase) return "\"" + text + "\"";
  if (atom.fields == BitOf(Field::kColumn)) return "column(" + text + ")";
  if (atom.fields == BitOf(Field::kTerm)) return "term(" + text + ")";
  return text;
}

std::string Show(const std::string& query) {
  const StatusOr<ParsedQuery> parsed = ParseQuery(query);
  if (!parsed.ok()) return base::FieldOf(parsed.status()).value_or("?");
  std::string text;
  for (const Clause& clause : parsed->clauses) {
    if (!text.empty()) text += " ";
    if (clause.negated) text += "-";
    for (size_t i = 0; i < clause.any.size(); ++i) text += (i > 0 ? "|" : "") + Show(clause.any[i]);
  }
  return text;
}

struct Row {
  std::string query;
  std::string shown;
};
class Query : public testing::TestWithParam<Row> {};
TEST_P(Query, Says) { EXPECT_EQ(Show(GetParam().query), GetParam().shown) << GetParam().query; }

INSTANTIATE_TEST_SUITE_P(
    Parser, Query,
    testing::Values(Row{"", ""}, Row{"Customer orders", "customer orders"}, Row{"customer_orders", "customer+orders"},
                    Row{"\"daily sales\" x", "\"daily+sales\" x"}, Row{"-old new", "-old new"},
                    Row{"a OR b c", "a|b c"}, Row{"a or b", "a or b"}, Row{"OR a", "or a"}, Row{"a OR -b", "a -b"},
                    Row{"a OR", "a"}, Row{"owner:Kim tag:PII", "owner=kim tag=pii"}, Row{"-tag:pii", "-tag=pii"},
                    Row{"domain:\"Sales Team\"", "domain=sales team"}, Row{"column:customer_id", "column(customer+id)"},
                    Row{"term:revenue", "term(revenue)"},
                    Row{"namespace:postgres://db:5432", "namespace=postgres://db:5432"},
                    Row{"class:secret type:View", "classification=secret type=view"}, Row{"foo:bar", "foo+bar"},
                    Row{"tag:", ""}, Row{"\"open", "open"}, Row{"\"\"", ""}, Row{"- -- ---a", "-a"},
                    Row{"!!! ... ???", ""}, Row{"a\"b c\"d", "a \"b+c\" d"}, Row{"일별　매출을", "일별 매출을"},
                    Row{"a\tb\n c", "a b c"}, Row{std::string(1025, 'a'), "query"}, Row{"\xFF", "query"}));

TEST(Query, TakesSixtyFourWords) {
  std::string words;
  for (int i = 0; i < 64; ++i) words += "a ";
  EXPECT_TRUE(ParseQuery(words).ok());
  EXPECT_EQ(base::FieldOf(ParseQuery(words + "a").status()), "query");
}

TEST(Query, KnowsWhereItsWordsStand) {
  const StatusOr<ParsedQuery> parsed = ParseQuery("é tag:x 매출 ab_cd");
  ASSERT_TRUE(parsed.ok());
  const QueryWord& last = parsed->clauses.back().any[0].words[1];
  EXPECT_EQ(last.start, 14u);
  EXPECT_EQ(last.end, 16u);
}

}  // namespace
}  // namespace cadastre::search
