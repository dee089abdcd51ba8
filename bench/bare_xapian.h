// BareXapian: the base of a search index read by Xapian alone, with a bitmap as filter and facets from memory columns.
//
// Made by a bench over a base nobody writes; thread rule: confined. What it is compared with pays for the same page:
// top 20 with their stored texts, visible documents only, every match counted under four facets.
// Errors: UNAVAILABLE (what Xapian throws). Deliberately does not: expand, correct, highlight, name or record anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/words.h"

namespace cadastre::bench {

class BareXapian {
 public:
  static constexpr size_t kFacets = 4;
  static constexpr size_t kHits = 20;

  // What every document carries besides its words, by its number.
  struct Columns {
    // A bit a document.
    std::vector<uint64_t> visible;
    // Small numbers, 0 for none.
    std::vector<uint32_t> values[kFacets];
    uint32_t values_end[kFacets] = {};
  };
  struct Page {
    uint64_t total = 0;
    uint64_t facet_values = 0;
    size_t text_bytes = 0;
  };
  // Facets by a spy within the ranked match, or by a pass of their own with no weights: which is cheaper depends on the
  // query.
  enum class Way { kWithin, kApart };

  static StatusOr<std::unique_ptr<BareXapian>> Open(const std::string& path, Columns columns);
  ~BareXapian();

  // Each word is an OR of its terms, one a field; the words are joined by AND, or by OR.
  StatusOr<Page> Find(const std::vector<std::vector<std::string>>& words, bool all, Way way);

 private:
  struct Impl;
  explicit BareXapian(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace cadastre::bench
