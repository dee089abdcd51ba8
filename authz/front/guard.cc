#include "authz/front/guard.h"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "authz/audit/audit_leaf.h"
#include "authz/audit/audit_log.h"
#include "authz/house/house.h"
#include "authz/identity/opaque_tokens.h"
#include "authz/identity/principal_kind.h"
#include "authz/view/revision_signal.h"
#include "base/log.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr std::chrono::microseconds kHeadEvery = std::chrono::minutes(1);

AuditedCall Describe(const Call& call, const std::string& principal, Timestamp now) {
  AuditedCall audited;
  audited.time = now;
  audited.principal = principal;
  audited.operation = std::string(call.operation->name);
  audited.write = call.operation->effect != Effect::kRead && !call.validate_only;
  audited.request_id = call.request_id;
  audited.detail = call.detail;
  audited.peer = call.peer;
  return audited;
}

Status NotRecorded(const Status& why) {
  std::string told = "the audit record could not be written, so there is no answer";
  // A lack of room is for whoever asked to know; anything else is the server's own.
  if (absl::IsResourceExhausted(why)) told += base::Cat(": ", why.message());
  return base::Unavailable(told);
}

}  // namespace

AuditLog& Guard::audit_log() { return house_->audit_log(); }
OpaqueTokens& Guard::opaque() { return house_->opaque(); }
RevisionSignal& Guard::signal() { return house_->signal(); }
const Clock& Guard::clock() const { return house_->clock(); }

StatusOr<Viewer> Guard::Authenticate(std::string_view bearer) {
  // Before anything is looked up: what changes in between is then a conflict of his write.
  const Revision admitted = house_->published()->revision;
  if (bearer.empty()) return base::Unauthenticated("a token is needed, as `Authorization: Bearer …`");
  ASSIGN_OR_RETURN(const record::Token token, house_->credentials().FindToken(bearer));
  if (std::optional<Viewer> viewer = ViewerOf(token.principal(), admitted)) {
    viewer->token_id_ = token.id();
    viewer->login_of_ = token.login_of();
    viewer->login_mark_ = token.login_mark();
    return *std::move(viewer);
  }
  return base::Unauthenticated("the token is not valid");
}

StatusOr<Viewer> Guard::LogIn(std::string_view user, std::string_view password, std::string_view address) {
  const Revision admitted = house_->published()->revision;
  ASSIGN_OR_RETURN(std::string mark, house_->credentials().CheckPassword(user, password, address));
  if (std::optional<Viewer> viewer = ViewerOf(std::string(user), admitted)) {
    viewer->login_of_ = viewer->principal();
    viewer->login_mark_ = std::move(mark);
    return *std::move(viewer);
  }
  return Credentials::WrongPassword();
}

std::optional<Viewer> Guard::ViewerOf(const std::string& principal, Revision admitted) const {
  const std::shared_ptr<const Published> published = house_->published();
  const auto& principals = published->policy->records().principals;
  const auto found = principals.find(principal);
  if (found == principals.end() || published->policy->RulesOf(principal) == nullptr) return std::nullopt;
  Viewer viewer(principal, found->second.number(), Is(PrincipalKind::kPerson, found->second.kind()));
  viewer.admitted_ = admitted;
  return viewer;
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
  if (options.held_at) {
    ASSIGN_OR_RETURN(const storage::ChangeLog::Horizon horizon, log.FindHorizon(view.pass()));
    point.held_before_horizon = horizon.revision.valid() && *options.held_at < horizon.time;
  }
  return point;
}

StatusOr<GovernedView> Guard::OpenRead(const Viewer& viewer, const ReadOptions& options) {
  ASSIGN_OR_RETURN(GovernedView view, OpenNow(viewer));
  const StatusOr<ReadPoint> point = ResolvePoint(view, options);
  if (!point.ok()) return base::WithinField("as_of", point.status());
  if (point->as_of) view.MoveTo(*point);
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
  const Revision admitted = session.viewer().admitted();
  storage::Work work = TakeAudited(std::move(audited), session);
  work.ExpectPolicy(admitted);
  // Who cannot log in cannot read.
  if (call.operation->effect == Effect::kLogin) work.set_essential();
  house_->committer().Submit(std::move(work), [done = std::move(done)](const StatusOr<storage::CommitResult>& result) {
    if (!result.ok()) return done(result.status());
    done(result->revision);
  });
}

