#include "lineage/column_walk.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "lineage/column_pairs.h"
#include "lineage/edge_columns.h"
#include "lineage/reach.h"

namespace cadastre::lineage {
namespace {

using Path = std::vector<std::string>;

constexpr uint32_t kUnreached = Marks::kUnreached;

struct Reached {
  AssetId id;
  Path path;
  std::array<uint32_t, 2> hops = {kUnreached, kUnreached};  // by Side

  uint32_t Least() const { return std::min(hops[0], hops[1]); }
};

// Along the data, between indexes of reached nodes.
struct Link {
  uint32_t from;
  uint32_t to;
  const SeenPair* pair;  // null: an alias
};

Path FarPath(Side side, const record::ColumnPair& pair) {
  return side == Side::kOut ? PathOf(pair.to()) : PathOf(pair.from());
}
Path NearPath(Side side, const record::ColumnPair& pair) {
  return side == Side::kOut ? PathOf(pair.from()) : PathOf(pair.to());
}

Status NoSuchColumn() { return base::NotFound("no such column"); }

Status Check(const ColumnWalkRequest& request) {
  if (request.depth < 1 || request.depth > base::kWalkHopsMax) return base::InvalidField("depth", "1 to 100");
  if (request.nodes_max < 1 || request.nodes_max > base::kWalkNodesMax) {
    return base::InvalidField("max_nodes", "1 to 10,000");
  }
  if (request.edges_max < 1) return base::InvalidField("edges_max", "at least 1");
  return absl::OkStatus();
}

class ColumnWalker {
 public:
  ColumnWalker(authz::GovernedView* view, const ColumnWalkRequest* request)
      : view_(view),
        request_(request),
        pairs_(view, request->include_stale, request->stands, request->deadline),
        spelling_(view, request->columns, &pairs_) {}

  StatusOr<authz::Visible<ColumnWalkAnswer>> Run() {
    RETURN_IF_ERROR(FindAll());
    return Reveal();
  }

 private:
  Status FindAll() {
    const authz::NotesPaused paused(&view_->shown());
    ASSIGN_OR_RETURN(start_path_, spelling_.Of(request_->start, request_->path));
    for (const Side side : {Side::kOut, Side::kIn}) {
      if (Goes(side)) RETURN_IF_ERROR(FindStarts(side));
    }
    if (reached_.empty()) IndexOf(request_->start, start_path_);
    starts_ = reached_.size();
    for (const Side side : {Side::kOut, Side::kIn}) {
      if (Goes(side)) RETURN_IF_ERROR(Search(side));
    }
    RETURN_IF_ERROR(CheckColumn());
    NameNodes();
    TellLinks();
    PlaceEdges();
    return CountMore();
  }

  bool Goes(Side side) const {
    return request_->direction == Direction::kBoth ||
           request_->direction == (side == Side::kOut ? Direction::kDownstream : Direction::kUpstream);
  }

  uint32_t IndexOf(AssetId id, const Path& path) {
    const auto [place, fresh] = indexes_.try_emplace(std::pair(id, path), static_cast<uint32_t>(reached_.size()));
    if (fresh) reached_.push_back({id, path});
    return place->second;
  }

  Status FindStarts(Side side) {
    if (!start_path_.empty()) {
      IndexOf(request_->start, start_path_);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::vector<SpelledPair>* pairs, PairsOf(side, request_->start));
    for (const SpelledPair& pair : *pairs) IndexOf(request_->start, pair.near);
    return absl::OkStatus();
  }

  // A pair with its columns as their datasets spell them.
  struct SpelledPair {
    const SeenPair* pair;
    Path near;
    Path far;
  };

  StatusOr<const std::vector<SpelledPair>*> PairsOf(Side side, AssetId dataset) {
    const auto [entry, fresh] = spelled_.try_emplace({side, dataset});
    if (!fresh) return &entry->second;
    ASSIGN_OR_RETURN(const std::vector<SeenPair>* pairs, pairs_.Of(side, dataset));
    for (const SeenPair& pair : *pairs) {
      ASSIGN_OR_RETURN(Path near, spelling_.Of(dataset, NearPath(side, pair.pair)));
      ASSIGN_OR_RETURN(Path far, spelling_.Of(pair.other, FarPath(side, pair.pair)));
      entry->second.push_back({&pair, std::move(near), std::move(far)});
    }
    return &entry->second;
  }

  // What flows into the whole dataset flows into each column.
  static bool Leaves(Side side, const SpelledPair& pair, const Path& path) {
    return path.empty() || (side == Side::kIn && pair.near.empty()) || pair.near == path;
  }

