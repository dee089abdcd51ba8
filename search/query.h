// What is asked of search and what it answers. Values; thread rule: compatible.
//
// Bounds are those of search.proto: query 1,024 bytes and 64 words, 10 facets, 50 values a filter, 100 rows a page.
// Deliberately does not: know the wire, or seal page positions (server does both).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "authz/view/sealed.h"
#include "base/limits.h"
#include "base/words.h"

namespace cadastre::search {

inline constexpr size_t kQueryWordsMax = 64;
inline constexpr size_t kSuggestBytesMax = 256;

struct FacetFilter {
  std::string facet;
  std::vector<std::string> values;
};

struct FindRequest {
  std::string query;
  std::vector<FacetFilter> filters;
  std::vector<std::string> facets;
  size_t page_size = base::kSearchRowsDefault;
  // Found::next of the page before; empty for the first.
  std::string after;
  // As ParseOrder (ranking.h) reads it.
  std::string order_by;
  bool explain = false;
  bool include_deleted = false;
  std::optional<std::chrono::steady_clock::time_point> deadline;
  // Asked of each hit in order, with how many went before it on the page: 0 may come again, when the page is made anew.
  // The page ends before the first for which it is false. May be empty, and may note.
  std::function<bool(size_t before, const authz::Visible<struct Hit>&)> fits;
};

// A piece of a field's text; ranges in code points of `text`, [start, end).
struct Highlight {
  struct Range {
    int32_t start = 0;
    int32_t end = 0;
    friend bool operator==(const Range&, const Range&) = default;
  };
  std::string field;  // name, title, description, column, tag, term, owner, code
  std::string text;
  std::vector<Range> ranges;
  friend bool operator==(const Highlight&, const Highlight&) = default;
};

struct Hit {
  AssetId id;
  double score = 0;
  std::vector<Highlight> highlights;
  // Empty unless asked for.
  std::string explanation;
};

struct FacetCount {
  std::string value;
  int64_t count = 0;
  // What to show where it differs from the value.
  std::string label;
  friend bool operator==(const FacetCount&, const FacetCount&) = default;
};
struct Facet {
  std::string facet;
  // Highest count first, then by value.
  std::vector<FacetCount> counts;
  bool truncated = false;
  friend bool operator==(const Facet&, const Facet&) = default;
};

struct Found {
  std::vector<authz::Visible<Hit>> hits;
  // Exact number of visible matches.
  int64_t total = 0;
  std::vector<Facet> facets;
  // Where the next page begins; empty where there is none. Holds visible values only, but is not sealed.
  std::string next;
  // A spelling that has visible matches, where a word of the query has none.
  std::string did_you_mean;
};

struct SuggestRequest {
  std::string prefix;
  size_t limit = base::kSuggestRowsDefault;
  std::optional<std::chrono::steady_clock::time_point> deadline;
};

struct Suggestion {
  AssetId id;
  std::vector<Highlight> highlights;
};

struct Suggested {
  std::vector<authz::Visible<Suggestion>> suggestions;
  // Words that complete the last word typed.
  std::vector<std::string> completions;
};

}  // namespace cadastre::search
