#include "server/services/run_service.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>
#include <vector>

#include "authz/view/merged_sets.h"
#include "authz/view/reference_mask.h"
#include "base/bytes.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "lineage/runs.h"
#include "lineage/tables.h"
#include "server/rpc/page_bytes.h"
#include "server/rpc/read.h"
#include "server/wire/run_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

constexpr std::chrono::seconds kListTimeMax{10};
constexpr int kChosenMax = 32;
constexpr size_t kDatasetsDefault = 1000;
constexpr size_t kDatasetsMax = 20'000;

Status CheckRunId(const std::string& run_id, std::string_view field) {
  const bool fits = !run_id.empty() && run_id.size() <= 256;
  return fits ? absl::OkStatus() : base::InvalidField(field, "1 to 256 bytes");
}

StatusOr<lineage::RunsRequest> RequestOf(const v1::ListRunsRequest& request) {
  lineage::RunsRequest out;
  if (request.has_job() + request.has_dataset() + request.has_parent() > 1) {
    return base::InvalidField("job", "at most one of job, dataset and parent");
  }
  if (request.has_parent()) RETURN_IF_ERROR(CheckRunId(request.parent().run_id(), "parent.run_id"));
  for (int i = 0; i < request.states_size(); ++i) {
    const v1::RunState state = request.states(i);
    if (!v1::RunState_IsValid(state) || state == v1::RUN_STATE_UNSPECIFIED) {
      return base::InvalidField(base::Cat("states[", i, "]"), "a state of RunState");
    }
    out.states.push_back(static_cast<lineage::RunState>(state));
  }
  if (request.has_started_after()) {
    ASSIGN_OR_RETURN(out.started_after, TimestampOf(request.started_after(), "started_after"));
  }
  if (request.has_started_before()) {
    ASSIGN_OR_RETURN(out.started_before, TimestampOf(request.started_before(), "started_before"));
  }
  return out;
}

StatusOr<std::optional<lineage::RunPosition>> PositionOf(std::string_view position) {
  if (position.empty()) return std::optional<lineage::RunPosition>();
  base::ByteReader reader(position);
  lineage::RunPosition out;
  ASSIGN_OR_RETURN(const int64_t started, reader.ReadI64());
  ASSIGN_OR_RETURN(const uint64_t job, reader.ReadU64());
  out.started = Timestamp(started);
  out.job = AssetId(job);
  out.run_id = reader.rest();
  return std::make_optional(std::move(out));
}

std::string OwnerText(const v1::ListRunsRequest& request) {
  if (request.has_dataset()) return base::Cat("dataset ", DetailOf(request.dataset()));
  if (request.has_parent())
    return base::Cat("parent ", DetailOf(request.parent().job()), " ", request.parent().run_id());
  return request.has_job() ? DetailOf(request.job()) : "all jobs";
}

// Whose runs are asked for, as far as the viewer may know of it.
Status ResolveOwner(authz::GovernedView& view, const v1::ListRunsRequest& request, lineage::RunsRequest& runs) {
  if (request.has_job()) {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.job(), "job"));
    ASSIGN_OR_RETURN(const AssetId job, view.Resolve(name));
    runs.jobs = authz::MergedSets(&view).Of(job);
    view.shown().Note(job);
  } else if (request.has_dataset()) {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.dataset(), "dataset"));
    ASSIGN_OR_RETURN(const AssetId dataset, view.Resolve(name));
    runs.datasets = authz::MergedSets(&view).Of(dataset);
  } else if (request.has_parent()) {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.parent().job(), "parent.job"));
    runs.parent.emplace();
    ASSIGN_OR_RETURN(const AssetId job, view.Resolve(name));
    runs.parent->jobs = authz::MergedSets(&view).Of(job);
    runs.parent->run_id = request.parent().run_id();
  }
  return absl::OkStatus();
}

StatusOr<FacetChoice> ChoiceOf(const v1::GetRunRequest& request) {
  FacetChoice choice;
  choice.with_facets = request.view() == v1::RUN_VIEW_FULL;
  if (!choice.with_facets && request.kinds_size() > 0) return base::InvalidField("kinds", "none without FULL");
  if (!choice.with_facets && request.facets_size() > 0) return base::InvalidField("facets", "none without FULL");
  if (request.kinds_size() > kChosenMax) return base::InvalidField("kinds", "at most 32");
  if (request.facets_size() > kChosenMax) return base::InvalidField("facets", "at most 32 names");
  choice.kinds.insert(request.kinds().begin(), request.kinds().end());
  choice.names.insert(request.facets().begin(), request.facets().end());
  return choice;
}