storage::Work Guard::TakeAudited(AuditedCall audited, WriteSession& session) {
  audited.write = true;
  audited.revision = session.published().revision;
  ShownAssets& written = session.shown();
  for (const record::AssetChange& change : session.log().assets()) written.Note(AssetId(change.asset()));
  for (const record::EdgeChange& change : session.log().edges()) {
    written.Note(AssetId(change.from()));
    written.Note(AssetId(change.to()));
    if (change.job() != 0) written.Note(AssetId(change.job()));
  }
  for (const std::string& key : session.restated()) NoteTarget(key, &written);
  storage::Work work = session.TakeWork();
  NoteTargets(work, &written);
  work.mutable_leaves() = MakeLeaves(audited, written, [&session](AssetId id) { return session.NameOf(id); });
  return work;
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
  if (!outcome.ok() && !call.asked.empty() && call.asked != call.detail)
    audited.detail += base::Cat(audited.detail.empty() ? "" : " ", call.asked);
  audited.revision = revision;
  const ShownAssets nothing;
  const Registry& registry = *house_->context().registry;
  Submit(MakeLeaves(audited, outcome.ok() ? shown : nothing, [&registry](AssetId id) { return registry.NameOf(id); }),
         [this, peer = call.peer, done = std::move(done)](const Status& recorded) {
           if (recorded.ok()) return done(recorded);
           // No room for its record: what is shed without one is at least counted, and told once there is room again.
           if (absl::IsResourceExhausted(recorded)) CountTurnedAway(peer);
           done(NotRecorded(recorded));
         });
}

void Guard::AuditCounted(const Call& call, const std::string& principal, const RefusalTally::Outcomes& outcomes,
                         std::function<void(Status)> done) {
  std::vector<storage::Work::Leaf> leaves;
  for (const auto& [outcome, refusals] : outcomes) {
    AuditedCall audited = Describe(call, principal, clock().Now());
    audited.outcome = outcome;
    audited.count = refusals.count;
    for (const std::string& name : refusals.names) {
      audited.detail += base::Cat(audited.detail.empty() ? "" : ", ", name);
    }
    // Last, because fields are the longer and the end is what is cut.
    for (const auto& [field, count] : refusals.fields) {
      audited.detail += base::Cat(audited.detail.empty() ? "" : ", ", field, " ×", count);
    }
    for (storage::Work::Leaf& leaf : MakeLeaves(audited)) leaves.push_back(std::move(leaf));
  }
  Submit(std::move(leaves),
         [done = std::move(done)](const Status& recorded) { done(recorded.ok() ? recorded : NotRecorded(recorded)); });
}

void Guard::Record(RefusalCounter& counter, const std::vector<AuditedCall>& counted) {
  uint64_t busy = 0;
  for (const AuditedCall& refused : counted) {
    if (refused.outcome == absl::StatusCode::kResourceExhausted) busy += refused.count;
    Submit(MakeLeaves(refused), [&counter, refused](const Status& written) {
      if (!written.ok()) counter.PutBack(refused);
    });
  }
  if (busy > 0) base::LogWarning("calls of a minute were turned away: too many at once", {{"count", busy}});
}

void Guard::CountRefusal(const Call& call) { Record(refusals_, refusals_.Count(call.peer, "", clock().Now())); }

void Guard::CountFailedLogin(const Call& call) {
  Record(logins_, logins_.Count(call.peer, call.detail, clock().Now()));
}

void Guard::CountLateLogin(const Call& call) {
  Record(late_logins_, late_logins_.Count(call.peer, call.detail, clock().Now()));
}

void Guard::CountTurnedAway(std::string_view peer) {
  turned_away_.fetch_add(1, std::memory_order_relaxed);
  Record(busy_, busy_.Count(peer, "", clock().Now()));
}

SystemView Guard::OpenSystem(SystemReason reason) {
  const auto record = [house = house_, reason](std::string_view what) {
    AuditedCall audited;
    audited.time = house->clock().Now();
    audited.operation = base::Cat("system/", SystemReasonName(reason), "/", what);
    audited.revision = house->published()->revision;
    storage::Work work;
    work.mutable_leaves() = MakeLeaves(audited);
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
  WriteSession session(std::move(view), house_->context(), clock().Now(), std::nullopt);
  session.upkeep_ = true;
  return session;
}

Status Guard::CommitUpkeep(WriteSession session) {
  AuditedCall audited;
  audited.time = clock().Now();
  audited.operation = "system/upkeep";
  storage::Work work = TakeAudited(std::move(audited), session);
  work.set_essential();
  if (work.puts().empty()) return absl::OkStatus();
  std::promise<Status> committed;
  house_->committer().Submit(std::move(work), [&committed](const StatusOr<storage::CommitResult>& result) {
    committed.set_value(result.status());
  });
  return committed.get_future().get();
}

void Guard::Tick(bool stopping) {
  const Timestamp now = clock().Now();
  for (RefusalCounter* counter : {&refusals_, &logins_, &late_logins_, &busy_}) {
    Record(*counter, counter->Take(now, stopping));
  }
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
