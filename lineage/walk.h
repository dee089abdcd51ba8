// Walk: what lies upstream and downstream of an asset, for one viewer.
//
// Function over a view; thread rule: confined. It never passes a hidden node; an edge through a hidden job does not
// exist. Errors: INVALID_ARGUMENT (bounds), DEADLINE_EXCEEDED, those of `spend`; as of a time those of the view's
// reads. Hops: 1 an edge, 2 a derives edge that names a job (the job between two datasets counts), 0 an alias. Order:
// (hops, id). A node that lies on both sides is named once, on the nearer, upstream where they are equal. Over all
// pages of a walk each node and each edge is told once: an edge with the later of its ends, and a page ends where its
// edges are at their limit. Deliberately does not: know names or aspects (the caller finds those of the ids), wait for
// the follower.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "base/limits.h"
#include "base/words.h"
#include "lineage/edge.h"
#include "lineage/memory_graph.h"

namespace cadastre::lineage {

enum class Direction : uint8_t { kUpstream, kDownstream, kBoth };

// The other names of an asset that are merged with it. Only those the view sees are followed.
using AliasesOf = std::function<std::vector<AssetId>(const authz::GovernedView& view, AssetId id)>;

// Told of the visible nodes a walk has reached, a level at a time, before it goes on; an error ends the walk with it.
using SpendNodes = std::function<Status(uint64_t nodes)>;

// The last node a page named: the next goes on after it, and with those of its edges beyond the first `edges_told`,
// where a page ended among them (0: all are told).
struct WalkPosition {
  uint32_t hops = 0;
  AssetId id;
  uint32_t edges_told = 0;
};

struct WalkRequest {
  // Visible to the view: the caller resolved it.
  AssetId start;
  Direction direction = Direction::kBoth;
  uint32_t depth = base::kWalkHopsDefault;       // 1 to kWalkHopsMax
  uint32_t nodes_max = base::kWalkNodesDefault;  // named; 1 to kWalkNodesMax
  uint32_t edges_max = 100'000;                  // named; at least 1
  uint64_t visits_max = 2'000'000;               // visible nodes counted
  bool include_stale = false;
  std::optional<WalkPosition> after;
  AliasesOf aliases;  // may be empty
  SpendNodes spend;   // may be empty
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct WalkNode {
  AssetId id;
  uint32_t hops = 0;
  // -1 upstream, 0 the start and its aliases, 1 downstream.
  int side = 0;
  // Visible neighbours further out that neither this answer nor an earlier page names.
  uint32_t more = 0;
};

struct WalkEdge {
  AssetId from;
  AssetId to;
  EdgeKind kind = EdgeKind::kConsumes;
  // 0 where an end is the job, and where there is none.
  AssetId job;
  // No producer states it any more.
  bool stale = false;
  bool alias = false;
  std::vector<uint32_t> producers;
};

struct HopCount {
  int side = 0;
  uint32_t hops = 0;
  uint32_t nodes = 0;
};

// kHistory: all that is kept, but edges that held at the time asked for may be forgotten.
enum class WalkLimit : uint8_t { kNone, kNodes, kEdges, kDepth, kHistory };

// Of an answer that met no other.
inline WalkLimit HistoryLimit(const authz::GovernedView& view, WalkLimit met) {
  return met == WalkLimit::kNone && view.point().held_before_horizon ? WalkLimit::kHistory : met;
}

struct WalkAnswer {
  std::vector<WalkNode> nodes;
  // Named by an earlier page; here because an edge of this page ends at them.
  std::vector<WalkNode> earlier;
  std::vector<WalkEdge> edges;
  std::vector<HopCount> counts;
  WalkLimit limit = WalkLimit::kNone;
  // Set where more nodes or edges are to be told.
  std::optional<WalkPosition> next;
};

// Over the graph in memory: the present. Nodes and jobs are noted for the audit as they are revealed.
StatusOr<authz::Visible<WalkAnswer>> Walk(authz::GovernedView& view, const MemoryGraph& graph,
                                          const WalkRequest& request);
// The same over the tables, at the view's point.
StatusOr<authz::Visible<WalkAnswer>> WalkAsOf(authz::GovernedView& view, const WalkRequest& request);

}  // namespace cadastre::lineage
