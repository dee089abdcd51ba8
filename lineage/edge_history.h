// The history of one edge as its producer's statements make it: a pure function of what was
// stated when, so that neither order of arrival nor repetition can matter.
//
// Thread rule: confined. No I/O, no errors.
// Rule (DESIGN section 5): an edge, and each of its column pairs, ends at the later of the fifth COMPLETE run of
// its job after its last statement and 30 days after that statement; a complete definition without it ends it
// at once, as does a COMPLETE run of another definition that does not state it; a new statement begins it again.
// Bounds: kSpansMax spans and cuts a group and kPointsMax points an edge are kept exactly; beyond, the oldest are
// joined or forgotten (their rows stay).
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/words.h"
#include "cadastre/record/lineage.pb.h"

namespace cadastre::lineage {

inline constexpr std::chrono::microseconds kStaleAfter = std::chrono::hours(24 * 30);
inline constexpr int kStaleRuns = 5;
inline constexpr int kSpansMax = 16;
inline constexpr int kPointsMax = 256;

// What of a job the staleness of its edges depends on.
struct JobRuns {
  // End times of COMPLETE runs, ascending.
  std::vector<int64_t> completes;
  // Older ones were forgotten.
  bool trimmed = false;
  // What goes stale after this is not yet written: the last COMPLETE run, or a later look of a background step.
  int64_t shown_until = 0;
  // Runs that ran another definition than all before them, in order: what was stated last before `begun` ends at
  // `ended`.
  struct Redefined {
    int64_t begun = 0;
    int64_t ended = 0;

    friend bool operator==(const Redefined&, const Redefined&) = default;
  };
  std::vector<Redefined> redefined;
};
// Without what redefines.
JobRuns JobRunsOf(const record::JobSeen& job);
// Of what one producer says the job ran. A definition that was known before is none: some jobs run several in turn.
std::vector<JobRuns::Redefined> RedefinedBy(const record::JobSeen& job, uint32_t producer);

// One change of an edge's state.
struct EdgeChangePoint {
  Timestamp held;
  record::Edge edge;
};

// Adds a statement at `at`. `pairs`: what it said of columns. `cuts`: the known definitions that could have named the
// edge; those after its last statement left it out.
void StateEdge(record::EdgeSeen& seen, Timestamp at, const std::vector<record::ColumnPair>& pairs,
               const std::vector<int64_t>& cuts);
// Adds the end of a COMPLETE run that had stated the edge: staleness counts from there, but an edge that a definition
// has cut stays cut. Pairs count from the event that named them.
void EndRunOfEdge(record::EdgeSeen& seen, Timestamp at);
// Adds a definition at `at` that leaves out the edge or some of its pairs. Those stated at that very moment stay.
// False where it was known to be cut already.
bool CutEdge(record::EdgeSeen& seen, Timestamp at);

// The history that `seen` amounts to, in time order, each point differing from the one before.
std::vector<EdgeChangePoint> HistoryOf(const record::EdgeSeen& seen, const JobRuns& runs);

// The rows to write so that the tables say HistoryOf, given those `seen.points` says were written; updates the points.
std::vector<EdgeChangePoint> Reconcile(record::EdgeSeen& seen, const JobRuns& runs);

// The first row written and the last statement of the edge; Timestamp::Min() if none.
Timestamp FirstStated(const record::EdgeSeen& seen);
Timestamp LastStated(const record::EdgeSeen& seen);
// True where the newest state is active.
bool IsActive(const record::EdgeSeen& seen);
// The least last statement among the edge and its pairs that are still active at the end; kTimestampMax if none is.
Timestamp OldestOpen(const record::EdgeSeen& seen, const JobRuns& runs);

// When the first of them goes stale unless something more is stated; kTimestampMax if no run shows that it will.
Timestamp NextStale(const record::EdgeSeen& seen, const JobRuns& runs);

}  // namespace cadastre::lineage
