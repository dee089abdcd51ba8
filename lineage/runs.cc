#include "lineage/runs.h"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "base/status.h"
#include "lineage/inferred_runs.h"
#include "lineage/run_lists.h"
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

// The first key a page of one job's runs may hold.
std::string StartKey(const RunsRequest& request) {
  const AssetId job = request.jobs.front();
  std::string start;
  if (request.started_before) {
    start = RunKey(job, *request.started_before - std::chrono::microseconds(1), "");
    start.pop_back();  // the end of an empty run id, so that all ids of that moment follow
  }
  if (request.after) {
    // No key lies between a key and itself followed by \0.
    start = std::max(start, RunKey(job, request.after->started, request.after->run_id) + '\0');
  }
  return start;
}

// What is about other assets than the job is noted here: the table's rule names the job alone.
void NoteOthers(authz::GovernedView& view, const record::Run& run) {
  for (const record::RunIo& io : run.io()) view.shown().Note(AssetId(io.dataset()));
  if (run.parent().job() != 0) view.shown().Note(AssetId(run.parent().job()));
  if (run.parent().root_job() != 0) view.shown().Note(AssetId(run.parent().root_job()));
}

bool Contains(const std::vector<AssetId>& jobs, AssetId job) {
  return std::find(jobs.begin(), jobs.end(), job) != jobs.end();
}

bool IsWanted(const RunsRequest& request, RunState state) {
  return request.states.empty() ||
         std::find(request.states.begin(), request.states.end(), state) != request.states.end();
}

std::string StartPlace(const RunsRequest& request) {
  std::string start;
  if (request.started_before) {
    start = RunPlace(*request.started_before - std::chrono::microseconds(1), AssetId(), "");
    start.resize(sizeof(int64_t));
  }
  if (request.after) {
    start = std::max(start, RunPlace(request.after->started, request.after->job, request.after->run_id) + '\0');
  }
  return start;
}

std::vector<RunListLane> LanesOf(const RunsRequest& request) {
  const std::string start = StartPlace(request);
  std::vector<RunListLane> lanes;
  for (const AssetId dataset : request.datasets) lanes.emplace_back(RunsOfDatasetPrefix(dataset), start);
  for (const AssetId job : request.jobs) lanes.emplace_back(job, start);
  if (request.parent) {
    for (const AssetId job : request.parent->jobs) {
      lanes.emplace_back(RunsBelowPrefix(job, request.parent->run_id), start);
    }
    if (lanes.empty()) return lanes;
  }
  if (lanes.empty()) lanes.emplace_back(AllRunsPrefix(), start);
  return lanes;
}

// The next place over all lanes, taken from each that has it; nullopt at the end.
StatusOr<std::optional<RunPlaceParts>> TakeNext(authz::GovernedView& view, const RunsRequest& request,
                                                std::vector<RunListLane>& lanes) {
  std::optional<std::string> least;
  for (RunListLane& lane : lanes) {
    ASSIGN_OR_RETURN(const std::string* const front, lane.Front(view, request.deadline));
    if (front != nullptr && (!least || *front < *least)) least = *front;
  }
  if (!least) return std::optional<RunPlaceParts>();
  for (RunListLane& lane : lanes) {
    ASSIGN_OR_RETURN(const std::string* const front, lane.Front(view, request.deadline));
    if (front != nullptr && *front == *least) lane.Pop();
  }
  ASSIGN_OR_RETURN(RunPlaceParts parts, ParseRunPlace(*least));
  return std::make_optional(std::move(parts));
}

// nullopt where it is not what was asked for, as this viewer sees it.
StatusOr<std::optional<authz::Visible<RunRow>>> ListedRun(authz::GovernedView& view, const RunsRequest& request,
                                                          const RunPlaceParts& parts) {
  const authz::NotesPaused paused(&view.shown());
  std::optional<authz::Visible<RunRow>> none;
  ASSIGN_OR_RETURN(auto sealed, view.Find(kRunHeadTable, RunKey(parts.job, parts.start, parts.run_id)));
  if (!sealed) return none;
  const auto row = view.Reveal(kRunHeadTable, *std::move(sealed));
  if (!row) return none;
  const record::Run& run = (*row)->record;
  const bool below = !request.parent || (Contains(request.parent->jobs, AssetId(run.parent().job())) &&
                                         run.parent().run_id() == request.parent->run_id);
  const RunState state = StateAt(run, request.now, request.unknown_after);
  if (!below || !IsWanted(request, state)) return none;
  return std::make_optional(view.Merge(RunRow{parts.job, parts.run_id, state, run, 0}, authz::Witness(*row)));
}

