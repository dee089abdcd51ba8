#include "server/housekeeping.h"

#include <algorithm>
#include <utility>

#include "authz/write/repeat_rows.h"
#include "base/log.h"
#include "base/status.h"
#include "lineage/retention.h"

namespace cadastre::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint32_t kJobsAtATime = 100;
constexpr uint32_t kRunsAtATime = 1000;
constexpr size_t kRepeatsAtATime = 2'000;
constexpr std::chrono::minutes kEdgesEvery{10};
constexpr std::chrono::hours kRunsEvery{1};
constexpr std::chrono::hours kRepeatsEvery{1};
constexpr std::chrono::seconds kLogEvery{10};
constexpr std::chrono::seconds kAuditEvery{10};
// A pass over all versions begins when a twentieth of the history has gone by since the last.
constexpr std::chrono::hours kVersionsEveryMax{6};
constexpr std::chrono::seconds kVersionsEveryMin{10};
constexpr int kPassesAHistory = 20;
constexpr milliseconds kSliceMin{20};
constexpr milliseconds kSliceMax{500};

}  // namespace

Housekeeping::Housekeeping(authz::Guard* guard, authz::House* house, const Config& config, HousekeepingFigures* figures,
                           std::function<Revision()> followed, std::function<Time()> now)
    : guard_(guard),
      house_(house),
      config_(config),
      figures_(figures),
      followed_(std::move(followed)),
      now_(std::move(now)),
      view_(guard->OpenSystem(authz::SystemReason::kRetention)),
      slice_(kSliceMin),
      next_edges_(now_()),
      next_runs_(now_() + std::chrono::minutes(1)),
      next_versions_(now_() + std::chrono::seconds(30)),
      next_forgotten_edges_(now_() + std::chrono::minutes(1)),
      next_repeats_(now_() + std::chrono::minutes(2)),
      next_log_(now_() + kLogEvery),
      next_audit_(now_() + kAuditEvery) {}

std::chrono::microseconds Housekeeping::history() const {
  return std::chrono::hours(24 * config_.history_days) + std::chrono::minutes(config_.history_minutes);
}

void Housekeeping::Step(const std::stop_token& stop) {
  const auto begin = now_();
  bool more = true;
  while (more && !stop.stop_requested() && now_() - begin < slice_) more = StepOnce();
  figures_->slice_ms = std::chrono::duration_cast<milliseconds>(now_() - begin).count();
  slice_ = more ? std::min(2 * slice_, kSliceMax) : kSliceMin;
}

bool Housekeeping::StepOnce() {
  const auto versions =
      std::clamp<steady_clock::duration>(history() / kPassesAHistory, kVersionsEveryMin, kVersionsEveryMax);
  bool more = Run("stale edges", next_edges_, kEdgesEvery, [this] { return EndStaleEdges(); });
  more = Run("runs", next_runs_, std::min<steady_clock::duration>(kRunsEvery, versions),
             [this] { return RetainRuns(); }) ||
         more;
  more = Run("versions", next_versions_, versions, [this] { return ForgetVersions(); }) || more;
  more = Run("ended edges", next_forgotten_edges_, versions, [this] { return ForgetEdges(); }) || more;
  more = Run("repeats", next_repeats_, kRepeatsEvery, [this] { return ForgetRepeats(); }) || more;
  more = Run("audit log", next_audit_, kAuditEvery, [this] { return TrimAudit(); }) || more;
  return Run("change log", next_log_, kLogEvery, [this] { return TrimLog(); }) || more;
}

bool Housekeeping::Run(std::string_view what, Time& next, steady_clock::duration pause,
                       const std::function<StatusOr<bool>()>& step) {
  if (now_() < next) return false;
  view_.Refresh();
  const StatusOr<bool> done = step();
  if (!done.ok()) {
    base::LogWarning("housekeeping will try again", {{"step", what}, {"status", base::MessageOf(done.status())}});
    next = now_() + std::chrono::seconds(10);
    return false;
  }
  next = *done ? now_() + pause : now_();
  return !*done;
}

StatusOr<bool> Housekeeping::EndStaleEdges() {
  authz::WriteSession session = guard_->BeginUpkeep();
  ASSIGN_OR_RETURN(const bool done, lineage::EndStaleEdges(view_, session, kJobsAtATime));
  RETURN_IF_ERROR(guard_->CommitUpkeep(std::move(session)));
  return done;
}

StatusOr<bool> Housekeeping::RetainRuns() {
  lineage::RunRetention retention;
  retention.keep = std::chrono::hours(24 * config_.run_days);
  retention.runs_per_job_max = static_cast<uint32_t>(config_.runs_per_job);
  retention.rollup_days = static_cast<uint32_t>(std::max<int64_t>(config_.history_days, 1));
  retention.unknown_after = std::chrono::hours(config_.run_unknown_hours);
  authz::WriteSession session = guard_->BeginUpkeep();
  ASSIGN_OR_RETURN(const bool done, lineage::RetainRuns(view_, session, retention, kRunsAtATime));
  RETURN_IF_ERROR(guard_->CommitUpkeep(std::move(session)));
  return done;
}

StatusOr<bool> Housekeeping::ForgetVersions() {
  ASSIGN_OR_RETURN(const authz::House::Forgotten step,
                   house_->ForgetVersions(view_, house_->clock().Now() - history()));
  figures_->gc_visited += step.visited;
  figures_->gc_removed += step.removed;
  figures_->gc_debt = step.debt;
  return step.done;
}

StatusOr<bool> Housekeeping::ForgetEdges() {
  authz::WriteSession session = guard_->BeginUpkeep();
  std::string next = edge_cursor_;
  ASSIGN_OR_RETURN(const bool done, lineage::ForgetEndedEdges(view_, session, {}, next));
  RETURN_IF_ERROR(guard_->CommitUpkeep(std::move(session)));
  edge_cursor_ = std::move(next);
  return done;
}

StatusOr<bool> Housekeeping::ForgetRepeats() {
  authz::WriteSession session = guard_->BeginUpkeep();
  bool done = false;
  if (!once_done_) {
    ASSIGN_OR_RETURN(once_done_, authz::ForgetOnce(view_, session, once_cursor_, kRepeatsAtATime));
  } else {
    ASSIGN_OR_RETURN(done, authz::ForgetStreams(view_, session, stream_cursor_, kRepeatsAtATime));
    if (done) once_done_ = false;
  }
  RETURN_IF_ERROR(guard_->CommitUpkeep(std::move(session)));
  return done;
}

StatusOr<bool> Housekeeping::TrimAudit() {
  if (config_.audit_days == 0 && config_.audit_minutes == 0) return true;
  const auto kept = std::chrono::hours(24 * config_.audit_days) + std::chrono::minutes(config_.audit_minutes);
  return house_->TrimAudit(view_, house_->clock().Now() - kept);
}

StatusOr<bool> Housekeeping::TrimLog() { return house_->TrimLog(view_, followed_()); }

}  // namespace cadastre::server
