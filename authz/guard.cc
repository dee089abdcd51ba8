#include "authz/guard.h"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "authz/audit_leaf.h"
#include "authz/audit_log.h"
#include "authz/house.h"
#include "authz/opaque_tokens.h"
#include "authz/revision_signal.h"
#include "base/log.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr std::chrono::microseconds kHeadEvery = std::chrono::minutes(1);
constexpr uint32_t kPerson = 1;  // authz.v1.PrincipalKind

AuditedCall Describe(const Call& call, const std::string& principal, Timestamp now) {
  AuditedCall audited;
  audited.time = now;
  audited.principal = principal;
  audited.operation = std::string(call.operation->name);
  audited.write = call.operation->effect == Effect::kWrite;
  audited.request_id = call.request_id;
  audited.detail = call.detail;
  audited.peer = call.peer;
  return audited;
}

Status NotRecorded() { return base::Unavailable("the audit record could not be written, so there is no answer"); }

}  // namespace

AuditLog& Guard::audit_log() { return house_->audit_log(); }
OpaqueTokens& Guard::opaque() { return house_->opaque(); }
RevisionSignal& Guard::signal() { return house_->signal(); }
const Clock& Guard::clock() const { return house_->clock(); }

StatusOr<Viewer> Guard::Authenticate(std::string_view bearer) {
  if (bearer.empty()) return base::Unauthenticated("a token is needed, as `Authorization: Bearer …`");
  ASSIGN_OR_RETURN(const record::Token token, house_->credentials().FindToken(bearer));
  if (std::optional<Viewer> viewer = ViewerOf(token.principal())) return *std::move(viewer);
  return base::Unauthenticated("the token is not valid");
}

StatusOr<Viewer> Guard::LogIn(std::string_view user, std::string_view password, std::string_view address) {
  RETURN_IF_ERROR(house_->credentials().CheckPassword(user, password, address));
  if (std::optional<Viewer> viewer = ViewerOf(std::string(user))) return *std::move(viewer);
  return Credentials::WrongPassword();
}

std::optional<Viewer> Guard::ViewerOf(const std::string& principal) const {
  const std::shared_ptr<const Published> published = house_->published();
  const auto& principals = published->policy->records().principals;
  const auto found = principals.find(principal);
  if (found == principals.end() || published->policy->RulesOf(principal) == nullptr) return std::nullopt;
  return Viewer(principal, found->second.number(), found->second.kind() == kPerson);
}

std::shared_ptr<const RuleSet> Guard::RulesOf(const Published& published, const Viewer& viewer) const {
  return published.policy->RulesOf(viewer.principal());
}

Status Guard::CheckOperation(const Viewer& viewer, const Operation& operation) {
  const std::shared_ptr<const RuleSet> rules = RulesOf(*house_->published(), viewer);
  if (rules == nullptr) return base::Unauthenticated("the token is not valid");
  if (operation.privilege == Privilege::kNone) return absl::OkStatus();
  const PrivilegeSet& held = operation.everywhere ? rules->everywhere : rules->anywhere;
  if (held.Has(operation.privilege)) return absl::OkStatus();
  return base::PermissionDenied("the privilege `", PrivilegeName(operation.privilege), "` is needed",
                                operation.everywhere ? " on everything" : "");
}

StatusOr<Revision> Guard::RevisionToAwait(const ReadOptions& options) {
  const std::shared_ptr<const Published> published = house_->published();
  if (options.min_revision.empty()) return published->governance_revision;
  ASSIGN_OR_RETURN(const Revision asked, opaque().OpenRevision("min_revision", options.min_revision));
  if (asked > published->revision) {
    return base::InvalidField("min_revision", "a revision this server has reached");
  }
  return std::max(asked, published->governance_revision);
}

StatusOr<GovernedView> Guard::OpenNow(const Viewer& viewer) {
  std::shared_ptr<const Published> published = house_->published();
  std::shared_ptr<const RuleSet> rules = RulesOf(*published, viewer);
  if (rules == nullptr) return base::Unauthenticated("the token is not valid");
  ReadPoint point;
  point.known = published->revision;
  return GovernedView(house_->context(), viewer, std::move(published), std::move(rules), point);
}

StatusOr<ReadPoint> Guard::ResolvePoint(const GovernedView& view, const ReadOptions& options) {
  ReadPoint point;
  point.known = view.revision();
  point.as_of = options.known_at || !options.known_at_revision.empty() || options.held_at;
  if (options.held_at) point.held = *options.held_at;
  const storage::ChangeLog& log = *view.context().change_log;
  if (options.known_at) {
    if (*options.known_at < view.published().time) {
      ASSIGN_OR_RETURN(point.known, log.RevisionAt(view.pass(), *options.known_at));
    }
  } else if (!options.known_at_revision.empty()) {
    ASSIGN_OR_RETURN(point.known, opaque().OpenRevision("known_at_revision", options.known_at_revision));
    if (point.known > view.revision()) {
      return base::InvalidField("known_at_revision", "a revision this server has reached");
    }
    ASSIGN_OR_RETURN(const storage::ChangeLog::Horizon horizon, log.FindHorizon(view.pass()));
    if (point.known < horizon.revision) return base::OutOfRange("history before this revision is no longer kept");
  }
  point.known_as_of = point.known < view.revision();
  return point;
}

