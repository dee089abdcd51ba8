// Paths: the shortest ways from one asset to another, for one viewer.
//
// Functions over a view; thread rule: confined. A path passes what a walk passes: no hidden node, no hidden job.
// Errors: INVALID_ARGUMENT (bounds), DEADLINE_EXCEEDED; as of a time those of the view's reads.
// Order: by hops, then by the ids along the way; a path never meets a node twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "lineage/memory_graph.h"
#include "lineage/walk.h"

namespace cadastre::lineage {

struct PathRequest {
  // Both visible to the view: the caller resolved them.
  AssetId from;
  AssetId to;
  Direction direction = Direction::kDownstream;  // both: downstream paths and upstream ones, by hops
  uint32_t hops_max = 20;                        // 1 to kWalkHopsMax
  uint32_t paths_max = 5;                        // 1 to 20
  uint64_t steps_max = 200'000;                  // tried while looking
  bool include_stale = false;
  AliasesOf aliases;
  SpendNodes spend;  // nodes reached, and steps tried; may be empty
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct LineagePath {
  uint32_t hops = 0;
  // From `from` to `to`; a job that a derives edge names stands between its datasets.
  std::vector<AssetId> nodes;

  friend auto operator<=>(const LineagePath&, const LineagePath&) = default;
  friend bool operator==(const LineagePath&, const LineagePath&) = default;
};

struct PathAnswer {
  std::vector<LineagePath> paths;
  // There may be more than were told.
  bool truncated = false;
};

StatusOr<authz::Visible<PathAnswer>> FindPaths(authz::GovernedView& view, const MemoryGraph& graph,
                                               const PathRequest& request);
StatusOr<authz::Visible<PathAnswer>> FindPathsAsOf(authz::GovernedView& view, const PathRequest& request);

}  // namespace cadastre::lineage
