#include "lineage/walk.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "lineage/graph_sources.h"
#include "lineage/reach.h"

namespace cadastre::lineage {
namespace {

// Marks of both sides, kept by each thread: allocating them anew would cost more than most walks.
std::array<Marks, 2>& ThreadMarks() {
  thread_local std::array<Marks, 2> marks;
  return marks;
}

Status Check(const WalkRequest& request) {
  if (request.depth < 1 || request.depth > base::kWalkHopsMax) return base::InvalidField("depth", "1 to 100");
  if (request.nodes_max < 1 || request.nodes_max > base::kWalkNodesMax) {
    return base::InvalidField("max_nodes", "1 to 10,000");
  }
  if (request.edges_max < 1) return base::InvalidField("edges_max", "at least 1");
  if (request.start.value() >= Marks::kUnreached) return base::InvalidField("asset", "an asset of this store");
  return absl::OkStatus();
}

// One node of the answer, and where it stands in its order.
struct Place {
  uint32_t hops;
  uint32_t node;

  friend auto operator<=>(const Place&, const Place&) = default;
};

template <typename Source, typename Sight>
class Walker {
 public:
  Walker(authz::GovernedView* view, Source source, Sight sight, const WalkRequest* request)
      : view_(view), source_(std::move(source)), sight_(std::move(sight)), request_(request), marks_(ThreadMarks()) {}

  StatusOr<authz::Visible<WalkAnswer>> Run() {
    RETURN_IF_ERROR(Search());
    return Reveal();
  }

 private:
  Status Search() {
    const authz::NotesPaused paused(&view_->shown());
    RETURN_IF_ERROR(ReachBoth());
    NameNodes();
    RETURN_IF_ERROR(TellEdges());
    AddEarlierNodes();
    if (answer_.limit == WalkLimit::kNone) {
      const bool more =
          std::any_of(answer_.nodes.begin(), answer_.nodes.end(), [](const WalkNode& node) { return node.more > 0; });
      if (more) answer_.limit = WalkLimit::kDepth;
    }
    return absl::OkStatus();
  }

  bool Goes(Side side) const {
    return request_->direction == Direction::kBoth ||
           request_->direction == (side == Side::kOut ? Direction::kDownstream : Direction::kUpstream);
  }
  uint32_t Hops(Side side, uint32_t node) const {
    return Goes(side) ? marks_[static_cast<size_t>(side)].HopsOf(node) : Marks::kUnreached;
  }
  uint32_t Hops(uint32_t node) const { return std::min(Hops(Side::kOut, node), Hops(Side::kIn, node)); }

  Status ReachBoth() {
    const ReachLimits limits{request_->depth, request_->visits_max, request_->include_stale, request_->deadline,
                             request_->spend};
    const auto aliases = [this](uint32_t node, const auto& visit) {
      if (!request_->aliases) return;
      for (const AssetId other : request_->aliases(*view_, AssetId(node))) {
        if (other.value() >= Marks::kUnreached) continue;
        const uint32_t id = static_cast<uint32_t>(other.value());
        if (id == node || !sight_.Sees(id)) continue;
        alias_edges_.emplace_back(std::min(node, id), std::max(node, id));
        visit(id);
      }
    };
    for (const Side side : {Side::kOut, Side::kIn}) {
      if (!Goes(side)) continue;
      ASSIGN_OR_RETURN(const bool whole,
                       Reach(source_, sight_, aliases, side, static_cast<uint32_t>(request_->start.value()), limits,
                             marks_[static_cast<size_t>(side)]));
      if (!whole) answer_.limit = WalkLimit::kNodes;
    }
    return absl::OkStatus();
  }

  // The nodes of one level that belong to `side` alone or first.
  void TakeLevel(Side side, uint32_t hops, std::vector<uint32_t>* nodes) const {
    if (!Goes(side)) return;
    const Side other = side == Side::kOut ? Side::kIn : Side::kOut;
    for (const uint32_t node : marks_[static_cast<size_t>(side)].levels[hops]) {
      const uint32_t there = Hops(other, node);
      if (side == Side::kIn ? hops <= there : hops < there) nodes->push_back(node);
    }
  }

