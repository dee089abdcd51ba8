// ColumnMask: whether what a path or a text calls a column is one that is hidden, or lies below one, however it is
// spelled.
//
// Made by a view for one asset; thread rule: compatible.
// Tools spell one column in many ways: nested or flat (`user.email`), quoted in whole or in part (`"user"."email"`),
// behind the name of its table (`orders.user.email`), with places in lists (`items[0].price`), in another case, within
// an expression. Each is read as every other, so two columns that such a spelling cannot tell apart are masked
// together. Policy hides by kIgnored alone, whatever the source does, and letters are those of Unicode, not of ASCII
// alone: who hides is not to guess which of them a source folds. Deliberately does not: say which column a text speaks
// of. That is what names it exactly (column_case.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "authz/policy/column_case.h"

namespace cadastre::authz {

// The column as every spelling of it comes to: its pieces joined with `.`; never empty where the path is not.
std::string MaskKey(const std::vector<std::string>& path, ColumnCase rule);
// That, and what is left behind the asset's name; of one text all its endings, and those of its words (an expression).
std::vector<std::string> MaskReadings(const std::vector<std::string>& path, ColumnCase rule,
                                      std::string_view asset_name);
// Is `key` the column `above`, or below it? An empty `above` is any column.
bool KeyLiesUnder(std::string_view key, std::string_view above);

class ColumnMask {
 public:
  explicit ColumnMask(std::string asset_name = {}) : asset_name_(std::move(asset_name)) {}

  // An empty path: any column.
  void Hide(const std::vector<std::string>& path, ColumnCase rule);
  bool Hides(const std::vector<std::string>& path) const;

 private:
  std::string asset_name_;
  absl::flat_hash_set<std::string> told_;
  absl::flat_hash_set<std::string> ignored_;
};

}  // namespace cadastre::authz
