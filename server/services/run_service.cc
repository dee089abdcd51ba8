#include "server/services/run_service.h"

#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "lineage/runs.h"
#include "server/rpc/options.h"
#include "server/wire/run_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

constexpr size_t kPageMax = 1000;
constexpr size_t kPageDefault = 100;

StatusOr<lineage::RunsRequest> RequestOf(const v1::ListRunsRequest& request) {
  lineage::RunsRequest out;
  for (const int state : request.states()) {
    if (!v1::RunState_IsValid(state) || state == v1::RUN_STATE_UNSPECIFIED) {
      return base::InvalidField("states", "states of RunState");
    }
    out.states.push_back(static_cast<lineage::RunState>(state));
  }
  if (request.has_started_after()) {
    ASSIGN_OR_RETURN(out.started_after, TimestampOf(request.started_after(), "started_after"));
  }
  if (request.has_started_before()) {
    ASSIGN_OR_RETURN(out.started_before, TimestampOf(request.started_before(), "started_before"));
  }
  ASSIGN_OR_RETURN(const size_t size, PageSizeOf(request.page_size(), kPageDefault, kPageMax));
  out.page_size = static_cast<uint32_t>(size);
  return out;
}

StatusOr<std::optional<lineage::RunPosition>> PositionOf(std::string_view position) {
  if (position.empty()) return std::optional<lineage::RunPosition>();
  base::ByteReader reader(position);
  lineage::RunPosition out;
  ASSIGN_OR_RETURN(const int64_t started, reader.ReadI64());
  out.started = Timestamp(started);
  out.run_id = reader.rest();
  return std::make_optional(std::move(out));
}

}  // namespace

void RunService::ListRuns(authz::Call call, v1::ListRunsRequest request, Done<v1::ListRunsResponse> done) {
  call.detail = DetailOf(request.job());
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  const StatusOr<lineage::RunsRequest> parsed = RequestOf(request);
  if (!parsed.ok()) return context_.RefuseRead(std::move(call), parsed.status(), std::move(done));
  const auto handler = [guard = context_.guard, operation = call.operation, parsed = *parsed, request,
                        unknown_after = unknown_after_](authz::GovernedView& view) -> StatusOr<v1::ListRunsResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.job(), "job"));
    const Paging paging(guard, view.viewer(), *operation, request);
    ASSIGN_OR_RETURN(const std::string position, paging.Position());
    lineage::RunsRequest runs = parsed;
    ASSIGN_OR_RETURN(runs.job, view.Resolve(name));
    ASSIGN_OR_RETURN(runs.after, PositionOf(position));
    runs.now = guard->clock().Now();
    runs.unknown_after = unknown_after;
    view.shown().Note(runs.job);
    ASSIGN_OR_RETURN(const lineage::RunPage page, lineage::ScanRuns(view, runs));
    v1::ListRunsResponse response;
    for (const auto& run : page.runs) *response.add_runs() = ToProto(run, view);
    if (page.next) {
      std::string next;
      base::AppendI64(next, page.next->started.micros());
      base::AppendRaw(next, page.next->run_id);
      response.set_next_page_token(paging.Next(next));
    }
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::ListRunsResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

void RunService::GetRun(authz::Call call, v1::GetRunRequest request, Done<v1::GetRunResponse> done) {
  call.detail = base::Cat(DetailOf(request.job()), " ", request.run_id());
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  if (request.run_id().empty() || request.run_id().size() > 256) {
    return context_.RefuseRead(std::move(call), base::InvalidField("run_id", "1 to 256 bytes"), std::move(done));
  }
  const auto handler = [guard = context_.guard, request,
                        unknown_after = unknown_after_](authz::GovernedView& view) -> StatusOr<v1::GetRunResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.job(), "job"));
    lineage::RunRequest run;
    ASSIGN_OR_RETURN(run.job, view.Resolve(name));
    run.run_id = request.run_id();
    run.now = guard->clock().Now();
    run.unknown_after = unknown_after;
    ASSIGN_OR_RETURN(const auto row, lineage::FindRun(view, run));
    v1::GetRunResponse response;
    *response.mutable_run() = ToProto(row, view);
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::GetRunResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

}  // namespace cadastre::server
