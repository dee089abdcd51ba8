#include "server/housekeeping.h"

#include <utility>

#include "base/log.h"
#include "base/status.h"
#include "lineage/retention.h"

namespace cadastre::server {
namespace {

using std::chrono::steady_clock;

constexpr uint32_t kJobsAtATime = 100;
constexpr uint32_t kRunsAtATime = 1000;
constexpr std::chrono::minutes kEdgesEvery{10};
constexpr std::chrono::hours kRunsEvery{1};
constexpr std::chrono::hours kVersionsEvery{6};

// When to look again: at once while there is more, else after the pause.
steady_clock::time_point NextLook(std::string_view what, const StatusOr<bool>& done, steady_clock::duration pause) {
  if (done.ok()) return *done ? steady_clock::now() + pause : steady_clock::now();
  base::LogWarning("housekeeping will try again", {{"step", what}, {"status", base::MessageOf(done.status())}});
  return steady_clock::now() + std::chrono::seconds(10);
}

}  // namespace

Housekeeping::Housekeeping(authz::Guard* guard, authz::House* house, const Config& config)
    : guard_(guard),
      house_(house),
      config_(config),
      view_(guard->OpenSystem(authz::SystemReason::kRetention)),
      next_edges_(steady_clock::now()),
      next_runs_(steady_clock::now() + std::chrono::minutes(1)),
      next_versions_(steady_clock::now() + std::chrono::minutes(2)) {}

void Housekeeping::Step() {
  if (steady_clock::now() >= next_edges_) next_edges_ = NextLook("stale edges", EndStaleEdges(), kEdgesEvery);
  if (steady_clock::now() >= next_runs_) next_runs_ = NextLook("runs", RetainRuns(), kRunsEvery);
  if (steady_clock::now() >= next_versions_) next_versions_ = NextLook("versions", ForgetVersions(), kVersionsEvery);
}

StatusOr<bool> Housekeeping::EndStaleEdges() {
  view_.Refresh();
  authz::WriteSession session = guard_->BeginUpkeep();
  ASSIGN_OR_RETURN(const bool done, lineage::EndStaleEdges(view_, session, kJobsAtATime));
  RETURN_IF_ERROR(guard_->CommitUpkeep(std::move(session)));
  return done;
}

StatusOr<bool> Housekeeping::RetainRuns() {
  view_.Refresh();
  lineage::RunRetention retention;
  retention.keep = std::chrono::hours(24 * config_.run_days);
  retention.runs_per_job_max = static_cast<uint32_t>(config_.runs_per_job);
  retention.rollup_days = static_cast<uint32_t>(config_.history_days);
  retention.unknown_after = std::chrono::hours(config_.run_unknown_hours);
  authz::WriteSession session = guard_->BeginUpkeep();
  ASSIGN_OR_RETURN(const bool done, lineage::RetainRuns(view_, session, retention, kRunsAtATime));
  RETURN_IF_ERROR(guard_->CommitUpkeep(std::move(session)));
  return done;
}

StatusOr<bool> Housekeeping::ForgetVersions() {
  view_.Refresh();
  const Timestamp horizon = house_->clock().Now() - std::chrono::hours(24 * config_.history_days);
  return house_->ForgetVersions(view_, horizon);
}

}  // namespace cadastre::server
