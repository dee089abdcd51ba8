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

bool SamePath(const google::protobuf::RepeatedPtrField<std::string>& segments, const Path& path) {
  return segments.size() == static_cast<int>(path.size()) && std::equal(path.begin(), path.end(), segments.begin());
}

// Does the pair leave this column on that side?
bool Leaves(Side side, const record::ColumnPair& pair, const Path& path) {
  if (path.empty()) return true;
  if (side == Side::kOut) return SamePath(pair.from(), path);
  return pair.to().empty() || SamePath(pair.to(), path);
}

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
  return absl::OkStatus();
}

class ColumnWalker {
 public:
  ColumnWalker(authz::GovernedView* view, const ColumnWalkRequest* request)
      : view_(view), request_(request), pairs_(view, request->include_stale, request->deadline) {}

  StatusOr<authz::Visible<ColumnWalkAnswer>> Run() {
    RETURN_IF_ERROR(FindAll());
    return Reveal();
  }

 private:
  Status FindAll() {
    const authz::Looking looking(&view_->shown());
    for (const Side side : {Side::kOut, Side::kIn}) {
      if (Goes(side)) RETURN_IF_ERROR(FindStarts(side));
    }
    if (reached_.empty()) IndexOf(request_->start, request_->path);
    starts_ = reached_.size();
    for (const Side side : {Side::kOut, Side::kIn}) {
      if (Goes(side)) RETURN_IF_ERROR(Search(side));
    }
    RETURN_IF_ERROR(CheckColumn());
    NameNodes();
    TellLinks();
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
    if (!request_->path.empty()) {
      IndexOf(request_->start, request_->path);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::vector<SeenPair>* pairs, pairs_.Of(side, request_->start));
    for (const SeenPair& pair : *pairs) IndexOf(request_->start, NearPath(side, pair.pair));
    return absl::OkStatus();
  }

  // Calls each(index, pair) for what lies one step away; a new node gets an index.
  template <typename Each>
  Status Step(Side side, uint32_t index, const Each& each) {
    const AssetId id = reached_[index].id;
    const Path path = reached_[index].path;
    ASSIGN_OR_RETURN(const std::vector<SeenPair>* pairs, pairs_.Of(side, id));
    for (const SeenPair& pair : *pairs) {
      if (Leaves(side, pair.pair, path)) each(IndexOf(pair.other, FarPath(side, pair.pair)), &pair);
    }
    return absl::OkStatus();
  }

