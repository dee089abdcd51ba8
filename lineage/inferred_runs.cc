#include "lineage/inferred_runs.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/status.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

bool AsksForInferred(const RunsRequest& request) {
  if (!request.datasets.empty() || request.parent) return false;
  return request.states.empty() ||
         std::find(request.states.begin(), request.states.end(), RunState::kUnknown) != request.states.end();
}

// Where the children begin whose parents may belong into the list: at a moment, since places of equal starts are in the
// order of the children.
std::string FirstChildPlace(const RunsRequest& request) {
  std::optional<Timestamp> newest;
  if (request.started_before) newest = *request.started_before - std::chrono::microseconds(1);
  if (request.after) newest = newest ? std::min(*newest, request.after->started) : request.after->started;
  return newest ? RunPlace(*newest, AssetId(), "").substr(0, sizeof(int64_t)) : std::string();
}

StatusOr<Timestamp> StartIn(std::string_view place) {
  ASSIGN_OR_RETURN(const int64_t start, base::ByteReader(place).ReadComplementI64());
  return Timestamp(start);
}

}  // namespace

StatusOr<std::optional<authz::Visible<RunRow>>> InferRun(authz::GovernedView& view, const RunRequest& request,
                                                         std::chrono::steady_clock::time_point deadline) {
  std::optional<authz::Visible<RunRow>> none;
  if (request.jobs.empty()) return none;
  RunsRequest below;
  below.parent = {request.jobs, request.run_id};
  below.page_size = base::kPageRowsMax;
  below.now = request.now;
  below.unknown_after = request.unknown_after;
  below.deadline = deadline;
  const authz::NotesPaused paused(&view.shown());
  ASSIGN_OR_RETURN(const RunPage page, ScanRuns(view, below));
  if (page.runs.empty()) return none;
  authz::Witness parts;
  record::Run run;
  run.set_state(static_cast<uint32_t>(RunState::kUnknown));
  run.set_started(page.runs.back()->run.started());
  run.set_last_event(run.started());
  for (const authz::Visible<RunRow>& child : page.runs) {
    parts.Add(child);
    run.set_last_event(std::max(run.last_event(), child->run.last_event()));
  }
  return std::make_optional(
      view.Merge(RunRow{request.jobs.front(), request.run_id, RunState::kUnknown, std::move(run), 0}, parts));
}

void NoteInferred(authz::GovernedView& view, const RunRow& run) { view.shown().Note(run.job); }

InferredRuns::InferredRuns(const authz::GovernedView* view, const RunsRequest* request)
    : request_(request), sets_(view) {
  if (!AsksForInferred(*request)) return;
  const std::string start = FirstChildPlace(*request);
  for (const AssetId job : request->jobs) lanes_.emplace_back(ChildrenOfJobPrefix(job), start);
  if (lanes_.empty()) lanes_.emplace_back(AllRunsPrefix(), start);
}

StatusOr<const std::string*> InferredRuns::Front(authz::GovernedView& view) {
  if (next_.empty() && !lanes_.empty()) {
    const authz::NotesPaused paused(&view.shown());
    RETURN_IF_ERROR(Fill(view));
  }
  return next_.empty() ? nullptr : &next_.front().place;
}

authz::Visible<RunRow> InferredRuns::Pop() {
  authz::Visible<RunRow> run = std::move(next_.front().run);
  next_.pop_front();
  return run;
}

StatusOr<RunListLane*> InferredRuns::Least(authz::GovernedView& view) {
  RunListLane* least = nullptr;
  const std::string* place = nullptr;
  for (RunListLane& lane : lanes_) {
    ASSIGN_OR_RETURN(const std::string* const front, lane.Front(view, request_->deadline));
    if (front == nullptr || (place != nullptr && *place <= *front)) continue;
    least = &lane;
    place = front;
  }
  return least;
}