  // The nodes of this page, unless its edges end it before.
  void NameNodes() {
    std::vector<uint32_t> up;
    std::vector<uint32_t> down;
    std::vector<WalkNode> level;
    bool full = false;
    for (uint32_t hops = 0; hops <= request_->depth; ++hops) {
      up.clear();
      down.clear();
      TakeLevel(Side::kIn, hops, &up);
      TakeLevel(Side::kOut, hops, &down);
      CountLevel(hops, up.size(), down.size());
      if (full || (request_->after && hops < request_->after->hops)) continue;
      level.clear();
      for (const uint32_t node : up) level.push_back({AssetId(node), hops, hops == 0 ? 0 : -1});
      for (const uint32_t node : down) level.push_back({AssetId(node), hops, hops == 0 ? 0 : 1});
      std::sort(level.begin(), level.end(),
                [](const WalkNode& left, const WalkNode& right) { return left.id < right.id; });
      for (const WalkNode& node : level) {
        if (request_->after && hops == request_->after->hops && node.id <= request_->after->id) continue;
        if (answer_.nodes.size() == request_->nodes_max) {
          full = true;
          break;
        }
        answer_.nodes.push_back(node);
      }
    }
    if (full) {
      answer_.limit = WalkLimit::kNodes;
      answer_.next = WalkPosition{answer_.nodes.back().hops, answer_.nodes.back().id};
    }
    if (request_->after) before_ = Place{request_->after->hops, static_cast<uint32_t>(request_->after->id.value())};
    if (before_) last_ = *before_;
    if (!answer_.nodes.empty()) last_ = PlaceOf(answer_.nodes.back());
  }

  void CountLevel(uint32_t hops, size_t up, size_t down) {
    if (hops == 0) {
      answer_.counts.push_back({0, 0, static_cast<uint32_t>(up + down)});
      return;
    }
    if (up > 0) answer_.counts.push_back({-1, hops, static_cast<uint32_t>(up)});
    if (down > 0) answer_.counts.push_back({1, hops, static_cast<uint32_t>(down)});
  }

  static Place PlaceOf(const WalkNode& node) { return {node.hops, static_cast<uint32_t>(node.id.value())}; }

  // An edge is walked where one of the two searches went along it.
  bool Walked(uint32_t from, uint32_t to, const ArcKind& arc) const {
    const uint32_t cost = HopsFor(arc);
    const auto reaches = [&](uint32_t hops) { return hops != Marks::kUnreached && hops + cost <= request_->depth; };
    return reaches(Hops(Side::kOut, from)) || reaches(Hops(Side::kIn, to));
  }
  bool Exists(const ArcKind& arc) const {
    return (request_->include_stale || !arc.ended) && (arc.job == 0 || sight_.Sees(arc.job));
  }

  // The edges of the page's nodes, each with the later of its ends, until there are as many as a page may tell.
  Status TellEdges() {
    std::sort(alias_edges_.begin(), alias_edges_.end());
    alias_edges_.erase(std::unique(alias_edges_.begin(), alias_edges_.end()), alias_edges_.end());
    for (const auto& [left, right] : alias_edges_) {
      aliases_told_with_[std::max(Place{Hops(left), left}, Place{Hops(right), right})].emplace_back(left, right);
    }
    if (request_->after && request_->after->edges_told > 0) {
      // What is left of the node at which the page before ended.
      WalkNode open{request_->after->id, request_->after->hops};
      RETURN_IF_ERROR(CollectEdges(open));
      const size_t told = std::min<size_t>(request_->after->edges_told, edges_.size());
      edges_.erase(edges_.begin(), edges_.begin() + static_cast<std::ptrdiff_t>(told));
      if (!TakeEdges(open, told)) return EndPage(0);
    }
    for (size_t i = 0; i < answer_.nodes.size(); ++i) {
      RETURN_IF_ERROR(CollectEdges(answer_.nodes[i]));
      const bool fits = answer_.edges.size() + edges_.size() <= request_->edges_max;
      // A node whose edges no page can hold is told over several.
      if (!fits && !answer_.edges.empty()) {
        const WalkNode& last = i > 0 ? answer_.nodes[i - 1] : WalkNode{request_->after->id, request_->after->hops};
        answer_.next = WalkPosition{last.hops, last.id};
        return EndPage(i);
      }
      if (!TakeEdges(answer_.nodes[i], 0)) return EndPage(i + 1);
    }
    return absl::OkStatus();
  }

