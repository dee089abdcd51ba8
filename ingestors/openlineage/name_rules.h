// The one table of name rules: which names of an event are parts of another asset, and which names are spellings of
// one.
//
// Thread rule: safe.
// Bounds: a parent is a valid AssetName whenever the name was.
// Deliberately does not: fold on a guess. A rule takes off only what cannot tell two tables apart; where part of a word
// is taken off a `*` stands in its place, so that the parent never bears the name of a real neighbour.
#pragma once

#include <optional>
#include <string_view>

#include "base/asset_name.h"

namespace cadastre::openlineage {

struct Fold {
  base::AssetName parent;
  // The first rule that applied, a stable word: `partition`.
  std::string_view rule;
};

// Nothing where no rule applies.
std::optional<Fold> FoldName(const base::AssetName& original);

// Whether a job of this name is one statement of the job its name folds into: what it says of itself is not said of
// that job.
bool IsStatement(std::string_view job_name);

// The usual spelling of a namespace that has several: `s3a://bucket` is `s3://bucket`. An alias, not a fold.
std::optional<base::AssetName> SchemeAlias(const base::AssetName& asset);

}  // namespace cadastre::openlineage
