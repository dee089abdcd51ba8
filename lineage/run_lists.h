// Lists of runs beside those of one job: over all jobs, of a dataset, below a parent run, below any run of a job. Rows
// of kSeen, 'L', are written with the run, in the order in which readers page through them: newest start first, then
// job, then run id.
//
// Functions and RunListLane; thread rule: confined. Errors: those of the view's and the session's reads.
// Deliberately does not: decide whether a run is shown beyond its job (runs.h reads the run itself).
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <string_view>

#include "authz/view/view.h"
#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/lineage.pb.h"

namespace cadastre::lineage {

// Opened where the run's job is.
extern const authz::Table<record::RunListed> kRunListTable;

std::string AllRunsPrefix();
std::string RunsOfDatasetPrefix(AssetId dataset);
std::string RunsBelowPrefix(AssetId job, std::string_view run_id);
// Runs that name one of the job's as their parent: behind each place stands which (ParentRunIn).
std::string ChildrenOfJobPrefix(AssetId job);

// A run's place in any of the lists; places compare as their bytes.
std::string RunPlace(Timestamp start, AssetId job, std::string_view run_id);
struct RunPlaceParts {
  Timestamp start;
  AssetId job;
  std::string run_id;
};
StatusOr<RunPlaceParts> ParseRunPlace(std::string_view place);
StatusOr<std::string> ParentRunIn(std::string_view place);

// Brings the lists from what the run was (null: not there) to what it is (null: forgotten).
void MoveInRunLists(authz::WriteSession& session, const authz::RowPermit& permit, AssetId job, std::string_view run_id,
                    const record::Run* before, const record::Run* after);

// One list, read in order, of the runs whose job the viewer may read. Notes nothing.
class RunListLane {
 public:
  // From `start` on, a place or empty.
  RunListLane(std::string prefix, std::string start) : prefix_(std::move(prefix)), next_(std::move(start)) {}
  // The job's own runs, as they are stored.
  RunListLane(AssetId job, std::string start) : job_(job), next_(std::move(start)) {}

  // Null at the end. Valid until Pop. DEADLINE_EXCEEDED where looking takes too long, which only hidden runs make it.
  StatusOr<const std::string*> Front(authz::GovernedView& view, std::chrono::steady_clock::time_point deadline);
  void Pop() { places_.pop_front(); }

 private:
  Status Fill(authz::GovernedView& view, std::chrono::steady_clock::time_point deadline);
  Status FillOfJob(authz::GovernedView& view);

  std::string prefix_;
  AssetId job_;
  std::string next_;
  std::deque<std::string> places_;
  bool done_ = false;
};

}  // namespace cadastre::lineage
