// Which sources tell columns apart by the case of their letters, in one table, and column paths compared by that rule.
//
// Owner: none, functions; thread rule: safe.
// A source of the table reads `EMAIL` and `email` as one column wherever they are not quoted, so one written in another
// case is taken for it where there is exactly one such column. In every other source (files, topics, documents, and
// systems not in the table) they are two columns, and a mask of the one holds for the other all the same
// (column_mask.h). Letters are those of ASCII: sources do not agree on any others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "authz/policy/registry.h"
#include "base/words.h"

namespace cadastre::authz {

enum class ColumnCase : uint8_t { kTold, kIgnored };

// By the scheme of the name's namespace: `postgres` of `postgres://db:5432`.
ColumnCase ColumnCaseOf(const AssetNameView& name);

// Are they one column?
bool SameColumn(const std::vector<std::string>& a, const std::vector<std::string>& b, ColumnCase rule);
// Is `path` the column `above` or one below it?
bool LiesUnder(const std::vector<std::string>& path, const std::vector<std::string>& above, ColumnCase rule);
// Equal for paths that are one column, and for no others.
std::vector<std::string> ColumnKey(std::vector<std::string> path, ColumnCase rule);

}  // namespace cadastre::authz