  // Calls each(index, pair) for what lies one step away; a new node gets an index.
  template <typename Each>
  Status Step(Side side, uint32_t index, const Each& each) {
    const AssetId id = reached_[index].id;
    const Path path = reached_[index].path;
    ASSIGN_OR_RETURN(const std::vector<SpelledPair>* pairs, PairsOf(side, id));
    for (const SpelledPair& pair : *pairs) {
      if (Leaves(side, pair, path)) each(IndexOf(pair.pair->other, pair.far), pair.pair);
    }
    return absl::OkStatus();
  }

  Status StepAliases(Side side, uint32_t hops, uint32_t index, std::vector<uint32_t>* level) {
    if (!request_->aliases) return absl::OkStatus();
    const AssetId id = reached_[index].id;
    const Path path = reached_[index].path;
    for (const AssetId other : request_->aliases(*view_, id)) {
      if (other == id || !view_->Sees(other) || (!path.empty() && !view_->SeesColumnPath(other, path))) continue;
      ASSIGN_OR_RETURN(const std::optional<Path> same, spelling_.Across(id, path, other));
      if (!same || (!same->empty() && !view_->SeesColumnPath(other, *same))) continue;
      const uint32_t there = IndexOf(other, *same);
      links_.push_back({std::min(index, there), std::max(index, there), nullptr});
      uint32_t& known = reached_[there].hops[static_cast<size_t>(side)];
      if (known <= hops) continue;
      known = hops;
      level->push_back(there);
    }
    return absl::OkStatus();
  }

  Status Search(Side side) {
    const size_t s = static_cast<size_t>(side);
    std::vector<uint32_t> level;
    for (uint32_t i = 0; i < starts_; ++i) {
      reached_[i].hops[s] = 0;
      level.push_back(i);
    }
    uint64_t visits = 0;
    for (uint32_t hops = 0; !level.empty(); ++hops) {
      std::vector<uint32_t> next;
      for (size_t i = 0; i < level.size(); ++i) {
        const uint32_t index = level[i];
        if (reached_[index].hops[s] != hops) continue;
        RETURN_IF_ERROR(StepAliases(side, hops, index, &level));
        if (hops == request_->depth) continue;
        RETURN_IF_ERROR(Step(side, index, [&](uint32_t there, const SeenPair* pair) {
          links_.push_back(side == Side::kOut ? Link{index, there, pair} : Link{there, index, pair});
          uint32_t& known = reached_[there].hops[s];
          if (known <= hops + 1) return;
          known = hops + 1;
          next.push_back(there);
        }));
      }
      visits += level.size();
      if (request_->spend && !level.empty()) RETURN_IF_ERROR(request_->spend(level.size()));
      if (visits > request_->visits_max) {
        for (const uint32_t index : next) {
          if (reached_[index].hops[s] == hops + 1) reached_[index].hops[s] = kUnreached;
        }
        answer_.limit = WalkLimit::kNodes;
        break;
      }
      level = std::move(next);
    }
    return absl::OkStatus();
  }

  // A column that nobody speaks of is missing, as a hidden one is.
  Status CheckColumn() {
    if (start_path_.empty() || !links_.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::optional<Path> found, spelling_.Across(request_->start, start_path_, request_->start));
    return found ? absl::OkStatus() : NoSuchColumn();
  }

  int SideOf(const Reached& node) const {
    const uint32_t hops = node.Least();
    if (hops == 0) return 0;
    return node.hops[static_cast<size_t>(Side::kIn)] == hops ? -1 : 1;
  }

  auto PlaceOf(uint32_t index) const {
    return std::tuple<uint32_t, AssetId, const Path&>(reached_[index].Least(), reached_[index].id,
                                                      reached_[index].path);
  }

  void NameNodes() {
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < reached_.size(); ++i) {
      if (reached_[i].Least() != kUnreached) order.push_back(i);
    }
    std::sort(order.begin(), order.end(),
              [&](uint32_t left, uint32_t right) { return PlaceOf(left) < PlaceOf(right); });
    std::map<std::pair<uint32_t, int>, uint32_t> counts;
    rank_.assign(reached_.size(), kUnreached);
    for (uint32_t i = 0; i < order.size(); ++i) rank_[order[i]] = i;
    bool full = false;
    for (const uint32_t index : order) {
      const Reached& node = reached_[index];
      const uint32_t hops = node.Least();
      const int side = SideOf(node);
      ++counts[{hops, side}];
      if (IsEarlier(index)) {
        earlier_end_ = rank_[index] + 1;
        continue;
      }
      full = full || named_.size() == request_->nodes_max;
      if (full) continue;
      named_.push_back(index);
      answer_.nodes.push_back({node.id, node.path, hops, side});
    }
    if (full) {
      answer_.limit = WalkLimit::kNodes;
      answer_.next = PositionOf(named_.back(), 0);
    }
    for (const auto& [at, nodes] : counts) answer_.counts.push_back({at.second, at.first, nodes});
  }