  // Tells the edges of `edges_`, of which `told` were told before; false where the page is full before all are.
  bool TakeEdges(const WalkNode& node, size_t told) {
    const size_t room = std::min(request_->edges_max - answer_.edges.size(), edges_.size());
    const auto end = edges_.begin() + static_cast<std::ptrdiff_t>(room);
    answer_.edges.insert(answer_.edges.end(), std::make_move_iterator(edges_.begin()), std::make_move_iterator(end));
    if (room == edges_.size()) return true;
    answer_.next = WalkPosition{node.hops, node.id, static_cast<uint32_t>(told + room)};
    return false;
  }

  // Leaves the first `named` nodes to this page, and counts anew what lies beyond.
  Status EndPage(size_t named) {
    answer_.limit = WalkLimit::kEdges;
    answer_.nodes.resize(named);
    if (before_) last_ = *before_;
    if (named > 0) last_ = PlaceOf(answer_.nodes.back());
    for (WalkNode& node : answer_.nodes) RETURN_IF_ERROR(CollectEdges(node));
    return absl::OkStatus();
  }

  // Into `edges_` those told with the node, in an order of their own; counts its neighbours beyond the page.
  Status CollectEdges(WalkNode& node) {
    if (node.id.value() % 64 == 0) RETURN_IF_ERROR(CheckDeadline(request_->deadline));
    const uint32_t here = static_cast<uint32_t>(node.id.value());
    const Place place = PlaceOf(node);
    edges_.clear();
    neighbours_.clear();
    for (const Side side : {Side::kOut, Side::kIn}) {
      const bool outward =
          Hops(side, here) == node.hops && marks_[static_cast<size_t>(side)].OpenHopsOf(here) != Marks::kUnreached;
      source_.ForEach(side, here, [&](uint32_t other, const ArcKind& arc) {
        const uint32_t hops = Hops(other);
        const Place there{hops, other};
        if (hops == Marks::kUnreached || there > last_) {
          const bool way = !arc.covered || side == Side::kIn || node.hops == 0;
          if (outward && way && Exists(arc) && sight_.Sees(other)) neighbours_.push_back(other);
        }
        // Each edge is told with the later of its ends, a loop once.
        if (hops == Marks::kUnreached || there > place || (there == place && side == Side::kIn)) return;
        const uint32_t from = side == Side::kOut ? here : other;
        const uint32_t to = side == Side::kOut ? other : here;
        if (!Exists(arc) || !Walked(from, to, arc)) return;
        edges_.push_back({AssetId(from), AssetId(to), arc.kind, AssetId(arc.job), arc.ended, false, {arc.producer}});
      });
    }
    RETURN_IF_ERROR(source_.status());
    if (const auto aliases = aliases_told_with_.find(place); aliases != aliases_told_with_.end()) {
      for (const auto& [left, right] : aliases->second) AddAliasEdge(left, right);
    }
    MergeEdges(edges_);
    std::sort(neighbours_.begin(), neighbours_.end());
    node.more = static_cast<uint32_t>(std::unique(neighbours_.begin(), neighbours_.end()) - neighbours_.begin());
    return absl::OkStatus();
  }

  void AddAliasEdge(uint32_t left, uint32_t right) {
    WalkEdge edge;
    edge.from = AssetId(left);
    edge.to = AssetId(right);
    edge.alias = true;
    edges_.push_back(std::move(edge));
  }

