// Random lineage with cycles, stale and covered edges, aliases and hidden assets; and the plainest possible answer to a
// walk: names, loops over all edges until nothing changes, nothing shared with the code under test.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lineage/memory_graph.h"
#include "lineage/walk.h"
#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {

struct PlainEdge {
  EdgeKind kind;
  std::string from;
  std::string to;
  std::string job;  // of derives and triggers
  bool covered = false;
  bool ended = false;
};

struct PlainGraph {
  std::vector<std::string> nodes;  // jobs begin with j, datasets with d
  std::vector<PlainEdge> edges;
  std::vector<std::pair<std::string, std::string>> aliases;
  std::set<std::string> hidden;

  bool Sees(const std::string& name) const { return name.empty() || !hidden.contains(name); }
  // Without what is hidden.
  PlainGraph Visible() const {
    PlainGraph graph;
    for (const std::string& node : nodes) {
      if (Sees(node)) graph.nodes.push_back(node);
    }
    for (const PlainEdge& edge : edges) {
      if (Sees(edge.from) && Sees(edge.to) && Sees(edge.job)) graph.edges.push_back(edge);
    }
    for (const auto& [left, right] : aliases) {
      if (Sees(left) && Sees(right)) graph.aliases.emplace_back(left, right);
    }
    return graph;
  }
};

inline PlainGraph RandomGraph(std::mt19937_64& random, size_t datasets, size_t jobs, size_t edges) {
  const auto pick = [&](size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random); };
  PlainGraph graph;
  for (size_t i = 0; i < datasets; ++i) graph.nodes.push_back("d" + std::to_string(i));
  for (size_t i = 0; i < jobs; ++i) graph.nodes.push_back("j" + std::to_string(i));
  const auto dataset = [&] { return "d" + std::to_string(pick(datasets)); };
  const auto job = [&] { return "j" + std::to_string(pick(jobs)); };
  for (size_t i = 0; i < edges; ++i) {
    PlainEdge edge;
    switch (pick(8)) {
      case 0:
        edge = {EdgeKind::kTriggers, job(), job(), ""};
        edge.job = edge.to;
        break;
      case 1: edge = {EdgeKind::kDerives, dataset(), dataset(), ""}; break;
      case 2: edge = {EdgeKind::kDerives, dataset(), dataset(), job()}; break;
      case 3:
      case 4: edge = {EdgeKind::kProduces, job(), dataset(), "", pick(3) == 0}; break;
      default: edge = {EdgeKind::kConsumes, dataset(), job(), ""}; break;
    }
    edge.ended = pick(5) == 0;
    graph.edges.push_back(edge);
  }
  for (size_t i = 0; i < 3; ++i) graph.aliases.emplace_back(dataset(), dataset());
  for (const std::string& node : graph.nodes) {
    if (node != "d0" && node != "d1" && pick(10) < 4) graph.hidden.insert(node);
  }
  return graph;
}

// The graph in a house, with a viewer who sees all of it but the hidden.
class GraphWorld : public EventWorld {
 public:
  explicit GraphWorld(const PlainGraph& graph) : graph_(graph) {
    std::map<std::string, AssetId> ids;
    Put([&](WriteSession& session) -> Status {
      for (const std::string& node : graph_.nodes) {
        ASSIGN_OR_RETURN(ids[node], session.Intern(testing_support::RowsOf(session), FullName(node)));
      }
      for (size_t i = 0; i < graph_.edges.size(); ++i) RETURN_IF_ERROR(PushEdge(session, ids, graph_.edges[i], 1 + i));
      return absl::OkStatus();
    });
    ids_ = ids;
    for (const auto& [name, id] : ids_) names_[id] = name;
    record::Scope open;
    open.set_namespace_("open");
    viewer_ = AddPerson("vera", {Allow({Privilege::kBrowse, Privilege::kRead}, open)});
    authz::ChangeFeed feed(guard().OpenSystem(authz::SystemReason::kFollowLineage), &guard().signal());
    while (true) {
      const auto all = memory_.CatchUp(feed, 7);
      EXPECT_TRUE(all.ok()) << all.status();
      if (!all.ok() || *all) break;
    }
  }

  AssetId Id(const std::string& name) const { return ids_.at(name); }
  const std::string& Name(AssetId id) const { return names_.at(id); }
  const std::string& viewer() const { return viewer_; }
  MemoryGraph& memory() { return memory_; }
  AliasesOf Aliases() const {
    return [this](const GovernedView&, AssetId id) {
      std::vector<AssetId> others;
      for (const auto& [left, right] : graph_.aliases) {
        if (left == Name(id)) others.push_back(Id(right));
        if (right == Name(id)) others.push_back(Id(left));
      }
      return others;
    };
  }