// A run's datasets stand in the order of these.
std::pair<uint64_t, bool> PlaceOf(const record::RunIo& io) { return {io.dataset(), io.output()}; }

std::string EncodePlace(const record::RunIo& io) {
  std::string out;
  base::AppendU64(out, io.dataset());
  base::AppendU8(out, io.output() ? 1 : 0);
  return out;
}

// The places of the run's datasets from the page's position on.
StatusOr<std::vector<int>> DatasetsFrom(const record::Run& run, std::string_view position) {
  auto from = run.io().begin();
  if (!position.empty()) {
    base::ByteReader reader(position);
    ASSIGN_OR_RETURN(const uint64_t dataset, reader.ReadU64());
    ASSIGN_OR_RETURN(const uint8_t output, reader.ReadU8());
    const std::pair<uint64_t, bool> last(dataset, output != 0);
    from = std::upper_bound(run.io().begin(), run.io().end(), last,
                            [](const auto& place, const record::RunIo& io) { return place < PlaceOf(io); });
  }
  std::vector<int> places(static_cast<size_t>(run.io().end() - from));
  std::iota(places.begin(), places.end(), static_cast<int>(from - run.io().begin()));
  return places;
}

// A dataset as it is shown, with the columns and assets its facets name.
void NoteShown(authz::GovernedView& view, AssetId dataset, const v1::RunIo& io) {
  view.shown().Note(dataset);
  const auto note = [&](const std::string& column) {
    if (!column.empty()) view.shown().NoteColumn(dataset, {column});
  };
  for (const v1::Aspect& facet : io.facets()) {
    authz::NoteReferences(facet, view);
    for (const auto& column : facet.profile().columns()) note(column.column());
    for (const auto& result : facet.quality_results().results()) note(result.column());
  }
}

// The run and the datasets of this page, which are noted.
StatusOr<v1::GetRunResponse> PageOf(authz::GovernedView& view, const authz::Visible<lineage::RunRow>& row,
                                    const FacetChoice& choice, const Page<v1::GetRunRequest>& page) {
  v1::GetRunResponse response;
  v1::Run& run = *response.mutable_run();
  run = ToProto(row, view);
  for (const uint64_t id : {row->job.value(), row->run.parent().job(), row->run.parent().root_job()}) {
    if (id != 0) view.shown().Note(AssetId(id));
  }
  if (page.position.empty()) FillFacets(row, choice, run);
  for (const v1::Aspect& facet : run.facets()) authz::NoteReferences(facet, view);
  ASSIGN_OR_RETURN(const std::vector<int> places, DatasetsFrom(row->run, page.position));
  const size_t used = run.ByteSizeLong();
  FacetChoice of_datasets = choice;
  if (choice.whole()) {
    of_datasets.io_bytes_max = std::max(kRunIoFacetBytesMax, kAnswerBytesMax - std::min(used, kAnswerBytesMax));
  }
  const auto make = [&](int place) -> StatusOr<v1::RunIo> {
    v1::RunIo io = ToProto(row, place, view, of_datasets);
    NoteShown(view, AssetId(row->run.io(place).dataset()), io);
    return io;
  };
  google::protobuf::RepeatedPtrField<v1::RunIo> datasets;
  ASSIGN_OR_RETURN(const size_t added, AddRows(view.shown(), PageBytes(used), places, page.size, make, &datasets));
  for (v1::RunIo& one : datasets) *(one.output() ? run.add_outputs() : run.add_inputs()) = std::move(one);
  if (added < places.size()) {
    response.set_next_page_token(page.Next(EncodePlace(row->run.io(places[added - 1]))));
  }
  return response;
}

v1::RunRollup RollupOf(const lineage::DayOfRuns& day) {
  constexpr int64_t kSecondsOfDay = 24 * 3600;
  constexpr int64_t kMicros = 1'000'000;
  v1::RunRollup out;
  out.mutable_day()->set_seconds(kSecondsOfDay * day.day);
  for (int state = 0; state < day.rollup.runs_size(); ++state) {
    if (day.rollup.runs(state) == 0 || !v1::RunState_IsValid(state)) continue;
    v1::RunRollup::StateCount* count = out.add_counts();
    count->set_state(static_cast<v1::RunState>(state));
    count->set_runs(static_cast<int64_t>(day.rollup.runs(state)));
  }
  const auto micros = static_cast<int64_t>(day.rollup.duration_us());
  out.mutable_duration()->set_seconds(micros / kMicros);
  out.mutable_duration()->set_nanos(static_cast<int32_t>(micros % kMicros * 1000));
  out.set_ended_runs(static_cast<int64_t>(day.rollup.timed_runs()));
  return out;
}

}  // namespace