// All children of one start at a time: a parent belongs where the first of its children began.
Status InferredRuns::Fill(authz::GovernedView& view) {
  while (next_.empty()) {
    if (std::chrono::steady_clock::now() > request_->deadline) {
      return base::DeadlineExceeded("looking for runs took too long");
    }
    std::optional<std::string> moment;
    std::set<Ref> parents;
    while (true) {
      ASSIGN_OR_RETURN(RunListLane * lane, Least(view));
      if (lane == nullptr) break;
      ASSIGN_OR_RETURN(const std::string* const front, lane->Front(view, request_->deadline));
      if (!moment) moment = front->substr(0, sizeof(int64_t));
      if (!front->starts_with(*moment)) break;
      ASSIGN_OR_RETURN(std::optional<Ref> parent, ParentIn(view, *front));
      if (parent) parents.insert(*std::move(parent));
      lane->Pop();
    }
    if (!moment) break;
    ASSIGN_OR_RETURN(const Timestamp start, StartIn(*moment));
    if (request_->started_after && start < *request_->started_after) break;
    const std::string after =
        request_->after ? RunPlace(request_->after->started, request_->after->job, request_->after->run_id) : "";
    for (const Ref& ref : parents) {
      ASSIGN_OR_RETURN(std::optional<authz::Visible<RunRow>> run, TakeAt(view, ref, start));
      std::string place = RunPlace(start, ref.first, ref.second);
      if (run && place > after) next_.push_back({std::move(place), *std::move(run)});
    }
  }
  if (next_.empty()) lanes_.clear();
  return absl::OkStatus();
}

std::vector<AssetId> InferredRuns::NamesOf(const authz::GovernedView& view, AssetId job) {
  if (!request_->jobs.empty()) return request_->jobs;
  return ReadableJobs(view, sets_.Of(sets_.LivingNameOf(job)));
}

StatusOr<std::optional<InferredRuns::Ref>> InferredRuns::ParentIn(authz::GovernedView& view, std::string_view place) {
  if (!request_->jobs.empty()) {
    ASSIGN_OR_RETURN(std::string run_id, ParentRunIn(place));
    return std::make_optional(Ref(request_->jobs.front(), std::move(run_id)));
  }
  std::optional<Ref> none;
  ASSIGN_OR_RETURN(const RunPlaceParts child, ParseRunPlace(place));
  ASSIGN_OR_RETURN(auto sealed, view.Find(kRunHeadTable, RunKey(child.job, child.start, child.run_id)));
  if (!sealed) return none;
  const auto row = view.Reveal(kRunHeadTable, *std::move(sealed));
  if (!row || (*row)->record.parent().job() == 0) return none;
  const record::RunParent& parent = (*row)->record.parent();
  const std::vector<AssetId> names = NamesOf(view, AssetId(parent.job()));
  return names.empty() ? none : std::make_optional(Ref(names.front(), parent.run_id()));
}

StatusOr<std::optional<authz::Visible<RunRow>>> InferredRuns::TakeAt(authz::GovernedView& view, const Ref& ref,
                                                                     Timestamp start) {
  // A parent that is named without its run is none that could be opened.
  if (ref.second.empty()) return std::optional<authz::Visible<RunRow>>();
  const auto [met, fresh] = met_.try_emplace(ref);
  std::optional<authz::Visible<RunRow>>& run = met->second;
  if (fresh) {
    const std::vector<AssetId> names = NamesOf(view, ref.first);
    bool stored = false;
    for (const AssetId name : names) {
      ASSIGN_OR_RETURN(const auto row, view.Find(kRunIdTable, RunIdKey(ref.second, name)));
      stored = stored || row.has_value();
    }
    if (!stored) {
      const RunRequest request{names, ref.second, request_->now, request_->unknown_after};
      ASSIGN_OR_RETURN(run, InferRun(view, request, request_->deadline));
    }
  }
  if (!run || Timestamp((*run)->run.started()) != start) return std::optional<authz::Visible<RunRow>>();
  return std::exchange(run, std::nullopt);
}

}  // namespace cadastre::lineage