  Status StepAliases(Side side, uint32_t hops, uint32_t index, std::vector<uint32_t>* level) {
    if (!request_->aliases) return absl::OkStatus();
    const AssetId id = reached_[index].id;
    const Path path = reached_[index].path;
    for (const AssetId other : request_->aliases(*view_, id)) {
      if (other == id || !view_->Sees(other) || (!path.empty() && !view_->SeesColumnPath(other, path))) continue;
      ASSIGN_OR_RETURN(const bool exists, Exists(other, path));
      if (!exists) continue;
      const uint32_t there = IndexOf(other, path);
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
    if (request_->path.empty() || !links_.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool exists, Exists(request_->start, request_->path));
    return exists ? absl::OkStatus() : NoSuchColumn();
  }

  // For the catalog, or for an edge that the view sees.
  StatusOr<bool> Exists(AssetId id, const Path& path) {
    if (path.empty()) return true;
    if (request_->has_column) {
      ASSIGN_OR_RETURN(const bool has, request_->has_column(id, path));
      if (has) return true;
    }
    for (const Side side : {Side::kOut, Side::kIn}) {
      ASSIGN_OR_RETURN(const std::vector<SeenPair>* pairs, pairs_.Of(side, id));
      for (const SeenPair& pair : *pairs) {
        if (NearPath(side, pair.pair) == path) return true;
      }
    }
    return false;
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
    place_.assign(reached_.size(), kUnreached);
    rank_.assign(reached_.size(), kUnreached);
    for (uint32_t i = 0; i < order.size(); ++i) rank_[order[i]] = i;
    for (const uint32_t index : order) {
      const Reached& node = reached_[index];
      const uint32_t hops = node.Least();
      const int side = hops == 0 ? 0 : node.hops[static_cast<size_t>(Side::kIn)] == hops ? -1 : 1;
      ++counts[{hops, side}];
      if (request_->after) {
        const auto& after = *request_->after;
        if (PlaceOf(index) <= std::tuple<uint32_t, AssetId, const Path&>(after.hops, after.id, after.path)) {
          earlier_.push_back(index);
          continue;
        }
      }
      if (answer_.nodes.size() == request_->nodes_max) {
        answer_.limit = WalkLimit::kNodes;
        const ColumnNode& last = answer_.nodes.back();
        answer_.next = ColumnPosition{last.hops, last.id, last.path};
        full_ = true;
      }
      if (full_) continue;
      place_[index] = static_cast<uint32_t>(answer_.nodes.size());
      named_.push_back(index);
      answer_.nodes.push_back({node.id, node.path, hops, side});
    }
    for (const auto& [at, nodes] : counts) answer_.counts.push_back({at.second, at.first, nodes});
  }

  // Links between named nodes, told with the later of their ends; earlier ends are named again for them.
  void TellLinks() {
    std::vector<bool> was_named(reached_.size(), false);
    for (const uint32_t index : earlier_) was_named[index] = true;
    const auto named = [&](uint32_t index) { return place_[index] != kUnreached; };
    const auto told = [&](const Link& link) {
      return (named(link.from) || was_named[link.from]) && (named(link.to) || was_named[link.to]) &&
             !(was_named[link.from] && was_named[link.to]);
    };
    links_.erase(std::remove_if(links_.begin(), links_.end(), [&](const Link& link) { return !told(link); }),
                 links_.end());
    const auto less = [this](const Link& left, const Link& right) {
      const auto key = [this](const Link& link) {
        return std::tuple(rank_[link.from], rank_[link.to], link.pair == nullptr,
                          link.pair == nullptr ? AssetId() : link.pair->job);
      };
      if (key(left) != key(right)) return key(left) < key(right);
      if (left.pair == nullptr || right.pair == nullptr) return false;
      if (!PairEqual(left.pair->pair, right.pair->pair)) return PairLess(left.pair->pair, right.pair->pair);
      return left.pair->producer < right.pair->producer;
    };
    std::sort(links_.begin(), links_.end(), less);
    const Link* last = nullptr;
    for (const Link& link : links_) {
      if (last != nullptr && SameEdge(*last, link)) {
        MergeInto(answer_.edges.back(), link);
        continue;
      }
      last = &link;
      if (answer_.edges.size() >= request_->edges_max) {
        answer_.limit = WalkLimit::kEdges;
        break;
      }
      ColumnEdge edge;
      edge.from = PlaceFor(link.from);
      edge.to = PlaceFor(link.to);
      edge.alias = link.pair == nullptr;
      if (link.pair != nullptr) {
        edge.job = link.pair->job;
        edge.pair = link.pair->pair;
        edge.stale = true;
      }
      answer_.edges.push_back(std::move(edge));
      MergeInto(answer_.edges.back(), link);
    }
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

  // Its place among the nodes of the answer; an earlier page's node is added.
  uint32_t PlaceFor(uint32_t index) {
    if (place_[index] == kUnreached) {
      const Reached& node = reached_[index];
      const uint32_t hops = node.Least();
      const int side = hops == 0 ? 0 : node.hops[static_cast<size_t>(Side::kIn)] == hops ? -1 : 1;
      place_[index] = static_cast<uint32_t>(answer_.nodes.size());
      answer_.nodes.push_back({node.id, node.path, hops, side, 0, true});
    }
    return place_[index];
  }

  // Neighbours further out that are not named. They may get indexes here, which no longer matter.
  Status CountMore() {
    const size_t known = place_.size();
    std::vector<bool> was_named(known, false);
    for (const uint32_t index : earlier_) was_named[index] = true;
    for (size_t i = 0; i < named_.size(); ++i) {
      ColumnNode& node = answer_.nodes[i];
      std::vector<uint32_t> unnamed;
      for (const Side side : {Side::kOut, Side::kIn}) {
        if (!Goes(side) || reached_[named_[i]].hops[static_cast<size_t>(side)] != node.hops) continue;
        RETURN_IF_ERROR(Step(side, named_[i], [&](uint32_t there, const SeenPair*) {
          if (there >= known || (place_[there] == kUnreached && !was_named[there])) unnamed.push_back(there);
        }));
      }
      std::sort(unnamed.begin(), unnamed.end());
      node.more = static_cast<uint32_t>(std::unique(unnamed.begin(), unnamed.end()) - unnamed.begin());
      if (node.more > 0 && answer_.limit == WalkLimit::kNone) answer_.limit = WalkLimit::kDepth;
    }
    return absl::OkStatus();
  }

  StatusOr<authz::Visible<ColumnWalkAnswer>> Reveal() {
    for (const ColumnNode& node : answer_.nodes) {
      if (!view_->Reveal(authz::Sealed<AssetId>(node.id, authz::Subjects::Of(node.id), authz::Privilege::kBrowse))) {
        return base::Internal("a walk named what its view does not see");
      }
      if (!node.path.empty()) view_->shown().NoteColumn(node.id, authz::ColumnPathText(node.path));
    }
    return view_->Merge(std::move(answer_));
  }

  authz::GovernedView* view_;
  const ColumnWalkRequest* request_;
  ColumnPairs pairs_;
  std::vector<Reached> reached_;
  absl::flat_hash_map<std::pair<AssetId, Path>, uint32_t> indexes_;
  size_t starts_ = 0;
  std::vector<Link> links_;
  std::vector<uint32_t> named_;
  std::vector<uint32_t> earlier_;
  std::vector<uint32_t> place_;  // in answer_.nodes, by index
  // In the order of all nodes, by index: indexes stand in the order of discovery, which hangs on producers' numbers.
  std::vector<uint32_t> rank_;
  bool full_ = false;
  ColumnWalkAnswer answer_;
};

}  // namespace

StatusOr<authz::Visible<ColumnWalkAnswer>> WalkColumns(authz::GovernedView& view, const ColumnWalkRequest& request) {
  RETURN_IF_ERROR(Check(request));
  return ColumnWalker(&view, &request).Run();
}

}  // namespace cadastre::lineage