  bool IsEarlier(uint32_t index) const {
    if (!request_->after) return false;
    const auto& after = *request_->after;
    return PlaceOf(index) <= std::tuple<uint32_t, AssetId, const Path&>(after.hops, after.id, after.path);
  }

  ColumnPosition PositionOf(uint32_t index, uint32_t edges_told) const {
    const Reached& node = reached_[index];
    return {node.Least(), node.id, node.path, edges_told};
  }

  uint32_t LaterRank(const Link& link) const { return std::max(rank_[link.from], rank_[link.to]); }

  // Every link with the later of its ends, statements of several producers as one, until there are as many as a page
  // may tell.
  void TellLinks() {
    const uint32_t told = request_->after ? request_->after->edges_told : 0;
    // With what is left of the node at which the page before ended.
    const uint32_t first = told > 0 && earlier_end_ > 0 ? earlier_end_ - 1 : earlier_end_;
    const uint32_t end = earlier_end_ + static_cast<uint32_t>(named_.size());
    links_.erase(std::remove_if(links_.begin(), links_.end(),
                                [&](const Link& link) { return LaterRank(link) < first || LaterRank(link) >= end; }),
                 links_.end());
    SortLinks();
    std::vector<Told> all;
    for (const Link& link : links_) {
      if (all.empty() || !SameEdge(*all.back().link, link)) all.push_back({&link, EdgeOf(link)});
      MergeInto(all.back().edge, link);
    }
    // Of each node all or none, unless no page can hold them.
    for (size_t at = 0; at < all.size();) {
      const uint32_t rank = LaterRank(*all[at].link);
      size_t node_end = at;
      while (node_end < all.size() && LaterRank(*all[node_end].link) == rank) ++node_end;
      const bool open = rank < earlier_end_;
      const size_t skipped = open ? std::min<size_t>(told, node_end - at) : 0;
      const size_t room = request_->edges_max - told_.size();
      if (node_end - at - skipped > room) {
        const bool whole = !told_.empty();
        const size_t taken = whole ? 0 : room;
        Take(all, at + skipped, at + skipped + taken);
        return EndPage(rank, whole, static_cast<uint32_t>(skipped + taken));
      }
      Take(all, at + skipped, node_end);
      at = node_end;
    }
  }

  struct Told {
    const Link* link;
    ColumnEdge edge;
  };

  void Take(std::vector<Told>& all, size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) told_.push_back({all[i].link->from, all[i].link->to, std::move(all[i].edge)});
  }

  // Ends the page before the node of that rank, or with it where only some of its edges were told.
  void EndPage(uint32_t rank, bool before, uint32_t edges_told) {
    answer_.limit = WalkLimit::kEdges;
    const size_t named = rank < earlier_end_ ? 0 : rank - earlier_end_ + (before ? 0 : 1);
    if (named == 0) {
      answer_.next = *request_->after;
      answer_.next->edges_told = before ? 0 : edges_told;
    } else {
      answer_.next = PositionOf(named_[named - 1], before ? 0 : edges_told);
    }
    named_.resize(named);
    answer_.nodes.resize(named);
  }

  // Gives the edges their ends among the nodes of the answer; ends that an earlier page named follow behind.
  void PlaceEdges() {
    place_.assign(reached_.size(), kUnreached);
    for (uint32_t i = 0; i < named_.size(); ++i) place_[named_[i]] = i;
    for (PlacedEdge& told : told_) {
      told.edge.from = PlaceFor(told.from);
      told.edge.to = PlaceFor(told.to);
      answer_.edges.push_back(std::move(told.edge));
    }
  }

  void SortLinks() {
    const auto key = [this](const Link& link) {
      return std::tuple(LaterRank(link), rank_[link.from], rank_[link.to], link.pair == nullptr,
                        link.pair == nullptr ? AssetId() : link.pair->job);
    };
    std::sort(links_.begin(), links_.end(), [&](const Link& left, const Link& right) {
      if (key(left) != key(right)) return key(left) < key(right);
      if (left.pair == nullptr || right.pair == nullptr) return false;
      if (!PairEqual(left.pair->pair, right.pair->pair)) return PairLess(left.pair->pair, right.pair->pair);
      return left.pair->producer < right.pair->producer;
    });
  }