// False where the page is full, and ends before this run.
bool AddRun(const RunsRequest& request, authz::Visible<RunRow> run, RunPage& page) {
  const bool full = page.runs.size() == request.page_size;
  if (full || (request.fits && !request.fits(run) && !page.runs.empty())) {
    const RunRow& last = *page.runs.back();
    page.next = RunPosition{Timestamp(last.run.started()), last.job, last.run_id};
    return false;
  }
  page.runs.push_back(std::move(run));
  return true;
}

// Those whose place is before this one; all, where it is empty. False where the page is full.
StatusOr<bool> AddInferred(authz::GovernedView& view, const RunsRequest& request, const std::string& before,
                           InferredRuns& inferred, RunPage& page) {
  while (true) {
    ASSIGN_OR_RETURN(const std::string* const place, inferred.Front(view));
    if (place == nullptr || (!before.empty() && *place >= before)) return true;
    if (!AddRun(request, inferred.Pop(), page)) return false;
    NoteInferred(view, *page.runs.back());
  }
}

StatusOr<RunPage> ScanListedRuns(authz::GovernedView& view, const RunsRequest& request) {
  std::vector<RunListLane> lanes = LanesOf(request);
  InferredRuns inferred(&view, &request);
  RunPage page;
  for (size_t looked_at = 1;; ++looked_at) {
    // What no filter leaves is looked through for as long as the caller waits, not for ever.
    if (looked_at % 256 == 0 && std::chrono::steady_clock::now() > request.deadline) {
      return base::DeadlineExceeded("looking for runs took too long");
    }
    std::optional<RunPlaceParts> next;
    {
      const authz::NotesPaused paused(&view.shown());
      ASSIGN_OR_RETURN(next, TakeNext(view, request, lanes));
    }
    const bool last = !next || (request.started_after && next->start < *request.started_after);
    const std::string before = last ? "" : RunPlace(next->start, next->job, next->run_id);
    ASSIGN_OR_RETURN(const bool room, AddInferred(view, request, before, inferred, page));
    if (last || !room) return page;
    ASSIGN_OR_RETURN(auto run, ListedRun(view, request, *next));
    if (!run) continue;
    if (!AddRun(request, *std::move(run), page)) return page;
    view.shown().Note(page.runs.back()->job);
    NoteOthers(view, page.runs.back()->run);
  }
}

StatusOr<RunPage> ScanRunsOfJob(authz::GovernedView& view, const RunsRequest& request) {
  InferredRuns inferred(&view, &request);
  RunPage page;
  bool room = true;
  // Of the rows: false ends the scan, with what is wrong in `damage`.
  Status damage = absl::OkStatus();
  const auto add = [&](authz::Visible<authz::RowOf<record::Run>> row) -> StatusOr<bool> {
    ASSIGN_OR_RETURN(RunKeyParts parts, ParseRunKey(row->key));
    if (request.started_after && parts.start < *request.started_after) return false;
    ASSIGN_OR_RETURN(room, AddInferred(view, request, RunPlace(parts.start, parts.job, parts.run_id), inferred, page));
    if (!room) return false;
    RunRow run{parts.job, std::move(parts.run_id), StateAt(row->record, request.now, request.unknown_after),
               row->record, 0};
    if (!IsWanted(request, run.state)) return true;
    room = AddRun(request, view.Merge(std::move(run), authz::Witness(row)), page);
    if (room) NoteOthers(view, page.runs.back()->run);
    return room;
  };
  RETURN_IF_ERROR(view.Scan<record::Run>(kRunHeadTable, RunPrefix(request.jobs.front()), StartKey(request),
                                         [&](authz::Sealed<authz::RowOf<record::Run>> sealed) {
                                           auto row = view.Reveal(kRunHeadTable, std::move(sealed));
                                           if (!row) return false;  // all rows are about the one job
                                           const StatusOr<bool> more = add(*std::move(row));
                                           damage = more.status();
                                           return more.value_or(false);
                                         }));
  RETURN_IF_ERROR(damage);
  if (room) RETURN_IF_ERROR(AddInferred(view, request, "", inferred, page).status());
  return page;
}

}  // namespace

StatusOr<RunPage> ScanRuns(authz::GovernedView& view, const RunsRequest& request) {
  RETURN_IF_ERROR(Check(request));
  if (request.jobs.empty()) return ScanListedRuns(view, request);
  RunsRequest of_job = request;
  of_job.jobs = ReadableJobs(view, request.jobs);
  if (of_job.jobs.empty()) return RunPage();
  return of_job.jobs.size() == 1 ? ScanRunsOfJob(view, of_job) : ScanListedRuns(view, of_job);
}

