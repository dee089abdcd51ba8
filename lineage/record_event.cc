#include "lineage/record_event.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "lineage/edge_columns.h"
#include "lineage/run_lists.h"
#include "lineage/run_merge.h"
#include "lineage/scope_history.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

constexpr size_t kRunIdBytesMax = 256;

struct Statement {
  EdgeKey edge;
  std::vector<record::ColumnPair> columns;
};

// An empty path is the whole dataset, or the job itself.
Status CheckPath(const google::protobuf::RepeatedPtrField<std::string>& path) {
  const bool count_ok = path.size() <= static_cast<int>(base::kColumnPathSegmentsMax);
  if (!count_ok) return base::InvalidField("edges.columns", "paths of at most 32 segments");
  for (const std::string& segment : path) {
    if (segment.size() > base::kColumnSegmentBytesMax) {
      return base::InvalidField("edges.columns", "path segments of at most 512 bytes");
    }
  }
  return absl::OkStatus();
}

Status CheckEdge(const EventEdge& edge) {
  if (!edge.from.valid() || !edge.to.valid()) return base::InvalidField("edges", "both ends");
  if (edge.columns.size() > base::kEdgePairsMax) return base::InvalidField("edges.columns", "at most 10,000 pairs");
  for (const record::ColumnPair& pair : edge.columns) {
    RETURN_IF_ERROR(CheckPath(pair.from()));
    RETURN_IF_ERROR(CheckPath(pair.to()));
  }
  return absl::OkStatus();
}

Status Check(const EventWrite& event) {
  if (event.run) {
    const std::string& run_id = event.run->run_id;
    if (!event.job.valid()) return base::InvalidField("job", "the job of the run");
    if (run_id.empty() || run_id.size() > kRunIdBytesMax || run_id.find('\0') != std::string::npos) {
      return base::InvalidField("run.run_id", "1 to 256 bytes without U+0000");
    }
  } else if (!event.inputs.empty() || !event.outputs.empty()) {
    return base::InvalidField("run", "the run of these inputs and outputs");
  }
  for (const auto* list : {&event.inputs, &event.outputs}) {
    for (const EventDataset& named : *list) {
      if (!named.dataset.valid()) return base::InvalidField("inputs", "known datasets");
    }
  }
  for (const EventEdge& edge : event.edges) RETURN_IF_ERROR(CheckEdge(edge));
  for (const EventDefinition& definition : event.definitions) {
    if (!definition.job.valid() && !definition.to.valid())
      return base::InvalidField("definitions", "a job or a target");
  }
  return absl::OkStatus();
}

AssetId JobOf(const EventEdge& edge) {
  if (edge.kind == EdgeKind::kConsumes) return edge.to;
  if (edge.kind == EdgeKind::kProduces) return edge.from;
  return edge.job;
}

std::vector<Statement> StatementsOf(const EventWrite& event) {
  std::map<EdgeKey, std::vector<record::ColumnPair>> statements;
  for (const EventEdge& edge : event.edges) {
    auto& columns = statements[{edge.from, edge.kind, edge.to, JobOf(edge), event.producer}];
    columns.insert(columns.end(), edge.columns.begin(), edge.columns.end());
    if (edge.kind == EdgeKind::kProduces && !edge.covered) columns.push_back(ThroughPair());
  }
  std::vector<Statement> list;
  for (auto& [edge, columns] : statements) {
    std::sort(columns.begin(), columns.end(), PairLess);
    columns.erase(std::unique(columns.begin(), columns.end(), PairEqual), columns.end());
    list.push_back({edge, std::move(columns)});
  }
  return list;
}

class Recorder {
 public:
  Recorder(authz::WriteSession* session, const authz::RowPermit& permit, const EventWrite* event)
      : session_(session), permit_(permit), event_(event), at_(std::min(event->event_time, session->now())) {}

  Status Run() {
    const std::vector<Statement> statements = StatementsOf(*event_);
    for (const Statement& statement : statements) {
      ASSIGN_OR_RETURN(ScopeHistory * scope, ScopeOf(Scope::Of(statement.edge.job, statement.edge.to)));
      RETURN_IF_ERROR(scope->State(statement.edge, at_, statement.columns));
    }
    if (event_->run) RETURN_IF_ERROR(RecordRun(statements));
    for (const EventDefinition& definition : event_->definitions) {
      ASSIGN_OR_RETURN(ScopeHistory * scope, ScopeOf(Scope::Of(definition.job, definition.to)));
      RETURN_IF_ERROR(scope->Define(event_->producer, definition.kind, definition.to, at_));
    }
    for (auto& [scope, history] : scopes_) RETURN_IF_ERROR(history.Write());
    return absl::OkStatus();
  }

