#include "lineage/column_spelling.h"

#include "base/status.h"
#include "lineage/edge_columns.h"

namespace cadastre::lineage {
namespace {

using authz::ColumnCase;

std::optional<ColumnSpelling::Path> TheOne(
    const std::map<ColumnSpelling::Path, std::vector<ColumnSpelling::Path>>& columns, const ColumnSpelling::Path& key) {
  const auto found = columns.find(key);
  if (found == columns.end() || found->second.size() != 1) return std::nullopt;
  return found->second.front();
}

}  // namespace

ColumnCase ColumnSpelling::RuleOf(AssetId dataset) const {
  const std::optional<AssetName> name = view_->NameOf(dataset);
  return name ? authz::ColumnCaseOf(authz::AssetNameView::Of(*name)) : ColumnCase::kTold;
}

StatusOr<const ColumnSpelling::Known*> ColumnSpelling::KnownOf(AssetId dataset) {
  const auto [entry, fresh] = known_.try_emplace(dataset);
  Known& known = entry->second;
  if (!fresh || !columns_) return &known;
  ASSIGN_OR_RETURN(known.columns, columns_(dataset));
  for (const auto& [path, vanished] : known.columns) {
    (vanished ? known.vanished : known.live)[authz::ColumnKey(path, ColumnCase::kIgnored)].push_back(path);
  }
  return &known;
}

StatusOr<std::optional<ColumnSpelling::Path>> ColumnSpelling::FindKnown(AssetId dataset, const Path& path,
                                                                        ColumnCase rule) {
  ASSIGN_OR_RETURN(const Known* known, KnownOf(dataset));
  if (known->columns.contains(path)) return std::optional(path);
  if (rule == ColumnCase::kTold) return std::optional<Path>();
  const Path key = authz::ColumnKey(path, ColumnCase::kIgnored);
  std::optional<Path> live = TheOne(known->live, key);
  return live ? live : TheOne(known->vanished, key);
}

StatusOr<std::optional<ColumnSpelling::Path>> ColumnSpelling::FindPaired(AssetId dataset, const Path& path,
                                                                         ColumnCase rule) {
  std::set<Path> named;
  for (const Side side : {Side::kOut, Side::kIn}) {
    ASSIGN_OR_RETURN(const std::vector<SeenPair>* pairs, pairs_->Of(side, dataset));
    for (const SeenPair& pair : *pairs) {
      const Path near = PathOf(side == Side::kOut ? pair.pair.from() : pair.pair.to());
      if (near == path) return std::optional(path);
      if (rule == ColumnCase::kIgnored && authz::SameColumn(near, path, rule)) named.insert(near);
    }
  }
  if (named.size() != 1) return std::optional<Path>();
  return std::optional(*named.begin());
}

StatusOr<ColumnSpelling::Path> ColumnSpelling::Of(AssetId dataset, const Path& path) {
  const ColumnCase rule = RuleOf(dataset);
  if (path.empty() || rule == ColumnCase::kTold) return path;
  const auto [entry, fresh] = spelled_.try_emplace({dataset, path}, path);
  if (!fresh) return entry->second;
  ASSIGN_OR_RETURN(std::optional<Path> known, FindKnown(dataset, path, rule));
  if (known) entry->second = *std::move(known);
  return entry->second;
}

StatusOr<std::optional<ColumnSpelling::Path>> ColumnSpelling::Across(AssetId other, const Path& path, AssetId dataset) {
  if (path.empty()) return std::optional(path);
  const bool ignored = RuleOf(other) == ColumnCase::kIgnored || RuleOf(dataset) == ColumnCase::kIgnored;
  const ColumnCase rule = ignored ? ColumnCase::kIgnored : ColumnCase::kTold;
  ASSIGN_OR_RETURN(std::optional<Path> known, FindKnown(dataset, path, rule));
  if (known) return known;
  return FindPaired(dataset, path, rule);
}

}  // namespace cadastre::lineage
