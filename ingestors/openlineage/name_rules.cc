#include "ingestors/openlineage/name_rules.h"

#include <utility>

#include "base/canonical_name.h"
#include "base/name_rules.h"

namespace cadastre::openlineage {

std::optional<Fold> FoldName(const base::AssetName& original, std::string_view tool) {
  Fold fold{*base::CanonicalName(original), {}};
  if (fold.parent != original) fold.rule = base::FoldName(original)->rule;
  if (IsStatement(fold.parent, tool)) {
    fold.parent.name.resize(base::StatementOwnerBytes(fold.parent));
    fold.parent = *base::CanonicalName(std::move(fold.parent));
    if (fold.rule.empty()) fold.rule = "dbt_statement";
  }
  if (fold.rule.empty()) return std::nullopt;
  return fold;
}

bool IsStatement(const base::AssetName& job, std::string_view tool) {
  return tool == "dbt" && base::StatementOwnerBytes(job) > 0;
}

std::optional<base::AssetName> SchemeAlias(const base::AssetName& asset) {
  for (const std::string_view spelling : {"s3a://", "s3n://"}) {
    if (asset.kind != base::AssetKind::kDataset || !std::string_view(asset.ns).starts_with(spelling)) continue;
    return base::AssetName{asset.kind, "s3://" + asset.ns.substr(spelling.size()), asset.name};
  }
  return std::nullopt;
}

}  // namespace cadastre::openlineage
