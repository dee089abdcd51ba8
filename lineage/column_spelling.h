// ColumnSpelling: which column of a dataset a path speaks of, whatever case its letters have, as one viewer sees it.
//
// Made by a column walk over its view and pairs; thread rule: confined. A column is the one spelled so, else the only
// one that is spelled so by the case rule of the source (authz/policy/column_case.h); of each the live before the
// vanished, and what the catalog knows before what pairs alone name. Columns the view does not see count as none.
// Errors: those of the view's reads.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/policy/column_case.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "lineage/column_pairs.h"

namespace cadastre::lineage {

// The columns of the dataset itself that the view sees, as it spells them, and whether each has vanished.
using KnownColumns = std::map<std::vector<std::string>, bool>;
using ColumnsOfDataset = std::function<StatusOr<KnownColumns>(AssetId dataset)>;

class ColumnSpelling {
 public:
  using Path = std::vector<std::string>;

  // `columns` may be empty: then pairs alone name columns.
  ColumnSpelling(const authz::GovernedView* view, ColumnsOfDataset columns, ColumnPairs* pairs)
      : view_(view), columns_(std::move(columns)), pairs_(pairs) {}

  // As the dataset spells it; as it is written where nothing but this path speaks of the column.
  StatusOr<Path> Of(AssetId dataset, const Path& path);
  // The column of `dataset` that is one with the column `path` of `other`, a name merged with it: by the case rule of
  // either. nullopt where it has none.
  StatusOr<std::optional<Path>> Across(AssetId other, const Path& path, AssetId dataset);

 private:
  struct Known {
    KnownColumns columns;
    // By their path without case: live ones, then vanished ones.
    std::map<Path, std::vector<Path>> live;
    std::map<Path, std::vector<Path>> vanished;
  };

  authz::ColumnCase RuleOf(AssetId dataset) const;
  StatusOr<const Known*> KnownOf(AssetId dataset);
  StatusOr<std::optional<Path>> FindKnown(AssetId dataset, const Path& path, authz::ColumnCase rule);
  StatusOr<std::optional<Path>> FindPaired(AssetId dataset, const Path& path, authz::ColumnCase rule);

  const authz::GovernedView* view_;
  ColumnsOfDataset columns_;
  ColumnPairs* pairs_;
  std::map<AssetId, Known> known_;
  std::map<std::pair<AssetId, Path>, Path> spelled_;
};

}  // namespace cadastre::lineage
