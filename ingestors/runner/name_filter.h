// Which names a recipe takes, by patterns for each level of a source's names.
//
// A pattern is `*` and `?` between letters, for each level divided by dots and flush right: `orders_*` is the last
// level alone, `public.orders_*` the last two, `shop.public.*` all of three. A level in double quotes is a name as it
// is, in which a dot divides nothing.
//
// Owner: a value. Thread rule: compatible.
// Errors: INVALID_ARGUMENT for a pattern of more levels than there are, or an open quote.
// Bounds: matching takes at most the product of the lengths.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace cadastre::ingest {

// The levels of a name divided by dots, where a level that holds a dot or a quote stands in double quotes, its quotes
// doubled as in SQL. INVALID_ARGUMENT for an open quote or an empty level.
absl::StatusOr<std::vector<std::string>> LevelsOfName(std::string_view name);
// What LevelsOfName reads back.
std::string NameOfLevels(const std::vector<std::string>& levels);

class NameFilter {
 public:
  // Takes everything.
  NameFilter() = default;
  // Of names of at most `levels` levels. No `include` includes all.
  static absl::StatusOr<NameFilter> Make(size_t levels, const std::vector<std::string>& include,
                                         const std::vector<std::string>& exclude);

  // Whether it is included and not excluded.
  bool Takes(const std::vector<std::string>& name) const;

 private:
  struct Level {
    std::string text;
    bool quoted = false;
  };
  using Pattern = std::vector<Level>;
  static absl::StatusOr<Pattern> Parse(size_t levels, std::string_view text);
  static bool Matches(const Pattern& pattern, const std::vector<std::string>& name);

  std::vector<Pattern> include_, exclude_;
};

}  // namespace cadastre::ingest
