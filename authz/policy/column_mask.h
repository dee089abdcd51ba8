// ColumnMask: whether what a path or a text calls a column is one that is hidden, or lies below one, however it is
// spelled.
//
// Made by a view for one asset; thread rule: compatible.
// Tools spell one column in many ways: nested or flat (`user.email`), quoted in whole or in part (`"user"."email"`),
// behind the name of its table (`orders.user.email`), in another case, within an expression. Each is read as every
// other, so two columns that such a spelling cannot tell apart are masked together. Letters are those of Unicode, of
// any case: who hides is not to guess which of them a source folds. Deliberately does not: say which column a text
// speaks of. That is what names it exactly (column_case.h).
//
// Levels of lists and maps (column_text.h: `element`, `key_value`, `value`, an index, …) are left out of both sides,
// below the first level and above the last: `items.list.element.pin` is `items.pin`. A column that is called so itself
// keeps its name: a hidden `m.value` hides what is called `value` there (`m.key_value.value`), and neither `m`, nor
// `m.key`, nor `m.unit`, which may be other columns of a struct; but also what opens `m` without naming a column of it
// (`m[0]`, `m['k']`, `map_values(m)`). Where it can hardly be a name (`items.element`, `m.key_value.value`) it hides
// all that lies in the list, or in the map but its keys.
//
// An expression is any text that is more than names, dots, quotes and places in brackets (`get(items, 0).pin`, the text
// of a type). It is hidden where all words of a hidden path are among its words, in any order; of a path of several
// segments those before the first such one are compared as levels, and what the hidden path has below them as words.
// Bounds: of a hidden path the first 64 names count, a text of more than 64 levels is read as an expression, and a path
// of more than 64 KiB is hidden where anything is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "authz/policy/column_text.h"

namespace cadastre::authz {

class ColumnMask {
 public:
  explicit ColumnMask(std::string_view asset_name = {});

  // An empty path: any column. `number` is told by ForEachOver; several may have the same.
  void Hide(const std::vector<std::string>& path, uint32_t number = 0);
  bool Hides(const std::vector<std::string>& path) const;
  // The numbers of what hides `path`, in no order, some more than once, until `each` returns false.
  void ForEachOver(const std::vector<std::string>& path, absl::FunctionRef<bool(uint32_t)> each) const;

 private:
  // How a hidden column lies to the levels it is known by.
  enum class Reach : uint8_t {
    kItself,    // these levels, and all below
    kContents,  // all below
    kValues,    // all below but keys
    kOpened,    // what opens it and names no column of it
  };
  struct Name {
    std::string text;
    std::vector<std::string> words;
  };
  struct Hidden {
    uint32_t number = 0;
    Reach reach = Reach::kItself;
    std::vector<Name> names;
    // The names, joined.
    std::string key;
  };
  class Reading;

  void Add(uint32_t number, Reach reach, std::vector<Name> names);
  bool TellNameless(const std::vector<std::string>& folded, absl::FunctionRef<bool(uint32_t)> each) const;

  // Levels of the asset's name.
  std::vector<std::string> asset_name_;
  std::vector<uint32_t> any_;
  // Of nothing but quotes, dots and places; folded.
  std::vector<std::pair<std::vector<std::string>, uint32_t>> nameless_;
  std::vector<Hidden> hidden_;
  // Places in hidden_: by its key, by the last word of its last name, and of a name without a word.
  absl::flat_hash_map<std::string, std::vector<uint32_t>> by_key_;
  absl::flat_hash_map<std::string, std::vector<uint32_t>> by_word_;
  std::vector<uint32_t> wordless_;
  absl::flat_hash_set<std::string> first_names_;
  size_t longest_key_bytes_ = 0;
};

}  // namespace cadastre::authz
