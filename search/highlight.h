// Highlights: why an asset is a hit: pieces of its fields with the words of the query marked.
//
// Only of fields the viewer may read, columns one by one; columns shown are noted for the audit. Thread rule: confined.
// Errors: those of Lease::TextOf.
// Bounds: a piece is at most 160 code points; at most 5 pieces a field that has several values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "authz/view/view.h"
#include "search/mark_scan.h"
#include "search/matcher.h"
#include "search/query.h"

namespace cadastre::search {

// The words to be marked, as they were matched.
class Marker {
 public:
  explicit Marker(const std::vector<WordResult>& results);

  // Ranges of code points of `nfc`, joined where they touch. A word that stands in a name is marked by its beginning
  // too.
  std::vector<Highlight::Range> Ranges(std::string_view nfc, bool beginnings) const;
  // Where to look: an asset may have thousands of columns.
  const MarkScan& scan() const { return scan_; }

 private:
  struct Wanted {
    std::string text;
    bool cjk;
    std::vector<std::string> grams;
  };
  std::vector<Wanted> words_;
  MarkScan scan_;
};

StatusOr<std::vector<Highlight>> HighlightsOf(authz::GovernedView& view, const Matcher& matcher, const Lease& lease,
                                              const Marker& marker, const Match& match);

}  // namespace cadastre::search
