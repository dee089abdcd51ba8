// What a query says: clauses of words, phrases and label tests. Pure; thread rule: safe.
//
//   customer orders          both, in any field          "daily sales"      these words in a row, in name or title
//   -old                     not                         orders OR sales    either
//   column:email tag:pii owner:kim kind:dataset type:view platform:kafka domain:Sales namespace:postgres://
//   environment:production class:secret term:revenue    (a value may be quoted)
// What is no syntax is words: an unknown operator, a lone quote, a lone `-`.
// Errors: INVALID_ARGUMENT naming `query`: over 1,024 bytes, over 64 words, not UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "search/facet_values.h"
#include "search/field.h"
#include "search/query.h"

namespace cadastre::search {

struct QueryWord {
  std::string text;
  bool cjk = false;
  // Code points of ParsedQuery::text.
  size_t start = 0;
  size_t end = 0;
};

struct Atom {
  enum class Kind { kWords, kPhrase, kLabel };
  Kind kind = Kind::kWords;
  FieldSet fields = kAllFields;
  std::vector<QueryWord> words;  // all must match
  // kLabel.
  FacetKind facet = FacetKind::kKind;
  std::string value;  // folded
};

struct Clause {
  bool negated = false;
  std::vector<Atom> any;
};

struct ParsedQuery {
  std::string text;  // NFC
  std::vector<Clause> clauses;
  // The plain words squeezed together, for whole names; empty where there are none.
  std::string whole;
  // The first of them.
  std::string first;
  size_t words = 0;
};

StatusOr<ParsedQuery> ParseQuery(std::string_view query);

}  // namespace cadastre::search
