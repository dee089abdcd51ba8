#include "lineage/paths.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "lineage/graph_sources.h"
#include "lineage/reach.h"

namespace cadastre::lineage {
namespace {

constexpr uint32_t kPathsMax = 20;
constexpr uint64_t kStepsBetweenChecks = 1024;

Status Check(const PathRequest& request) {
  if (request.hops_max < 1 || request.hops_max > base::kWalkHopsMax) return base::InvalidField("max_hops", "1 to 100");
  if (request.paths_max < 1 || request.paths_max > kPathsMax) return base::InvalidField("max_paths", "1 to 20");
  if (std::max(request.from, request.to).value() >= Marks::kUnreached) {
    return base::InvalidField("from", "an asset of this store");
  }
  return absl::OkStatus();
}

Marks& ThreadMarks() {
  thread_local Marks marks;
  return marks;
}

// One step from a node: over `job`, if not 0, to `to`.
struct PathStep {
  uint32_t hops;
  uint32_t job;
  uint32_t to;

  // NOLINTNEXTLINE(modernize-use-nullptr): what the default compares with zero is no pointer.
  friend auto operator<=>(const PathStep&, const PathStep&) = default;
};

// Paths of one direction: distances to the target first, then all ways of each length in turn, never a step that
// cannot arrive in time.
template <typename Source, typename Sight>
class PathFinder {
 public:
  PathFinder(authz::GovernedView* view, Source* source, const Sight* sight, const PathRequest* request, Side side)
      : view_(view), source_(source), sight_(sight), request_(request), side_(side), marks_(ThreadMarks()) {}

  Status Find(PathAnswer* answer) {
    answer_ = answer;
    const ReachLimits limits{request_->hops_max, ~uint64_t{0}, request_->include_stale, request_->deadline,
                             request_->spend};
    // By `this`: in a generic lambda clang else takes the capture for unused.
    const auto aliases = [this](uint32_t node, const auto& visit) { this->EachAlias(node, visit); };
    const Side back = side_ == Side::kOut ? Side::kIn : Side::kOut;
    RETURN_IF_ERROR(
        Reach(*source_, *sight_, aliases, back, static_cast<uint32_t>(request_->to.value()), limits, marks_).status());
    const uint32_t start = static_cast<uint32_t>(request_->from.value());
    const uint32_t least = marks_.HopsOf(start);
    if (least == Marks::kUnreached) return absl::OkStatus();
    for (uint32_t length = least; length <= request_->hops_max && !Done(); ++length) {
      nodes_ = {start};
      RETURN_IF_ERROR(Extend(start, length, length));
    }
    return absl::OkStatus();
  }

 private:
  bool Done() const { return found_ >= request_->paths_max || answer_->truncated; }

  template <typename Visit>
  void EachAlias(uint32_t node, const Visit& visit) const {
    if (!request_->aliases) return;
    for (const AssetId other : request_->aliases(*view_, AssetId(node))) {
      if (other.value() < Marks::kUnreached && sight_->Sees(static_cast<uint32_t>(other.value()))) {
        visit(static_cast<uint32_t>(other.value()));
      }
    }
  }

  std::vector<PathStep> StepsFrom(uint32_t node, uint32_t left) {
    std::vector<PathStep> steps;
    const auto arrives = [&](uint32_t to, uint32_t hops) {
      const uint32_t rest = marks_.HopsOf(to);
      return hops <= left && rest != Marks::kUnreached && rest <= left - hops;
    };
    EachAlias(node, [&](uint32_t other) {
      if (arrives(other, 0)) steps.push_back({0, 0, other});
    });
    source_->ForEach(side_, node, [&](uint32_t to, const ArcKind& arc) {
      const uint32_t hops = HopsFor(arc);
      if (!arrives(to, hops) || (arc.ended && !request_->include_stale)) return;
      if (arc.job != 0 && !sight_->Sees(arc.job)) return;
      if (arc.covered && !(side_ == Side::kOut ? node == request_->from.value() : to == request_->to.value())) return;
      steps.push_back({hops, hops == 2 ? arc.job : 0, to});
    });
    std::sort(steps.begin(), steps.end());
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
    return steps;
  }

