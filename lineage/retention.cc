#include "lineage/retention.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "lineage/edge_history.h"
#include "lineage/run_lists.h"
#include "lineage/run_merge.h"
#include "lineage/scope_history.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

constexpr char kCursor[] = "runs";

// What deciding needs of a run; the rest would be megabytes for a busy job.
struct StoredRun {
  RunKeyParts parts;
  RunState state = RunState::kUnspecified;
  bool never_ended = false;
};

class RunKeeper {
 public:
  RunKeeper(authz::WriteSession* session, const authz::RowPermit& permit, const RunRetention* retention)
      : session_(session), permit_(permit), retention_(retention) {}

  // `runs`: all runs of one job, newest first.
  Status KeepJob(const std::vector<StoredRun>& runs) {
    bool failed_kept = false;
    bool complete_kept = false;
    uint32_t place = 0;
    for (const StoredRun& run : runs) {
      const RunState state = run.state;
      const bool last_failed = state == RunState::kFailed && !failed_kept;
      const bool last_complete = state == RunState::kComplete && !complete_kept;
      failed_kept = failed_kept || last_failed;
      complete_kept = complete_kept || last_complete;
      const bool beyond = place++ >= retention_->runs_per_job_max;
      ASSIGN_OR_RETURN(const bool old, IsOld(run.parts));
      if ((beyond || old) && !last_failed && !last_complete) {
        RETURN_IF_ERROR(Forget(run.parts));
      } else if (run.never_ended) {
        RETURN_IF_ERROR(CallUnknown(run.parts));
      }
    }
    return absl::OkStatus();
  }

 private:
  StatusOr<bool> IsOld(const RunKeyParts& parts) {
    ASSIGN_OR_RETURN(const auto seen, session_->Find(kRunSeenTable, RunSeenKey(parts.job, parts.run_id)));
    return !seen || Timestamp(seen->record.last_commit()) + retention_->keep < session_->now();
  }

  Status Forget(const RunKeyParts& parts) {
    const std::string key = RunKey(parts.job, parts.start, parts.run_id);
    ASSIGN_OR_RETURN(const auto row, session_->Find(kRunTable, key));
    if (row) MoveInRunLists(*session_, permit_, parts.job, parts.run_id, &row->record, nullptr);
    session_->Remove(permit_, kRunTable, key);
    session_->Remove(permit_, kRunIdTable, RunIdKey(parts.run_id, parts.job));
    session_->Remove(permit_, kRunSeenTable, RunSeenKey(parts.job, parts.run_id));
    return absl::OkStatus();
  }

  Status CallUnknown(const RunKeyParts& parts) {
    const std::string key = RunKey(parts.job, parts.start, parts.run_id);
    ASSIGN_OR_RETURN(auto row, session_->Find(kRunTable, key));
    if (!row || StateAt(row->record, session_->now(), retention_->unknown_after) != RunState::kUnknown) {
      return absl::OkStatus();
    }
    const std::string day = RollupKey(parts.job, DayOf(parts.start));
    ASSIGN_OR_RETURN(auto counted, session_->Find(kRollupTable, day));
    record::RunRollup rollup = counted ? std::move(counted->record) : record::RunRollup();
    Count(rollup, row->record, -1);
    row->record.set_state(static_cast<uint32_t>(RunState::kUnknown));
    Count(rollup, row->record, 1);
    session_->Put(permit_, kRunTable, key, row->record);
    session_->Put(permit_, kRollupTable, day, rollup);
    return absl::OkStatus();
  }

  authz::WriteSession* session_;
  authz::RowPermit permit_;
  const RunRetention* retention_;
};

Status ForgetRollups(const authz::SystemView& view, authz::WriteSession& session, const authz::RowPermit& permit,
                     AssetId job, uint32_t days) {
  const uint32_t today = DayOf(session.now());
  if (today <= days) return absl::OkStatus();
  std::vector<std::string> old;
  RETURN_IF_ERROR(view.Scan<record::RunRollup>(kRollupTable, RollupPrefix(job), RollupKey(job, today - days - 1),
                                               [&](const authz::RowOf<record::RunRollup>& row) {
                                                 old.push_back(row.key);
                                                 return true;
                                               }));
  for (const std::string& key : old) session.Remove(permit, kRollupTable, key);
  return absl::OkStatus();
}

// True where nothing of it holds or was heard at or after the horizon. An edge that was never stated itself has no
// points: a run's end came after the edge was forgotten.
bool EndedBefore(const record::EdgeSeen& seen, Timestamp horizon) {
  if (IsActive(seen)) return false;
  int64_t last = seen.points_size() > 0 ? seen.points(seen.points_size() - 1).held() : Timestamp::Min().micros();
  for (const record::Stating& group : seen.groups()) {
    for (const auto* times : {&group.to(), &group.cuts(), &group.ends()}) {
      if (!times->empty()) last = std::max(last, times->Get(times->size() - 1));
    }
  }
  return Timestamp(last) < horizon;
}

// Both of its rows were written by the same commits, so that either may go where the other may.
StatusOr<bool> ForgetEdge(authz::WriteSession& session, const authz::RowPermit& permit, const EdgeKey& edge,
                          const authz::Horizon& horizon) {
  const std::string key = EdgeSeenKey(edge);
  ASSIGN_OR_RETURN(const auto seen, session.Find(kEdgeSeenTable, key));
  if (!seen || !EndedBefore(seen->record, horizon.time)) return false;
  if (seen->record.points_size() > 0) {
    ASSIGN_OR_RETURN(const bool known_before, session.Forget(permit, kOutTable, OutKey(edge), horizon.revision));
    if (!known_before) return false;
    RETURN_IF_ERROR(session.Forget(permit, kInTable, InKey(edge), horizon.revision).status());
    record::EdgeChange& change = *session.log().add_edges();
    SetKey(edge, change);
    change.set_ended(true);
    change.set_forgotten(true);
  }
  session.Remove(permit, kEdgeSeenTable, key);
  return true;
}

}  // namespace

