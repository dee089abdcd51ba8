#include "lineage/scope_history.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/status.h"

namespace cadastre::lineage {
namespace {

constexpr int kCompletesMax = 512;
constexpr int kCutsMax = 16;
constexpr int kDefinitionsMax = 64;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// Of consecutive runs of one definition the first says all; where only those are left, the oldest goes.
void BoundDefinitions(google::protobuf::RepeatedPtrField<record::RunDefinition>* runs) {
  while (runs->size() > kDefinitionsMax) {
    std::map<uint32_t, uint64_t> last;
    auto gone = runs->begin();
    for (auto run = runs->begin(); run != runs->end(); ++run) {
      const auto [known, fresh] = last.try_emplace(run->producer(), run->hash());
      if (!fresh && known->second == run->hash()) {
        gone = run;
        break;
      }
      known->second = run->hash();
    }
    runs->erase(gone);
  }
}

bool Matches(const record::Cut& cut, const EdgeKey& edge) {
  return cut.producer() == edge.producer && cut.kind() == static_cast<uint32_t>(edge.kind) &&
         (cut.to() == 0 || cut.to() == edge.to.value());
}

}  // namespace

StatusOr<ScopeHistory> ScopeHistory::Open(authz::WriteSession* session, const authz::RowPermit& permit,
                                          const Scope& scope) {
  ASSIGN_OR_RETURN(auto row, session->Find(kJobSeenTable, JobSeenKey(scope)));
  return ScopeHistory(session, permit, scope, row ? std::move(row->record) : record::JobSeen());
}

StatusOr<ScopeHistory::Touched*> ScopeHistory::Touch(const EdgeKey& edge) {
  const auto known = touched_.find(edge);
  if (known != touched_.end()) return &known->second;
  ASSIGN_OR_RETURN(auto row, session_->Find(kEdgeSeenTable, EdgeSeenKey(edge)));
  Touched touched;
  if (row) touched.seen = std::move(row->record);
  if (touched.seen.points_size() > 0) touched.before = touched.seen.points(touched.seen.points_size() - 1);
  return &touched_.emplace(edge, std::move(touched)).first->second;
}

std::vector<int64_t> ScopeHistory::CutsOf(const EdgeKey& edge) const {
  std::vector<int64_t> cuts;
  for (const record::Cut& cut : job_.cuts()) {
    if (Matches(cut, edge)) cuts.push_back(cut.at());
  }
  return cuts;
}

Status ScopeHistory::State(const EdgeKey& edge, Timestamp at, const std::vector<record::ColumnPair>& pairs) {
  ASSIGN_OR_RETURN(Touched * touched, Touch(edge));
  StateEdge(touched->seen, at, pairs, CutsOf(edge));
  return absl::OkStatus();
}

Status ScopeHistory::EndRun(const EdgeKey& edge, Timestamp at) {
  ASSIGN_OR_RETURN(Touched * touched, Touch(edge));
  EndRunOfEdge(touched->seen, at);
  return absl::OkStatus();
}

Status ScopeHistory::Define(uint32_t producer, EdgeKind kind, AssetId to, Timestamp at) {
  record::Cut cut;
  cut.set_at(at.micros());
  cut.set_producer(producer);
  cut.set_kind(static_cast<uint32_t>(kind));
  cut.set_to(to.value());
  auto* cuts = job_.mutable_cuts();
  const auto same = [&](const record::Cut& other) {
    return other.producer() == producer && other.kind() == cut.kind() && other.to() == cut.to();
  };
  const bool known = std::any_of(cuts->begin(), cuts->end(),
                                 [&](const record::Cut& other) { return same(other) && other.at() == cut.at(); });
  if (!known) {
    *cuts->Add() = cut;
    std::sort(cuts->begin(), cuts->end(),
              [](const record::Cut& left, const record::Cut& right) { return left.at() < right.at(); });
    if (std::count_if(cuts->begin(), cuts->end(), same) > kCutsMax) {
      cuts->erase(std::find_if(cuts->begin(), cuts->end(), same));
    }
  }
  std::vector<EdgeKey> matching;
  RETURN_IF_ERROR(session_->Scan<record::EdgeSeen>(kEdgeSeenTable, EdgeSeenPrefix(scope_),
                                                   [&](const authz::RowOf<record::EdgeSeen>& row) {
                                                     const auto edge = ParseEdgeSeenKey(row.key);
                                                     if (edge.ok() && Matches(cut, *edge)) matching.push_back(*edge);
                                                     return true;
                                                   }));
  for (const auto& [edge, touched] : touched_) {
    if (Matches(cut, edge)) matching.push_back(edge);
  }
  for (const EdgeKey& edge : matching) {
    ASSIGN_OR_RETURN(Touched * touched, Touch(edge));
    CutEdge(touched->seen, at);
  }
  return absl::OkStatus();
}

void ScopeHistory::MoveComplete(std::optional<int64_t> before, std::optional<int64_t> after) {
  if (before == after) return;
  completes_moved_ = true;
  auto* completes = job_.mutable_completes();
  if (before) {
    completes_in_order_ = false;
    const auto place = std::lower_bound(completes->begin(), completes->end(), *before);
    if (place != completes->end() && *place == *before) completes->erase(place);
  }
  if (!after) return;
  const auto place = std::upper_bound(completes->begin(), completes->end(), *after);
  if (place != completes->end()) completes_in_order_ = false;
  const int index = static_cast<int>(place - completes->begin());
  completes->Add(*after);
  std::rotate(completes->begin() + index, completes->end() - 1, completes->end());
  if (completes->size() > kCompletesMax) {
    completes->erase(completes->begin());
    job_.set_completes_trimmed(true);
  }
}

void ScopeHistory::MoveDefinition(const std::optional<record::RunDefinition>& before,
                                  const std::optional<record::RunDefinition>& after) {
  const auto order = [](const record::RunDefinition& run) {
    return std::tuple(run.ended(), run.begun(), run.producer(), run.hash());
  };
  if (before.has_value() == after.has_value() && (!before || order(*before) == order(*after))) return;
  std::map<uint32_t, std::vector<JobRuns::Redefined>> known;
  for (const auto* run : {&before, &after}) {
    if (*run) known.emplace((*run)->producer(), RedefinedBy(job_, (*run)->producer()));
  }
  auto* runs = job_.mutable_definitions();
  if (before) {
    const auto place = std::find_if(runs->begin(), runs->end(),
                                    [&](const record::RunDefinition& run) { return order(run) == order(*before); });
    if (place != runs->end()) runs->erase(place);
  }
  if (after) *runs->Add() = *after;
  std::sort(runs->begin(), runs->end(),
            [&](const auto& left, const auto& right) { return order(left) < order(right); });
  BoundDefinitions(runs);
  for (const auto& [producer, redefined] : known) {
    redefined_ = redefined_ || redefined != RedefinedBy(job_, producer);
  }
}

void ScopeHistory::LookUntil(Timestamp now) {
  looking_ = true;
  job_.set_looked(std::max<int64_t>(job_.looked(), now.micros()));
}

bool ScopeHistory::MustLookAtAll(const JobRuns& runs) const {
  if (looking_ || redefined_) return true;
  if (!completes_moved_) return false;
  if (!completes_in_order_) return true;
  return job_.oldest_stated() != 0 && job_.oldest_stated() + kStaleAfter.count() <= runs.shown_until;
}

// Edges that change are read again under a precondition; the scope's own row guards the others.
Status ScopeHistory::LookAtAll(const JobRuns& runs) {
  std::vector<EdgeKey> changing;
  int64_t oldest = kNever;
  int64_t next = kNever;
  const auto consider = [&](const record::EdgeSeen& seen, const JobRuns& of_edge) {
    oldest = std::min(oldest, OldestOpen(seen, of_edge).micros());
    next = std::min(next, NextStale(seen, of_edge).micros());
  };
  RETURN_IF_ERROR(session_->Scan<record::EdgeSeen>(kEdgeSeenTable, EdgeSeenPrefix(scope_),
                                                   [&](const authz::RowOf<record::EdgeSeen>& row) {
                                                     const auto edge = ParseEdgeSeenKey(row.key);
                                                     if (!edge.ok() || touched_.contains(*edge)) return true;
                                                     const JobRuns of_edge = RunsOf(*edge, runs);
                                                     consider(row.record, of_edge);
                                                     record::EdgeSeen seen = row.record;
                                                     if (!Reconcile(seen, of_edge).empty()) changing.push_back(*edge);
                                                     return true;
                                                   }));
  for (const auto& [edge, touched] : touched_) consider(touched.seen, RunsOf(edge, runs));
  for (const EdgeKey& edge : changing) RETURN_IF_ERROR(Touch(edge).status());
  job_.set_oldest_stated(oldest == kNever ? 0 : oldest);
  MoveLook(next == kNever ? 0 : next);
  return absl::OkStatus();
}

JobRuns ScopeHistory::RunsOf(const EdgeKey& edge, const JobRuns& runs) const {
  JobRuns of_edge = runs;
  // What a job runs says nothing of which job runs before it.
  if (edge.kind != EdgeKind::kTriggers) of_edge.redefined = RedefinedBy(job_, edge.producer);
  return of_edge;
}

void ScopeHistory::MoveLook(int64_t look_at) {
  if (look_at == job_.look_at()) return;
  if (job_.look_at() != 0)
    session_->Remove(permit_, kStaleLookTable, StaleLookKey(Timestamp(job_.look_at()), scope_.job));
  if (look_at != 0)
    session_->Put(permit_, kStaleLookTable, StaleLookKey(Timestamp(look_at), scope_.job), record::StaleLook());
  job_.set_look_at(look_at);
}

void ScopeHistory::WriteEdge(const EdgeKey& edge, Touched& touched, const JobRuns& runs) {
  const std::vector<EdgeChangePoint> rows = Reconcile(touched.seen, runs);
  if (rows.empty() || touched.before.held() != 0) {
    session_->Put(permit_, kEdgeSeenTable, EdgeSeenKey(edge), touched.seen);
  } else {
    session_->PutBeside(permit_, kEdgeSeenTable, EdgeSeenKey(edge), touched.seen);
  }
  if (rows.empty()) return;
  for (const EdgeChangePoint& row : rows) {
    session_->PutHeld(permit_, kOutTable, OutKey(edge), row.held, row.edge);
    record::EdgeState state;
    state.set_ended(row.edge.ended());
    state.set_through(row.edge.through());
    session_->PutHeld(permit_, kInTable, InKey(edge), row.held, state);
  }
  const record::EdgePoint& now = touched.seen.points(touched.seen.points_size() - 1);
  record::EdgeChange& change = *session_->log().add_edges();
  SetKey(edge, change);
  change.set_held(now.held());
  change.set_ended(now.ended());
  change.set_columns(now.content_hash() != touched.before.content_hash());
  change.set_through(now.through());
}

Status ScopeHistory::Write() {
  const JobRuns runs = JobRunsOf(job_);
  if (MustLookAtAll(runs)) {
    RETURN_IF_ERROR(LookAtAll(runs));
  } else {
    int64_t oldest = job_.oldest_stated() == 0 ? kNever : job_.oldest_stated();
    for (const auto& [edge, touched] : touched_) {
      oldest = std::min(oldest, OldestOpen(touched.seen, RunsOf(edge, runs)).micros());
    }
    job_.set_oldest_stated(oldest == kNever ? 0 : oldest);
    if (completes_moved_ && job_.look_at() == 0 && job_.completes_size() >= kStaleRuns && oldest != kNever) {
      MoveLook(oldest + kStaleAfter.count());
    }
  }
  for (auto& [edge, touched] : touched_) WriteEdge(edge, touched, RunsOf(edge, runs));
  session_->Put(permit_, kJobSeenTable, JobSeenKey(scope_), job_);
  return absl::OkStatus();
}

}  // namespace cadastre::lineage