  // Depth first; the depth is bounded by hops_max and by the number of aliases, the work by steps_max.
  Status Extend(uint32_t node, uint32_t left, uint32_t length) {
    if (++steps_ > request_->steps_max) {
      answer_->truncated = true;
      return absl::OkStatus();
    }
    if (steps_ % kStepsBetweenChecks == 0) {
      RETURN_IF_ERROR(CheckDeadline(request_->deadline));
      if (request_->spend) RETURN_IF_ERROR(request_->spend(kStepsBetweenChecks));
    }
    if (node == request_->to.value()) {
      if (left == 0) Tell(length);
      return absl::OkStatus();
    }
    const std::vector<PathStep> steps = StepsFrom(node, left);
    RETURN_IF_ERROR(source_->status());
    for (const PathStep& step : steps) {
      if (Done()) break;
      if (Met(step.to) || (step.job != 0 && Met(step.job))) continue;
      if (step.job != 0) nodes_.push_back(step.job);
      nodes_.push_back(step.to);
      RETURN_IF_ERROR(Extend(step.to, left - step.hops, length));
      nodes_.pop_back();
      if (step.job != 0) nodes_.pop_back();
    }
    return absl::OkStatus();
  }

  bool Met(uint32_t node) const { return std::find(nodes_.begin(), nodes_.end(), node) != nodes_.end(); }

  // The same nodes may be passed over different edges; that is one path.
  void Tell(uint32_t length) {
    LineagePath path;
    path.hops = length;
    for (const uint32_t node : nodes_) path.nodes.push_back(AssetId(node));
    if (std::find(answer_->paths.begin(), answer_->paths.end(), path) != answer_->paths.end()) return;
    answer_->paths.push_back(std::move(path));
    ++found_;
  }

  authz::GovernedView* view_;
  Source* source_;
  const Sight* sight_;
  const PathRequest* request_;
  Side side_;
  Marks& marks_;
  PathAnswer* answer_ = nullptr;
  std::vector<uint32_t> nodes_;
  uint64_t steps_ = 0;
  uint32_t found_ = 0;
};

template <typename Source, typename Sight>
StatusOr<authz::Visible<PathAnswer>> Find(authz::GovernedView& view, Source source, const Sight& sight,
                                          const PathRequest& request) {
  PathAnswer answer;
  {
    const authz::NotesPaused paused(&view.shown());
    for (const Side side : {Side::kOut, Side::kIn}) {
      const Direction other = side == Side::kOut ? Direction::kUpstream : Direction::kDownstream;
      if (request.direction == other) continue;
      RETURN_IF_ERROR(PathFinder(&view, &source, &sight, &request, side).Find(&answer));
    }
  }
  std::sort(answer.paths.begin(), answer.paths.end());
  // Also where edges that held then may be forgotten.
  if (answer.paths.size() >= request.paths_max || view.point().held_before_horizon) answer.truncated = true;
  if (answer.paths.size() > request.paths_max) answer.paths.resize(request.paths_max);
  authz::Witness parts;
  // That there is no way between two assets one sees is an answer too.
  for (const AssetId end : {request.from, request.to}) {
    const authz::NotesPaused paused(&view.shown());
    if (const auto shown = view.RevealAsset(end)) parts.Add(*shown);
  }
  for (const LineagePath& path : answer.paths) {
    for (const AssetId node : path.nodes) {
      const auto shown = view.RevealAsset(node);
      if (!shown) return base::Internal("a path passed what its view does not see");
      parts.Add(*shown);
    }
  }
  return view.Merge(std::move(answer), parts);
}

}  // namespace

StatusOr<authz::Visible<PathAnswer>> FindPaths(authz::GovernedView& view, const MemoryGraph& graph,
                                               const PathRequest& request) {
  RETURN_IF_ERROR(Check(request));
  return Find(view, MemorySource(graph.Read(view)), BitmapSight(view.BitmapOf(authz::Privilege::kBrowse)), request);
}

StatusOr<authz::Visible<PathAnswer>> FindPathsAsOf(authz::GovernedView& view, const PathRequest& request) {
  RETURN_IF_ERROR(Check(request));
  return Find(view, TableSource(&view, request.deadline), ViewSight(&view), request);
}

}  // namespace cadastre::lineage
