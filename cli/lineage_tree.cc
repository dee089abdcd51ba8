#include "cli/lineage_tree.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/status.h"
#include "cli/client_words.h"
#include "cli/inputs.h"
#include "cli/words.h"

namespace cadastre::cli {
namespace {

using lineage::v1::GetLineageResponse;
using lineage::v1::LineageEdge;
using lineage::v1::LineageNode;

struct Branch {
  const LineageEdge* edge;
  const LineageNode* node;
};

class Drawing {
 public:
  Drawing(const GetLineageResponse& answer, const Screen& screen) : answer_(answer), screen_(screen) {
    for (const LineageNode& node : answer.nodes()) nodes_[node.index()] = &node;
    for (const LineageNode& node : answer.earlier()) nodes_[node.index()] = &node;
  }

  std::vector<std::string> Lines() {
    bool any = false;
    for (const int side : {-1, 1}) {
      const auto on_side = [&](const LineageNode& node) { return node.side() == side; };
      if (std::none_of(answer_.nodes().begin(), answer_.nodes().end(), on_side)) continue;
      any = true;
      lines_.push_back(screen_.Painted(Paint::kDim, side < 0 ? "upstream" : "downstream"));
      CollectBranches(side);
      drawn_.clear();
      for (const LineageNode& node : answer_.nodes()) {
        if (node.side() != 0) continue;
        lines_.push_back(NameOf(node, Paint::kBold));
        Draw(node);
      }
      // Of a later page what hangs on nodes that an earlier one named.
      for (const LineageNode& node : answer_.earlier()) {
        if (!branches_.contains(node.index()) || drawn_.contains(node.index())) continue;
        lines_.push_back(NameOf(node, Paint::kBold));
        Draw(node);
      }
    }
    if (!any) {
      for (const LineageNode& node : answer_.nodes()) lines_.push_back(NameOf(node, Paint::kBold));
      lines_.emplace_back(screen_.Painted(Paint::kDim, "(nothing on either side)"));
    }
    return std::move(lines_);
  }

 private:
  void CollectBranches(int side) {
    branches_.clear();
    for (const LineageEdge& edge : answer_.edges()) {
      const int32_t near = side < 0 ? edge.to() : edge.from();
      const auto far = nodes_.find(side < 0 ? edge.from() : edge.to());
      const auto from = nodes_.find(near);
      if (far == nodes_.end() || from == nodes_.end()) continue;
      if (far->second->side() != side) continue;
      if (from->second->side() != side && from->second->side() != 0) continue;
      branches_[near].push_back({&edge, far->second});
    }
    DropRepeated();
  }

  // A job that only repeats what the edges it states say already: they name it.
  bool IsRepeated(int32_t near, const Branch& job) const {
    const auto beyond = branches_.find(job.node->index());
    if (job.node->asset().ref().kind() != "job" || beyond == branches_.end()) return false;
    const std::vector<Branch>& beside = branches_.at(near);
    return std::all_of(beyond->second.begin(), beyond->second.end(), [&](const Branch& far) {
      return std::any_of(beside.begin(), beside.end(), [&](const Branch& other) {
        return other.node == far.node && other.edge->has_job() &&
               AssetText(other.edge->job()) == AssetText(job.node->asset().ref());
      });
    });
  }

  void DropRepeated() {
    std::map<int32_t, std::vector<Branch>> kept;
    for (const auto& [near, branches] : branches_) {
      for (const Branch& branch : branches) {
        if (!IsRepeated(near, branch)) kept[near].push_back(branch);
      }
    }
    branches_ = std::move(kept);
  }

  // An explicit stack: a walk may be as deep as a hundred hops, and an answer is not to be trusted to be less.
  void Draw(const LineageNode& root) {
    struct Open {
      const std::vector<Branch>* branches;
      size_t next;
    };
    std::vector<Open> open;
    const auto enter = [&](const LineageNode& node) {
      drawn_.insert(node.index());
      const auto found = branches_.find(node.index());
      if (found != branches_.end()) open.push_back({&found->second, 0});
    };
    enter(root);
    while (!open.empty()) {
      Open& top = open.back();
      if (top.next == top.branches->size()) {
        open.pop_back();
        continue;
      }
      const Branch& branch = (*top.branches)[top.next++];
      std::string indent;
      for (size_t i = 0; i + 1 < open.size(); ++i) indent += open[i].next < open[i].branches->size() ? "│  " : "   ";
      indent += top.next < top.branches->size() ? "├─ " : "└─ ";
      const bool again = drawn_.contains(branch.node->index());
      lines_.push_back(base::Cat(screen_.Painted(Paint::kDim, indent), LineOf(branch, again)));
      if (!again) enter(*branch.node);
    }
  }

  std::string LineOf(const Branch& branch, bool again) const {
    std::string line = NameOf(*branch.node, Paint::kPlain);
    const LineageEdge& edge = *branch.edge;
    std::string notes;
    const auto note = [&](const std::string& text) { notes += base::Cat(notes.empty() ? "" : ", ", text); };
    if (edge.kind() == lineage::v1::EDGE_KIND_ALIAS) note("alias");
    if (edge.kind() == lineage::v1::EDGE_KIND_TRIGGERS) note("triggers");
    if (edge.has_job()) note(base::Cat("by ", AssetText(edge.job())));
    std::set<std::string> types;
    for (const lineage::v1::ColumnPair& pair : edge.columns()) {
      const bool stated = pair.type() != lineage::v1::PAIR_TYPE_UNSPECIFIED;
      if (!pair.subtype().empty()) {
        types.insert(pair.subtype());
      } else if (stated) {
        types.insert(EnumWord(lineage::v1::PairType_Name(pair.type()), "PAIR_TYPE_"));
      }
      if (pair.masking()) types.insert("masked");
    }
    for (const std::string& type : types) note(type);
    if (edge.stale()) note(base::Cat("stale, last stated ", TimeText(edge.last_stated_at())));
    if (branch.node->more() > 0 && !again) note(base::Cat("+", branch.node->more(), " more"));
    if (again) note("see above");
    if (!notes.empty())
      line += screen_.Painted(edge.stale() ? Paint::kWarn : Paint::kDim, ShownText("  [" + notes + "]"));
    return line;
  }

  std::string NameOf(const LineageNode& node, Paint paint) const {
    std::string name = AssetText(node.asset());
    if (node.column().path_size() > 0) name += base::Cat(" · ", ColumnText(node.column().path()));
    return screen_.Painted(paint, ShownText(name));
  }

  const GetLineageResponse& answer_;
  const Screen& screen_;
  std::map<int32_t, const LineageNode*> nodes_;
  std::map<int32_t, std::vector<Branch>> branches_;
  std::set<int32_t> drawn_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> LineageTree(const GetLineageResponse& answer, const Screen& screen) {
  return Drawing(answer, screen).Lines();
}

}  // namespace cadastre::cli
