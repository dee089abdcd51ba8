// ColumnPairs: the column pairs of a dataset's edges that one viewer may see.
//
// Made by a column walk; thread rule: confined. The one place where pairs are read: those with a hidden end are left
// out, and descriptions that he may not read; pairs that only these told apart are alike then. Errors: those of the
// view's reads, DEADLINE_EXCEEDED.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"
#include "cadastre/record/lineage.pb.h"
#include "lineage/adjacency.h"
#include "lineage/edge.h"

namespace cadastre::lineage {

// One pair of one producer's edge; `other` is the far end.
struct SeenPair {
  AssetId other;
  AssetId job;
  uint32_t producer = 0;
  // No producer states it any more, or one of its columns is gone.
  bool ended = false;
  record::ColumnPair pair;
};

// Does the column stand in what the dataset's schema is now, as the view sees it? True where it has none. May be empty:
// then all do.
using ColumnStands = std::function<StatusOr<bool>(AssetId dataset, const std::vector<std::string>& path)>;

class ColumnPairs {
 public:
  ColumnPairs(authz::GovernedView* view, bool include_stale, ColumnStands stands,
              std::chrono::steady_clock::time_point deadline)
      : view_(view), include_stale_(include_stale), stands_(std::move(stands)), deadline_(deadline) {}

  // Pairs of edges out of the dataset or into it, read once; in the order of keys. Valid as long as this object.
  StatusOr<const std::vector<SeenPair>*> Of(Side side, AssetId dataset);

 private:
  Status LoadOut(AssetId dataset, std::vector<SeenPair>* pairs);
  Status LoadIn(AssetId dataset, std::vector<SeenPair>* pairs);
  Status AddPairs(Side side, const EdgeKey& edge, const record::Edge& record, std::vector<SeenPair>* pairs);
  StatusOr<bool> Stands(const EdgeKey& edge, const record::ColumnPair& pair);

  authz::GovernedView* view_;
  bool include_stale_;
  ColumnStands stands_;
  std::chrono::steady_clock::time_point deadline_;
  std::map<std::pair<Side, AssetId>, std::vector<SeenPair>> read_;
};

}  // namespace cadastre::lineage