  static ColumnEdge EdgeOf(const Link& link) {
    ColumnEdge edge;
    edge.alias = link.pair == nullptr;
    if (link.pair != nullptr) {
      edge.job = link.pair->job;
      edge.pair = link.pair->pair;
      edge.stale = true;
    }
    return edge;
  }

  static bool SameEdge(const Link& left, const Link& right) {
    if (left.from != right.from || left.to != right.to || (left.pair == nullptr) != (right.pair == nullptr))
      return false;
    if (left.pair == nullptr) return true;
    return left.pair->job == right.pair->job && PairEqual(left.pair->pair, right.pair->pair);
  }

  static void MergeInto(ColumnEdge& edge, const Link& link) {
    if (link.pair == nullptr) return;
    edge.stale = edge.stale && link.pair->ended;
    if (edge.producers.empty() || edge.producers.back() != link.pair->producer)
      edge.producers.push_back(link.pair->producer);
  }

  uint32_t PlaceFor(uint32_t index) {
    if (place_[index] == kUnreached) {
      const Reached& node = reached_[index];
      place_[index] = static_cast<uint32_t>(answer_.nodes.size() + answer_.earlier.size());
      answer_.earlier.push_back({node.id, node.path, node.Least(), SideOf(node)});
    }
    return place_[index];
  }

  // Neighbours further out that no page has named. They may get indexes here, which no longer matter.
  Status CountMore() {
    const size_t known = rank_.size();
    const uint32_t end = earlier_end_ + static_cast<uint32_t>(named_.size());
    for (size_t i = 0; i < named_.size(); ++i) {
      ColumnNode& node = answer_.nodes[i];
      std::vector<uint32_t> unnamed;
      for (const Side side : {Side::kOut, Side::kIn}) {
        if (!Goes(side) || reached_[named_[i]].hops[static_cast<size_t>(side)] != node.hops) continue;
        RETURN_IF_ERROR(Step(side, named_[i], [&](uint32_t there, const SeenPair*) {
          if (there >= known || rank_[there] >= end) unnamed.push_back(there);
        }));
      }
      std::sort(unnamed.begin(), unnamed.end());
      node.more = static_cast<uint32_t>(std::unique(unnamed.begin(), unnamed.end()) - unnamed.begin());
      if (node.more > 0 && answer_.limit == WalkLimit::kNone) answer_.limit = WalkLimit::kDepth;
    }
    return absl::OkStatus();
  }

  StatusOr<authz::Visible<ColumnWalkAnswer>> Reveal() {
    answer_.limit = HistoryLimit(*view_, answer_.limit);
    authz::Witness parts;
    for (const auto* nodes : {&answer_.nodes, &answer_.earlier}) {
      for (const ColumnNode& node : *nodes) {
        const auto shown = view_->RevealAsset(node.id);
        if (!shown) return base::Internal("a walk named what its view does not see");
        parts.Add(*shown);
        if (!node.path.empty()) view_->shown().NoteColumn(node.id, node.path);
      }
    }
    return view_->Merge(std::move(answer_), parts);
  }

  authz::GovernedView* view_;
  const ColumnWalkRequest* request_;
  ColumnPairs pairs_;
  ColumnSpelling spelling_;
  Path start_path_;
  std::map<std::pair<Side, AssetId>, std::vector<SpelledPair>> spelled_;
  std::vector<Reached> reached_;
  absl::flat_hash_map<std::pair<AssetId, Path>, uint32_t> indexes_;
  size_t starts_ = 0;
  std::vector<Link> links_;
  std::vector<uint32_t> named_;
  // The rank after that of the last node an earlier page named.
  uint32_t earlier_end_ = 0;
  // Edges of this page between indexes of reached nodes.
  struct PlacedEdge {
    uint32_t from;
    uint32_t to;
    ColumnEdge edge;
  };
  std::vector<PlacedEdge> told_;
  std::vector<uint32_t> place_;  // in the answer's nodes and then its earlier ones, by index
  // In the order of all nodes, by index: indexes stand in the order of discovery, which hangs on producers' numbers.
  std::vector<uint32_t> rank_;
  ColumnWalkAnswer answer_;
};

}  // namespace

StatusOr<authz::Visible<ColumnWalkAnswer>> WalkColumns(authz::GovernedView& view, const ColumnWalkRequest& request) {
  RETURN_IF_ERROR(Check(request));
  return ColumnWalker(&view, &request).Run();
}

}  // namespace cadastre::lineage
