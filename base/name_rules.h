// The one table of name rules: which names are spellings of one asset, by the names alone.
//
// Thread rule: safe.
// Bounds: what a name folds into is a valid AssetName whenever the name was.
// Deliberately does not: fold on a guess. A rule takes off only what cannot tell two tables apart; where part of a word
// is taken off a `*` stands in its place, so that the name it leaves is never that of a real neighbour. Rules about one
// tool's names are that tool's reader's (ingestors/openlineage/name_rules.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/asset_name.h"

namespace cadastre::base {

struct Fold {
  AssetName name;
  // The first rule that applied, a stable word: `partition`.
  std::string_view rule;
};

// Nothing where no rule applies. Whoever asks what a name stands for asks by CanonicalName (canonical_name.h).
std::optional<Fold> FoldName(const AssetName& stated);

// How much of a job's name is that of the job it would be a statement of, were it dbt's: `model.shop.orders.sql.3` is
// the third of `model.shop.orders`. 0 for other names.
size_t StatementOwnerBytes(const AssetName& stated);

}  // namespace cadastre::base