StatusOr<GovernedView> Guard::OpenRead(const Viewer& viewer, const ReadOptions& options) {
  ASSIGN_OR_RETURN(GovernedView view, OpenNow(viewer));
  ASSIGN_OR_RETURN(const ReadPoint point, ResolvePoint(view, options));
  if (point.as_of) view.MoveTo(point);
  return view;
}

StatusOr<WriteSession> Guard::BeginWrite(const Viewer& viewer) {
  // Before the view, so that all it reads is of these groups or later ones.
  const uint64_t groups = house_->committer().groups();
  ASSIGN_OR_RETURN(GovernedView view, OpenNow(viewer));
  return WriteSession(std::move(view), house_->context(), clock().Now(), groups);
}

StatusOr<std::optional<Revision>> Guard::FindRepeat(const Call& call, WriteSession& session) {
  if (call.idempotency_key.empty()) return std::optional<Revision>();
  return session.FindOnce(call.idempotency_key, call.request_digest);
}

void Guard::Commit(const Call& call, WriteSession session, std::function<void(StatusOr<Revision>)> done) {
  AuditedCall audited = Describe(call, session.viewer().principal(), clock().Now());
  audited.revision = session.published().revision;
  for (const record::AssetChange& change : session.log().assets()) session.shown().Note(AssetId(change.asset()));
  std::vector<storage::Work::Leaf> leaves = MakeLeaves(audited, session.shown());
  storage::Work work = session.TakeWork();
  work.mutable_leaves() = std::move(leaves);
  house_->committer().Submit(std::move(work), [done = std::move(done)](const StatusOr<storage::CommitResult>& result) {
    if (!result.ok()) return done(result.status());
    done(result->revision);
  });
}

void Guard::Submit(std::vector<storage::Work::Leaf> leaves, std::function<void(Status)> done) {
  storage::Work work;
  work.mutable_leaves() = std::move(leaves);
  house_->committer().Submit(std::move(work), [done = std::move(done)](const StatusOr<storage::CommitResult>& result) {
    done(result.status());
  });
}

void Guard::Audit(const Call& call, const std::string& principal, const Status& outcome, const ShownAssets& shown,
                  Revision revision, std::function<void(Status)> done) {
  AuditedCall audited = Describe(call, principal, clock().Now());
  audited.outcome = outcome.code();
  audited.revision = revision;
  const ShownAssets nothing;
  Submit(MakeLeaves(audited, outcome.ok() ? shown : nothing),
         [done = std::move(done)](const Status& recorded) { done(recorded.ok() ? recorded : NotRecorded()); });
}

void Guard::Record(const std::vector<AuditedCall>& counted) {
  uint64_t busy = 0;
  for (const AuditedCall& refused : counted) {
    if (refused.outcome == absl::StatusCode::kResourceExhausted) busy += refused.count;
    Submit(MakeLeaves(refused, {}), [](const Status&) {});
  }
  if (busy > 0) base::LogWarning("calls of a minute were turned away: too many at once", {{"count", busy}});
}

void Guard::CountRefusal(const Call& call) { Record(refusals_.Count(call.peer, "", clock().Now())); }

void Guard::CountFailedLogin(const Call& call) { Record(logins_.Count(call.peer, call.detail, clock().Now())); }

void Guard::CountTurnedAway(std::string_view peer) {
  turned_away_.fetch_add(1, std::memory_order_relaxed);
  Record(busy_.Count(peer, "", clock().Now()));
}

SystemView Guard::OpenSystem(SystemReason reason) {
  const auto record = [house = house_, reason](std::string_view what) {
    AuditedCall audited;
    audited.time = house->clock().Now();
    audited.operation = base::Cat("system/", SystemReasonName(reason), "/", what);
    audited.revision = house->published()->revision;
    storage::Work work;
    work.mutable_leaves() = MakeLeaves(audited, {});
    house->committer().Submit(std::move(work), [](const StatusOr<storage::CommitResult>& result) {
      if (!result.ok()) base::LogWarning("system view not recorded", {{"cause", base::MessageOf(result.status())}});
    });
  };
  record("open");
  std::shared_ptr<const void> closing(house_, [record](const void*) { record("close"); });
  return SystemView(house_->context(), house_->published(), reason, std::move(closing));
}

WriteSession Guard::BeginUpkeep() {
  std::shared_ptr<const Published> published = house_->published();
  ReadPoint point;
  point.known = published->revision;
  GovernedView view(house_->context(), Viewer("system", 0, false), std::move(published), std::make_shared<RuleSet>(),
                    point);
  return WriteSession(std::move(view), house_->context(), clock().Now(), std::nullopt);
}

Status Guard::CommitUpkeep(WriteSession session) {
  storage::Work work = session.TakeWork();
  if (work.puts().empty()) return absl::OkStatus();
  std::promise<Status> committed;
  house_->committer().Submit(std::move(work), [&committed](const StatusOr<storage::CommitResult>& result) {
    committed.set_value(result.status());
  });
  return committed.get_future().get();
}

void Guard::Tick(bool stopping) {
  const Timestamp now = clock().Now();
  for (RefusalCounter* counter : {&refusals_, &logins_, &busy_}) Record(counter->Take(now, stopping));
  {
    base::MutexLock lock(mutex_);
    if (now < next_head_ && !stopping) return;
    next_head_ = now + kHeadEvery;
  }
  if (std::optional<storage::Work> work = house_->audit_log().TakeHeadWork(now)) {
    house_->committer().Submit(*std::move(work), [](const StatusOr<storage::CommitResult>&) {});
  }
}

}  // namespace cadastre::authz
