// Names as the senders of events write them: one tool's own rules beside those for all names (base/name_rules.h).
//
// Thread rule: safe.
// Bounds: a parent is a valid AssetName whenever the name was.
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

// Nothing where no rule applies; a parent folds no further. `tool` is the producer's family (tool_family.h): dbt's
// names of statements are dbt's alone.
std::optional<Fold> FoldName(const base::AssetName& original, std::string_view tool);

// Whether a job of this name is one statement of the job its name folds into: what it says of itself is not said of
// that job.
bool IsStatement(const base::AssetName& job, std::string_view tool);

// The usual spelling of a namespace that has several: `s3a://bucket` is `s3://bucket`. An alias, not a fold.
std::optional<base::AssetName> SchemeAlias(const base::AssetName& asset);

}  // namespace cadastre::openlineage
