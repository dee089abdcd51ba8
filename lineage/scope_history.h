// The histories of one scope's edges while one event is recorded: reads what was stated, adds to it, writes what
// follows.
//
// Made by Record and by background steps over their write session; thread rule: confined.
// Errors: those of WriteSession's reads.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/lineage.pb.h"
#include "lineage/edge.h"
#include "lineage/edge_history.h"
#include "lineage/tables.h"

namespace cadastre::lineage {

class ScopeHistory {
 public:
  static StatusOr<ScopeHistory> Open(authz::WriteSession* session, const authz::RowPermit& permit, const Scope& scope);

  Status State(const EdgeKey& edge, Timestamp at, const std::vector<record::ColumnPair>& pairs);
  // The end of a COMPLETE run that had stated the edge.
  Status EndRun(const EdgeKey& edge, Timestamp at);
  // A complete definition: what this producer states of this kind (and target, unless 0) and did not state at `at`
  // ends.
  Status Define(uint32_t producer, EdgeKind kind, AssetId to, Timestamp at);
  // A run's end as COMPLETE was learned, or turned out to be another.
  void MoveComplete(std::optional<int64_t> before, std::optional<int64_t> after);
  // The same of what a COMPLETE run ran.
  void MoveDefinition(const std::optional<record::RunDefinition>& before,
                      const std::optional<record::RunDefinition>& after);
  // Staleness counts up to `now` though no run shows it.
  void LookUntil(Timestamp now);

  // Writes the rows and the log's edges. Call once, last.
  Status Write();

 private:
  struct Touched {
    record::EdgeSeen seen;
    record::EdgePoint before;  // the newest row before this event; held 0 if none
  };

  ScopeHistory(authz::WriteSession* session, const authz::RowPermit& permit, Scope scope, record::JobSeen job)
      : session_(session), permit_(permit), scope_(scope), job_(std::move(job)) {}
  StatusOr<Touched*> Touch(const EdgeKey& edge);
  std::vector<int64_t> CutsOf(const EdgeKey& edge) const;
  bool MustLookAtAll(const JobRuns& runs) const;
  Status LookAtAll(const JobRuns& runs);
  void WriteEdge(const EdgeKey& edge, Touched& touched, const JobRuns& runs);
  // What the edge's history depends on: `runs`, and what its producer says the job ran.
  JobRuns RunsOf(const EdgeKey& edge, const JobRuns& runs) const;
  void MoveLook(int64_t look_at);

  authz::WriteSession* session_;
  authz::RowPermit permit_;
  Scope scope_;
  record::JobSeen job_;
  std::map<EdgeKey, Touched> touched_;
  bool completes_moved_ = false;
  bool completes_in_order_ = true;
  bool redefined_ = false;
  bool looking_ = false;
};

}  // namespace cadastre::lineage