  // Statements of several producers are one edge.
  static void MergeEdges(std::vector<WalkEdge>& edges) {
    const auto key = [](const WalkEdge& edge) {
      return std::tuple(edge.from, edge.to, edge.alias, edge.kind, edge.job);
    };
    std::sort(edges.begin(), edges.end(),
              [&](const WalkEdge& left, const WalkEdge& right) { return key(left) < key(right); });
    size_t kept = 0;
    for (size_t i = 0; i < edges.size(); ++i) {
      if (kept > 0 && key(edges[kept - 1]) == key(edges[i])) {
        edges[kept - 1].stale = edges[kept - 1].stale && edges[i].stale;
        edges[kept - 1].producers.insert(edges[kept - 1].producers.end(), edges[i].producers.begin(),
                                         edges[i].producers.end());
        continue;
      }
      if (kept != i) edges[kept] = std::move(edges[i]);
      ++kept;
    }
    edges.resize(kept);
    for (WalkEdge& edge : edges) std::sort(edge.producers.begin(), edge.producers.end());
  }

  // Ends that an earlier page named, so that every edge has both of its ends in the answer.
  void AddEarlierNodes() {
    if (!before_) return;
    std::vector<Place> earlier;
    for (const WalkEdge& edge : answer_.edges) {
      for (const AssetId end : {edge.from, edge.to}) {
        const Place place{Hops(static_cast<uint32_t>(end.value())), static_cast<uint32_t>(end.value())};
        if (place <= *before_) earlier.push_back(place);
      }
    }
    std::sort(earlier.begin(), earlier.end());
    earlier.erase(std::unique(earlier.begin(), earlier.end()), earlier.end());
    for (const Place& place : earlier) {
      const int side = place.hops == 0 ? 0 : Hops(Side::kIn, place.node) == place.hops ? -1 : 1;
      answer_.earlier.push_back({AssetId(place.node), place.hops, side});
    }
  }

  StatusOr<authz::Visible<WalkAnswer>> Reveal() {
    answer_.limit = HistoryLimit(*view_, answer_.limit);
    authz::Witness parts;
    for (const auto* nodes : {&answer_.nodes, &answer_.earlier}) {
      for (const WalkNode& node : *nodes) {
        const auto shown = view_->RevealAsset(node.id);
        if (!shown) return base::Internal("a walk named what its view does not see");
        parts.Add(*shown);
      }
    }
    std::vector<AssetId> jobs;
    for (const WalkEdge& edge : answer_.edges) {
      if (edge.job.valid()) jobs.push_back(edge.job);
    }
    std::sort(jobs.begin(), jobs.end());
    jobs.erase(std::unique(jobs.begin(), jobs.end()), jobs.end());
    for (const AssetId job : jobs) {
      if (!view_->RevealAsset(job)) {
        return base::Internal("a walk named what its view does not see");
      }
    }
    return view_->Merge(std::move(answer_), parts);
  }

  authz::GovernedView* view_;
  Source source_;
  Sight sight_;
  const WalkRequest* request_;
  std::array<Marks, 2>& marks_;
  WalkAnswer answer_;
  // The last place this page names: beyond it lies what a later one does.
  Place last_{0, 0};
  std::optional<Place> before_;
  std::vector<std::pair<uint32_t, uint32_t>> alias_edges_;
  std::map<Place, std::vector<std::pair<uint32_t, uint32_t>>> aliases_told_with_;
  // Of one node.
  std::vector<WalkEdge> edges_;
  std::vector<uint32_t> neighbours_;
};

}  // namespace

StatusOr<authz::Visible<WalkAnswer>> Walk(authz::GovernedView& view, const MemoryGraph& graph,
                                          const WalkRequest& request) {
  RETURN_IF_ERROR(Check(request));
  MemorySource source(graph.Read(view));
  return Walker(&view, std::move(source), BitmapSight(view.BitmapOf(authz::Privilege::kBrowse)), &request).Run();
}

StatusOr<authz::Visible<WalkAnswer>> WalkAsOf(authz::GovernedView& view, const WalkRequest& request) {
  RETURN_IF_ERROR(Check(request));
  return Walker(&view, TableSource(&view, request.deadline), ViewSight(&view), &request).Run();
}

}  // namespace cadastre::lineage