 private:
  StatusOr<ScopeHistory*> ScopeOf(const Scope& scope) {
    const auto known = scopes_.find(scope);
    if (known != scopes_.end()) return &known->second;
    ASSIGN_OR_RETURN(ScopeHistory history, ScopeHistory::Open(session_, permit_, scope));
    return &scopes_.emplace(scope, std::move(history)).first->second;
  }

  Status RecordRun(const std::vector<Statement>& statements) {
    const std::string& run_id = event_->run->run_id;
    ASSIGN_OR_RETURN(const auto start, session_->Find(kRunIdTable, RunIdKey(run_id, event_->job)));
    record::Run before;
    if (start) {
      ASSIGN_OR_RETURN(auto row,
                       session_->Find(kRunTable, RunKey(event_->job, Timestamp(start->record.started()), run_id)));
      if (row) before = std::move(row->record);
    }
    std::vector<EdgeKey> edges;
    for (const Statement& statement : statements) {
      if (statement.edge.job == event_->job) edges.push_back(statement.edge);
    }
    record::Run after = before;
    const RunMerge merge = MergeEvent(after, *event_, at_, edges);
    RETURN_IF_ERROR(PutRun(before, after));
    RETURN_IF_ERROR(PutSeen());
    return EndRun(before, after, merge);
  }

  Status PutRun(const record::Run& before, const record::Run& after) {
    const std::string& run_id = event_->run->run_id;
    const bool known = before.state() != 0;
    if (known && before.started() != after.started()) {
      session_->Remove(permit_, kRunTable, RunKey(event_->job, Timestamp(before.started()), run_id));
    }
    session_->Put(permit_, kRunTable, RunKey(event_->job, Timestamp(after.started()), run_id), after);
    record::RunStart start;
    start.set_started(after.started());
    session_->Put(permit_, kRunIdTable, RunIdKey(run_id, event_->job), start);
    MoveInRunLists(*session_, permit_, event_->job, run_id, known ? &before : nullptr, &after);
    if (known) RETURN_IF_ERROR(CountRun(before, -1));
    return CountRun(after, 1);
  }

  Status CountRun(const record::Run& run, int sign) {
    const std::string key = RollupKey(event_->job, DayOf(Timestamp(run.started())));
    ASSIGN_OR_RETURN(auto row, session_->Find(kRollupTable, key));
    record::RunRollup rollup = row ? std::move(row->record) : record::RunRollup();
    Count(rollup, run, sign);
    if (CountsNothing(rollup)) {
      session_->Remove(permit_, kRollupTable, key);
    } else {
      session_->Put(permit_, kRollupTable, key, rollup);
    }
    return absl::OkStatus();
  }

  Status PutSeen() {
    const std::string key = RunSeenKey(event_->job, event_->run->run_id);
    ASSIGN_OR_RETURN(auto row, session_->Find(kRunSeenTable, key));
    record::RunSeen seen = row ? std::move(row->record) : record::RunSeen();
    seen.set_events(seen.events() + 1);
    seen.set_last_commit(session_->now().micros());
    session_->Put(permit_, kRunSeenTable, key, seen);
    return absl::OkStatus();
  }

  // A run that ends as COMPLETE confirms, at its end, every edge it stated.
  Status EndRun(const record::Run& before, const record::Run& after, const RunMerge& merge) {
    ASSIGN_OR_RETURN(ScopeHistory * scope, ScopeOf(Scope::Of(event_->job, AssetId())));
    if (merge.complete_added) {
      for (const EdgeKey& edge : EdgesOf(after, event_->job)) {
        RETURN_IF_ERROR(scope->EndRun(edge, *merge.complete_added));
      }
    }
    for (const EdgeKey& edge : merge.edges_added) {
      for (const int64_t complete : after.completes()) RETURN_IF_ERROR(scope->EndRun(edge, Timestamp(complete)));
    }
    scope->MoveComplete(CompletedAt(before), CompletedAt(after));
    scope->MoveDefinition(DefinitionOf(before), DefinitionOf(after));
    return absl::OkStatus();
  }

  authz::WriteSession* session_;
  authz::RowPermit permit_;
  const EventWrite* event_;
  // A source time in the future is cut to the present.
  Timestamp at_;
  std::map<Scope, ScopeHistory> scopes_;
};

}  // namespace

Status Record(authz::WriteSession& session, authz::Permit<authz::Privilege::kPush> permit, const EventWrite& event) {
  RETURN_IF_ERROR(Check(event));
  return Recorder(&session, authz::RowPermit(permit), &event).Run();
}

}  // namespace cadastre::lineage