void RunService::ListRuns(authz::Call call, v1::ListRunsRequest request, Done<v1::ListRunsResponse> done) {
  call.detail = OwnerText(request);
  const StatusOr<lineage::RunsRequest> parsed = RequestOf(request);
  const auto handler = [clock = &context_.guard->clock(), unknown_after = unknown_after_,
                        parsed = parsed.value_or(lineage::RunsRequest())](
                           authz::GovernedView& view, const v1::ListRunsRequest& asked,
                           const Page<v1::ListRunsRequest>& paged) -> StatusOr<v1::ListRunsResponse> {
    lineage::RunsRequest runs = parsed;
    RETURN_IF_ERROR(ResolveOwner(view, asked, runs));
    ASSIGN_OR_RETURN(runs.after, PositionOf(paged.position));
    runs.page_size = static_cast<uint32_t>(paged.size);
    runs.now = clock->Now();
    runs.unknown_after = unknown_after;
    runs.deadline = std::chrono::steady_clock::now() + kListTimeMax;
    v1::ListRunsResponse response;
    PageBytes bytes;
    runs.fits = [&](const authz::Visible<lineage::RunRow>& run) {
      v1::Run one = ToProto(run, view);
      if (!bytes.Take(one)) return false;
      *response.add_runs() = std::move(one);
      return true;
    };
    ASSIGN_OR_RETURN(const lineage::RunPage page, lineage::ScanRuns(view, runs));
    if (page.next) {
      std::string next;
      base::AppendI64(next, page.next->started.micros());
      base::AppendU64(next, page.next->job.value());
      base::AppendRaw(next, page.next->run_id);
      response.set_next_page_token(paged.Next(next));
    }
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {parsed.status()}, handler, std::move(done));
}

void RunService::ListRunRollups(authz::Call call, v1::ListRunRollupsRequest request,
                                Done<v1::ListRunRollupsResponse> done) {
  call.detail = DetailOf(request.job());
  StatusOr<Timestamp> from = Timestamp();
  if (request.has_from()) from = TimestampOf(request.from(), "from");
  const uint32_t from_day = from.ok() && *from > Timestamp() ? lineage::DayOf(*from) : 0;
  const auto handler = [from_day](authz::GovernedView& view,
                                  const v1::ListRunRollupsRequest& asked) -> StatusOr<v1::ListRunRollupsResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.job(), "job"));
    ASSIGN_OR_RETURN(const AssetId job, view.Resolve(name));
    view.shown().Note(job);
    ASSIGN_OR_RETURN(const auto days, lineage::ScanRollups(view, authz::MergedSets(&view).Of(job), from_day));
    v1::ListRunRollupsResponse response;
    for (const lineage::DayOfRuns& day : *days) *response.add_rollups() = RollupOf(day);
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {from.status()}, handler, std::move(done));
}

void RunService::GetRun(authz::Call call, v1::GetRunRequest request, Done<v1::GetRunResponse> done) {
  call.detail = base::Cat(DetailOf(request.job()), " ", request.run_id());
  const StatusOr<FacetChoice> choice = ChoiceOf(request);
  Status wrong = CheckRunId(request.run_id(), "run_id");
  wrong.Update(choice.status());
  const auto handler = [clock = &context_.guard->clock(), unknown_after = unknown_after_,
                        choice = choice.value_or(FacetChoice())](
                           authz::GovernedView& view, const v1::GetRunRequest& asked,
                           const Page<v1::GetRunRequest>& page) -> StatusOr<v1::GetRunResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.job(), "job"));
    lineage::RunRequest run;
    ASSIGN_OR_RETURN(const AssetId job, view.Resolve(name));
    run.jobs = authz::MergedSets(&view).Of(job);
    run.run_id = asked.run_id();
    run.now = clock->Now();
    run.unknown_after = unknown_after;
    const auto find = [&] {
      const authz::NotesPaused paused(&view.shown());
      return lineage::FindRun(view, run);
    };
    ASSIGN_OR_RETURN(const auto row, find());
    return PageOf(view, row, choice, page);
  };
  const ReadRule rule = {.wrong = wrong, .page_default = kDatasetsDefault, .page_max = kDatasetsMax};
  ServeRead(context_, std::move(call), std::move(request), rule, handler, std::move(done));
}

}  // namespace cadastre::server
