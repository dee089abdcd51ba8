#include "lineage/runs.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "lineage/run_merge.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

constexpr size_t kRollupDaysMax = 400;

Status Check(const RunsRequest& request) {
  if (request.page_size < 1 || request.page_size > base::kPageRowsMax) {
    return base::InvalidField("page_size", "1 to 1,000");
  }
  return absl::OkStatus();
}

// The first key a page may hold.
std::string StartKey(const RunsRequest& request) {
  std::string start;
  if (request.started_before) {
    start = RunKey(request.job, *request.started_before - std::chrono::microseconds(1), "");
    start.pop_back();  // the end of an empty run id, so that all ids of that moment follow
  }
  if (request.after) {
    // No key lies between a key and itself followed by \0.
    start = std::max(start, RunKey(request.job, request.after->started, request.after->run_id) + '\0');
  }
  return start;
}

// What is about other assets than the job is noted here: the table's rule names the job alone.
void NoteOthers(authz::GovernedView& view, const record::Run& run) {
  for (const record::RunIo& io : run.io()) view.shown().Note(AssetId(io.dataset()));
  if (run.parent().job() != 0) view.shown().Note(AssetId(run.parent().job()));
  if (run.parent().root_job() != 0) view.shown().Note(AssetId(run.parent().root_job()));
}

}  // namespace

StatusOr<RunPage> ScanRuns(authz::GovernedView& view, const RunsRequest& request) {
  RETURN_IF_ERROR(Check(request));
  RunPage page;
  Status damage = absl::OkStatus();
  const auto wanted = [&](RunState state) {
    return request.states.empty() ||
           std::find(request.states.begin(), request.states.end(), state) != request.states.end();
  };
  RETURN_IF_ERROR(view.Scan<record::Run>(
      kRunHeadTable, RunPrefix(request.job), StartKey(request), [&](authz::Sealed<authz::RowOf<record::Run>> sealed) {
        auto row = view.Reveal(kRunHeadTable, std::move(sealed));
        if (!row) return false;  // all rows are about the one job
        auto parts = ParseRunKey((*row)->key);
        if (!parts.ok()) {
          damage = parts.status();
          return false;
        }
        if (request.started_after && parts->start < *request.started_after) return false;
        RunRow run{parts->job, std::move(parts->run_id), StateAt((*row)->record, request.now, request.unknown_after),
                   (*row)->record, 0};
        if (!wanted(run.state)) return true;
        if (page.runs.size() == request.page_size) {
          const RunRow& last = *page.runs.back();
          page.next = RunPosition{Timestamp(last.run.started()), last.run_id};
          return false;
        }
        NoteOthers(view, run.run);
        page.runs.push_back(view.Merge(std::move(run)));
        return true;
      }));
  RETURN_IF_ERROR(damage);
  return page;
}

StatusOr<authz::Visible<RunRow>> FindRun(authz::GovernedView& view, const RunRequest& request) {
  const Status missing = base::NotFound("no such run");
  if (request.run_id.empty() || request.run_id.find('\0') != std::string::npos) return missing;
  ASSIGN_OR_RETURN(auto sealed_start, view.Find(kRunIdTable, RunIdKey(request.run_id, request.job)));
  if (!sealed_start) return missing;
  const auto start = view.Reveal(kRunIdTable, *std::move(sealed_start));
  if (!start) return missing;
  const Timestamp started((*start)->record.started());
  ASSIGN_OR_RETURN(auto sealed_run, view.Find(kRunTable, RunKey(request.job, started, request.run_id)));
  if (!sealed_run) return missing;
  const auto row = view.Reveal(kRunTable, *std::move(sealed_run));
  if (!row) return missing;
  RunRow run{request.job, request.run_id, StateAt((*row)->record, request.now, request.unknown_after), (*row)->record,
             0};
  ASSIGN_OR_RETURN(auto sealed_seen, view.Find(kRunSeenTable, RunSeenKey(request.job, request.run_id)));
  if (sealed_seen) {
    const auto seen = view.Reveal(kRunSeenTable, *std::move(sealed_seen));
    if (seen) run.events = (*seen)->record.events();
  }
  NoteOthers(view, run.run);
  return view.Merge(std::move(run));
}

StatusOr<authz::Visible<std::vector<DayOfRuns>>> ScanRollups(authz::GovernedView& view, AssetId job,
                                                             uint32_t from_day) {
  std::vector<DayOfRuns> days;
  Status damage = absl::OkStatus();
  RETURN_IF_ERROR(view.Scan<record::RunRollup>(kRollupTable, RollupPrefix(job), {},
                                               [&](authz::Sealed<authz::RowOf<record::RunRollup>> sealed) {
                                                 const auto row = view.Reveal(kRollupTable, std::move(sealed));
                                                 if (!row) return false;
                                                 const auto day = ParseRollupDay((*row)->key);
                                                 if (!day.ok()) {
                                                   damage = day.status();
                                                   return false;
                                                 }
                                                 if (*day < from_day || days.size() == kRollupDaysMax) return false;
                                                 days.push_back({*day, (*row)->record});
                                                 return true;
                                               }));
  RETURN_IF_ERROR(damage);
  return view.Merge(std::move(days));
}

}  // namespace cadastre::lineage
