// Runs that sent no event of their own and are known from those that name them as their parent: that they were, and no
// later than the first of these that the view sees. Their state is unknown.
//
// A function, and a source that one list of runs makes and reads from; thread rule: confined. Privilege:
// read_operations on the run's job, and on that of a run that names it. Errors: those of the view's reads,
// DEADLINE_EXCEEDED.
// Bounds: of a run's children the newest 1,000 that are seen.
// Names merged with one another are one job: what names a run under any of them names the one run, which is told under
// one of the names.
// Deliberately does not: note what it finds (NoteInferred does, for what is shown), count them in rollups.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/view/merged_sets.h"
#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "lineage/run_lists.h"
#include "lineage/runs.h"

namespace cadastre::lineage {

// Told under the first of the request's jobs, which are readable (ReadableJobs). nullopt where no run that is seen
// names it. Whether it sent events itself is the caller's to know.
StatusOr<std::optional<authz::Visible<RunRow>>> InferRun(authz::GovernedView& view, const RunRequest& request,
                                                         std::chrono::steady_clock::time_point deadline);
void NoteInferred(authz::GovernedView& view, const RunRow& run);

// Those that a list of one job's or of all jobs' runs has besides the runs stored, in its order, from the request's
// `after` on. None for lists of other kinds, or where the state is not asked for.
class InferredRuns {
 public:
  // View and request outlive it.
  InferredRuns(const authz::GovernedView* view, const RunsRequest* request);

  // The place of the next; null at the end. Valid until Pop.
  StatusOr<const std::string*> Front(authz::GovernedView& view);
  authz::Visible<RunRow> Pop();

 private:
  using Ref = std::pair<AssetId, std::string>;
  struct Placed {
    std::string place;
    authz::Visible<RunRow> run;
  };
  Status Fill(authz::GovernedView& view);
  // The lane whose front is least; null at the end.
  StatusOr<RunListLane*> Least(authz::GovernedView& view);
  // The parent that the run at this place of a lane names, under the name it is told by.
  StatusOr<std::optional<Ref>> ParentIn(authz::GovernedView& view, std::string_view place);
  // The names of a parent's job that the viewer may read the runs of, the one it is told by first.
  std::vector<AssetId> NamesOf(const authz::GovernedView& view, AssetId job);
  // Its run, once, where `start` is where it belongs.
  StatusOr<std::optional<authz::Visible<RunRow>>> TakeAt(authz::GovernedView& view, const Ref& ref, Timestamp start);

  const RunsRequest* request_;
  authz::MergedSets sets_;
  std::vector<RunListLane> lanes_;
  std::deque<Placed> next_;
  // Parents met so far; nullopt where the run is stored, or told already.
  std::map<Ref, std::optional<authz::Visible<RunRow>>> met_;
};

}  // namespace cadastre::lineage
