// ColumnPairs: the column pairs of a dataset's edges that one viewer may see.
//
// Made by a column walk; thread rule: confined. The one place where pairs are read: those with a hidden end are left
// out. Errors: those of the view's reads, DEADLINE_EXCEEDED.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "authz/view.h"
#include "base/words.h"
#include "cadastre/record/lineage.pb.h"
#include "lineage/adjacency.h"

namespace cadastre::lineage {

// One pair of one producer's edge; `other` is the far end.
struct SeenPair {
  AssetId other;
  AssetId job;
  uint32_t producer = 0;
  bool ended = false;
  record::ColumnPair pair;
};

class ColumnPairs {
 public:
  ColumnPairs(authz::GovernedView* view, bool include_stale, std::chrono::steady_clock::time_point deadline)
      : view_(view), include_stale_(include_stale), deadline_(deadline) {}

  // Pairs of edges out of the dataset or into it, read once; in the order of keys. Valid as long as this object.
  StatusOr<const std::vector<SeenPair>*> Of(Side side, AssetId dataset);

 private:
  Status LoadOut(AssetId dataset, std::vector<SeenPair>* pairs);
  Status LoadIn(AssetId dataset, std::vector<SeenPair>* pairs);

  authz::GovernedView* view_;
  bool include_stale_;
  std::chrono::steady_clock::time_point deadline_;
  std::map<std::pair<Side, AssetId>, std::vector<SeenPair>> read_;
};

}  // namespace cadastre::lineage