StatusOr<bool> EndStaleEdges(const authz::SystemView& view, authz::WriteSession& session, uint32_t jobs_max) {
  ASSIGN_OR_RETURN(const authz::UpkeepPermit upkeep, session.PermitUpkeep());
  const authz::RowPermit permit(upkeep);
  std::vector<StaleLookParts> due;
  bool all = true;
  Status damage = absl::OkStatus();
  RETURN_IF_ERROR(view.Scan<record::StaleLook>(kStaleLookTable, StaleLookPrefix(), {},
                                               [&](const authz::RowOf<record::StaleLook>& row) {
                                                 const auto parts = ParseStaleLookKey(row.key);
                                                 if (!parts.ok()) {
                                                   damage = parts.status();
                                                   return false;
                                                 }
                                                 if (parts->due > session.now()) return false;
                                                 all = due.size() < jobs_max;
                                                 if (all) due.push_back(*parts);
                                                 return all;
                                               }));
  RETURN_IF_ERROR(damage);
  for (const StaleLookParts& look : due) {
    session.Remove(permit, kStaleLookTable, StaleLookKey(look.due, look.job));
    ASSIGN_OR_RETURN(ScopeHistory history, ScopeHistory::Open(&session, permit, Scope::Of(look.job, AssetId())));
    history.LookUntil(session.now());
    RETURN_IF_ERROR(history.Write());
  }
  return all;
}

StatusOr<bool> ForgetEndedEdges(const authz::SystemView& view, authz::WriteSession& session,
                                const EdgeRetention& retention, std::string& cursor) {
  ASSIGN_OR_RETURN(const authz::UpkeepPermit upkeep, session.PermitUpkeep());
  const authz::RowPermit permit(upkeep);
  ASSIGN_OR_RETURN(const authz::Horizon horizon, view.FindHorizon());
  if (!horizon.revision.valid()) return true;
  std::vector<EdgeKey> ended;
  size_t looked_at = 0;
  std::string next;
  Status damage = absl::OkStatus();
  RETURN_IF_ERROR(view.Scan<record::EdgeSeen>(
      kEdgeSeenTable, EdgesSeenPrefix(), cursor, [&](const authz::RowOf<record::EdgeSeen>& row) {
        if (looked_at == retention.rows_max || ended.size() == retention.edges_max) {
          next = row.key;
          return false;
        }
        ++looked_at;
        const auto edge = ParseEdgeSeenKey(row.key);
        if (!edge.ok()) damage = edge.status();
        if (edge.ok() && EndedBefore(row.record, horizon.time)) ended.push_back(*edge);
        return damage.ok();
      }));
  RETURN_IF_ERROR(damage);
  for (const EdgeKey& edge : ended) RETURN_IF_ERROR(ForgetEdge(session, permit, edge, horizon).status());
  cursor = std::move(next);
  return cursor.empty();
}

StatusOr<bool> RetainRuns(const authz::SystemView& view, authz::WriteSession& session, const RunRetention& retention,
                          uint32_t runs_max) {
  ASSIGN_OR_RETURN(const authz::UpkeepPermit upkeep, session.PermitUpkeep());
  const authz::RowPermit permit(upkeep);
  ASSIGN_OR_RETURN(auto cursor, session.Find(kStepCursorTable, StepCursorKey(kCursor)));
  std::string start = cursor ? cursor->record.key() : std::string();
  RunKeeper keeper(&session, permit, &retention);
  std::vector<StoredRun> runs;
  uint32_t looked_at = 0;
  bool all = true;
  const auto keep_job = [&]() -> Status {
    if (runs.empty()) return absl::OkStatus();
    const AssetId job = runs.front().parts.job;
    RETURN_IF_ERROR(keeper.KeepJob(runs));
    RETURN_IF_ERROR(ForgetRollups(view, session, permit, job, retention.rollup_days));
    runs.clear();
    return absl::OkStatus();
  };
  Status inner = absl::OkStatus();
  RETURN_IF_ERROR(view.Scan<record::Run>(kRunTable, "", start, [&](const authz::RowOf<record::Run>& row) {
    auto parts = ParseRunKey(row.key);
    if (!parts.ok()) {
      inner = parts.status();
      return false;
    }
    if (!runs.empty() && runs.front().parts.job != parts->job) {
      inner = keep_job();
      if (!inner.ok()) return false;
      if (looked_at >= runs_max) {
        start = RunPrefix(parts->job);
        all = false;
        return false;
      }
    }
    ++looked_at;
    const RunState state = StateOf(row.record);
    const bool never_ended = StateAt(row.record, session.now(), retention.unknown_after) != state;
    runs.push_back({*std::move(parts), state, never_ended});
    return true;
  }));
  RETURN_IF_ERROR(inner);
  if (all) {
    RETURN_IF_ERROR(keep_job());
    start.clear();
  }
  record::StepCursor next;
  next.set_key(start);
  session.Put(permit, kStepCursorTable, StepCursorKey(kCursor), next);
  return all;
}

}  // namespace cadastre::lineage