std::vector<AssetId> ReadableJobs(const authz::GovernedView& view, const std::vector<AssetId>& jobs) {
  std::vector<AssetId> readable;
  for (const AssetId job : jobs) {
    if (view.Allows(authz::Privilege::kReadOperations, job)) readable.push_back(job);
  }
  return readable;
}

namespace {

// The run as it is stored under one name of its job; nullopt where it is not.
StatusOr<std::optional<authz::Visible<RunRow>>> StoredRun(authz::GovernedView& view, const RunRequest& request,
                                                          AssetId job) {
  std::optional<authz::Visible<RunRow>> none;
  ASSIGN_OR_RETURN(auto sealed_start, view.Find(kRunIdTable, RunIdKey(request.run_id, job)));
  if (!sealed_start) return none;
  const auto start = view.Reveal(kRunIdTable, *std::move(sealed_start));
  if (!start) return none;
  const Timestamp started((*start)->record.started());
  ASSIGN_OR_RETURN(auto sealed_run, view.Find(kRunTable, RunKey(job, started, request.run_id)));
  if (!sealed_run) return none;
  const auto row = view.Reveal(kRunTable, *std::move(sealed_run));
  if (!row) return none;
  RunRow run{job, request.run_id, StateAt((*row)->record, request.now, request.unknown_after), (*row)->record, 0};
  ASSIGN_OR_RETURN(auto sealed_seen, view.Find(kRunSeenTable, RunSeenKey(job, request.run_id)));
  if (sealed_seen) {
    const auto seen = view.Reveal(kRunSeenTable, *std::move(sealed_seen));
    if (seen) run.events = (*seen)->record.events();
  }
  NoteOthers(view, run.run);
  return std::make_optional(view.Merge(std::move(run), authz::Witness(*row)));
}

}  // namespace

StatusOr<authz::Visible<RunRow>> FindRun(authz::GovernedView& view, const RunRequest& request) {
  const Status missing = base::NotFound("no such run");
  if (request.run_id.empty() || request.run_id.find('\0') != std::string::npos) return missing;
  RunRequest readable = request;
  readable.jobs = ReadableJobs(view, request.jobs);
  for (const AssetId job : readable.jobs) {
    ASSIGN_OR_RETURN(auto stored, StoredRun(view, readable, job));
    if (stored) return *std::move(stored);
  }
  constexpr std::chrono::seconds kTimeMax{5};
  ASSIGN_OR_RETURN(auto inferred, InferRun(view, readable, std::chrono::steady_clock::now() + kTimeMax));
  if (!inferred) return missing;
  NoteInferred(view, **inferred);
  return *std::move(inferred);
}

namespace {

void AddTo(record::RunRollup& sum, const record::RunRollup& part) {
  for (int state = 0; state < part.runs_size(); ++state) {
    if (state >= sum.runs_size()) sum.add_runs(0);
    sum.set_runs(state, sum.runs(state) + part.runs(state));
  }
  sum.set_duration_us(sum.duration_us() + part.duration_us());
  sum.set_timed_runs(sum.timed_runs() + part.timed_runs());
}

}  // namespace

StatusOr<authz::Visible<std::vector<DayOfRuns>>> ScanRollups(authz::GovernedView& view,
                                                             const std::vector<AssetId>& jobs, uint32_t from_day) {
  std::map<uint32_t, record::RunRollup, std::greater<>> sums;
  authz::Witness parts;
  for (const AssetId job : jobs) {
    Status damage = absl::OkStatus();
    size_t days = 0;
    RETURN_IF_ERROR(view.Scan<record::RunRollup>(kRollupTable, RollupPrefix(job), {},
                                                 [&](authz::Sealed<authz::RowOf<record::RunRollup>> sealed) {
                                                   const auto row = view.Reveal(kRollupTable, std::move(sealed));
                                                   if (!row) return false;
                                                   const auto day = ParseRollupDay((*row)->key);
                                                   if (!day.ok()) {
                                                     damage = day.status();
                                                     return false;
                                                   }
                                                   if (*day < from_day || days++ == kRollupDaysMax) return false;
                                                   parts.Add(*row);
                                                   AddTo(sums[*day], (*row)->record);
                                                   return true;
                                                 }));
    RETURN_IF_ERROR(damage);
  }
  std::vector<DayOfRuns> days;
  for (auto& [day, rollup] : sums) {
    if (days.size() < kRollupDaysMax) days.push_back({day, std::move(rollup)});
  }
  return view.Merge(std::move(days), parts);
}

}  // namespace cadastre::lineage