 private:
  AssetName FullName(const std::string& node) const {
    return {node[0] == 'j' ? AssetKind::kJob : AssetKind::kDataset, graph_.hidden.contains(node) ? "hidden" : "open",
            node};
  }
  // A producer of its own, so that a definition without the edge ends just this one.
  Status PushEdge(WriteSession& session, const std::map<std::string, AssetId>& ids, const PlainEdge& edge,
                  uint32_t producer) {
    EventWrite event;
    event.producer = producer;
    event.event_time = Day(1);
    const AssetId job = edge.kind == EdgeKind::kConsumes   ? ids.at(edge.to)
                        : edge.kind == EdgeKind::kProduces ? ids.at(edge.from)
                        : edge.job.empty()                 ? AssetId()
                                                           : ids.at(edge.job);
    event.edges.push_back({edge.kind, ids.at(edge.from), ids.at(edge.to), job, edge.covered, {}});
    RETURN_IF_ERROR(Push(session, event));
    if (!edge.ended) return absl::OkStatus();
    event.event_time = Day(2);
    event.edges.clear();
    event.definitions.push_back({edge.kind, ids.at(edge.to), job});
    return Push(session, event);
  }

  PlainGraph graph_;
  std::map<std::string, AssetId> ids_;
  std::map<AssetId, std::string> names_;
  std::string viewer_;
  MemoryGraph memory_;
};

// A walk's answer by names.
struct PlainAnswer {
  std::map<std::string, std::pair<uint32_t, int>> nodes;  // hops, side
  std::set<std::string> edges;

  friend bool operator==(const PlainAnswer&, const PlainAnswer&) = default;
};

inline std::string EdgeLine(const std::string& from, EdgeKind kind, const std::string& to, const std::string& job,
                            bool stale) {
  return from + " " + std::string(EdgeKindWord(kind)) + " " + to + (job.empty() ? "" : " by " + job) +
         (stale ? " stale" : "");
}

class PlainWalk {
 public:
  PlainWalk(const PlainGraph& graph, bool include_stale, uint32_t depth)
      : graph_(graph), include_stale_(include_stale), depth_(depth) {}

  PlainAnswer Run(const std::string& start, Direction direction) {
    if (direction != Direction::kUpstream) Search(start, /*out=*/true, out_);
    if (direction != Direction::kDownstream) Search(start, /*out=*/false, in_);
    PlainAnswer answer;
    for (const std::string& node : graph_.nodes) {
      const uint32_t hops = std::min(Hops(out_, node), Hops(in_, node));
      if (hops > depth_) continue;
      answer.nodes[node] = {hops, hops == 0 ? 0 : Hops(in_, node) == hops ? -1 : 1};
    }
    std::map<std::string, bool> current;  // by line without its state
    for (const PlainEdge& edge : graph_.edges) {
      if (!Exists(edge) || !answer.nodes.contains(edge.from) || !answer.nodes.contains(edge.to)) continue;
      if (Hops(out_, edge.from) + Cost(edge) > depth_ && Hops(in_, edge.to) + Cost(edge) > depth_) continue;
      bool& any = current[EdgeLine(edge.from, edge.kind, edge.to, JobOf(edge), false)];
      any = any || !edge.ended;
    }
    for (const auto& [line, any] : current) answer.edges.insert(line + (any ? "" : " stale"));
    for (const auto& [left, right] : graph_.aliases) {
      if (left == right || !graph_.Sees(left) || !graph_.Sees(right)) continue;
      if (answer.nodes.contains(left) && answer.nodes.contains(right)) {
        answer.edges.insert(std::min(left, right) + " alias " + std::max(left, right));
      }
    }
    return answer;
  }

  static std::string JobOf(const PlainEdge& edge) {
    return edge.kind == EdgeKind::kDerives || edge.kind == EdgeKind::kTriggers ? edge.job : "";
  }

 private:
  struct Hop {
    uint32_t open = 1000;
    uint32_t leaf = 1000;
  };
  using Map = std::map<std::string, Hop>;

  static uint32_t Hops(const Map& map, const std::string& node) {
    const auto found = map.find(node);
    return found == map.end() ? 1000 : std::min(found->second.open, found->second.leaf);
  }
  static uint32_t Cost(const PlainEdge& edge) { return edge.kind == EdgeKind::kDerives && !edge.job.empty() ? 2 : 1; }
  bool Exists(const PlainEdge& edge) const {
    return graph_.Sees(edge.from) && graph_.Sees(edge.to) && graph_.Sees(edge.job) && (include_stale_ || !edge.ended);
  }

  void Search(const std::string& start, bool out, Map& map) {
    map[start].open = 0;
    bool changed = true;
    const auto lower = [&](uint32_t& known, uint32_t hops) {
      if (hops > depth_ || hops >= known) return;
      known = hops;
      changed = true;
    };
    while (changed) {
      changed = false;
      for (const PlainEdge& edge : graph_.edges) {
        if (!Exists(edge)) continue;
        const uint32_t near = map[out ? edge.from : edge.to].open;
        Hop& far = map[out ? edge.to : edge.from];
        const bool covered = edge.kind == EdgeKind::kProduces && edge.covered;
        if (!covered || (out && near == 0)) {
          lower(far.open, near + Cost(edge));
        } else if (!out) {
          lower(far.leaf, near + Cost(edge));
        }
      }
      for (const auto& [left, right] : graph_.aliases) {
        if (!graph_.Sees(left) || !graph_.Sees(right)) continue;
        lower(map[left].open, map[right].open);
        lower(map[right].open, map[left].open);
      }
    }
  }

  const PlainGraph& graph_;
  bool include_stale_;
  uint32_t depth_;
  Map out_;
  Map in_;
};

}  // namespace cadastre::lineage
