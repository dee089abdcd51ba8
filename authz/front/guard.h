// Guard: authentication, opening views and sessions, and the audit of both.
//
// Made by main over one House, which owns registry, published state, audit log and opaque tokens and is the committer's
// hook. Thread rule: safe.
// Errors: UNAUTHENTICATED (no, unknown, expired or revoked token; disabled
// principal), PERMISSION_DENIED (the operation's privilege is held nowhere),
// INVALID_ARGUMENT (a token of ours that does not open, a min_revision in the
// future), OUT_OF_RANGE (known_at before the horizon).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "authz/audit/refusal_counter.h"
#include "authz/front/call.h"
#include "authz/front/operation.h"
#include "authz/identity/viewer.h"
#include "authz/view/view.h"
#include "authz/write/write_session.h"
#include "base/words.h"

namespace cadastre::authz {

class AuditLog;
class House;
class OpaqueTokens;
class RevisionSignal;

class Guard {
 public:
  explicit Guard(House* house) : house_(house) {}

  StatusOr<Viewer> Authenticate(std::string_view bearer);
  // By a local password; slow on purpose (see Credentials). RESOURCE_EXHAUSTED after too many failures (LoginLimits).
  StatusOr<Viewer> LogIn(std::string_view user, std::string_view password, std::string_view address);
  Status CheckOperation(const Viewer& viewer, const Operation& operation);
  // The revision a read must wait for before OpenRead (min_revision and governance).
  StatusOr<Revision> RevisionToAwait(const ReadOptions& options);
  StatusOr<GovernedView> OpenRead(const Viewer& viewer, const ReadOptions& options);
  // The point `options` name, as GovernedView::MoveTo takes it: to compare two points in one view.
  StatusOr<ReadPoint> ResolvePoint(const GovernedView& view, const ReadOptions& options);
  // UNAUTHENTICATED where the principal was disabled since it was authenticated.
  StatusOr<WriteSession> BeginWrite(const Viewer& viewer);
  // Commits a session together with its audit leaf. `done` runs on the committer's thread and must be short.
  void Commit(const Call& call, WriteSession session, std::function<void(StatusOr<Revision>)> done);
  // The revision of the first write under the call's idempotency key; nullopt where this is the first. A key used
  // for another request is INVALID_ARGUMENT. The session remembers the key in its commit.
  StatusOr<std::optional<Revision>> FindRepeat(const Call& call, WriteSession& session);
  // Queues the leaf of a read (or of a refusal) and calls back when it is synced, on the committer's thread.
  void Audit(const Call& call, const std::string& principal, const Status& outcome, const ShownAssets& shown,
             Revision revision, std::function<void(Status)> done);
  // The same for refusals of one request that were counted: a leaf for each outcome, which tells how many and, in its
  // erasable part, of which fields.
  void AuditCounted(const Call& call, const std::string& principal, const RefusalTally::Outcomes& outcomes,
                    std::function<void(Status)> done);
  // Each counts a call that ends before it is known who sent it: one leaf an address and minute.
  void CountRefusal(const Call& call);
  // The name that was tried stands in the erasable part: one leaf a name, address and minute.
  void CountFailedLogin(const Call& call);
  // A login whose deadline passed before it was tried; counted as failed ones are.
  void CountLateLogin(const Call& call);
  // A call there was no room for.
  void CountTurnedAway(std::string_view peer);
  // Of the latter, since the start.
  uint64_t turned_away() const { return turned_away_.load(std::memory_order_relaxed); }
  SystemView OpenSystem(SystemReason reason);
  // A session of the house itself (retention, stale edges): no viewer stands behind it, so it gets no permit but that
  // of upkeep.
  WriteSession BeginUpkeep();
  // Commits it and waits. OK where there was nothing to write.
  Status CommitUpkeep(WriteSession session);
  // From main, every second or so: writes the refusals of minutes that are over, and a fresh signed head where the
  // stored one is a minute old. `stopping`: everything that is left.
  void Tick(bool stopping = false);

  OpaqueTokens& opaque();
  // For reading records through a view, and for signed heads.
  AuditLog& audit_log();
  RevisionSignal& signal();
  const Clock& clock() const;

 private:
  // Nothing where the principal is unknown or disabled.
  std::optional<Viewer> ViewerOf(const std::string& principal, Revision admitted) const;
  std::shared_ptr<const RuleSet> RulesOf(const Published& published, const Viewer& viewer) const;
  StatusOr<GovernedView> OpenNow(const Viewer& viewer);
  // What the session wants written, with the leaves that name all it wrote.
  storage::Work TakeAudited(AuditedCall audited, WriteSession& session);
  void Submit(std::vector<storage::Work::Leaf> leaves, std::function<void(Status)> done);
  // The leaves of counted refusals; nobody waits for them. What cannot be written now is counted again, for later.
  void Record(RefusalCounter& counter, const std::vector<AuditedCall>& counted);

  House* house_;
  RefusalCounter refusals_{"unauthenticated", absl::StatusCode::kUnauthenticated};
  RefusalCounter logins_{kLoginName, absl::StatusCode::kUnauthenticated};
  RefusalCounter late_logins_{kLoginName, absl::StatusCode::kDeadlineExceeded};
  RefusalCounter busy_{"turned away", absl::StatusCode::kResourceExhausted};
  std::atomic<uint64_t> turned_away_{0};
  base::Mutex mutex_;
  Timestamp next_head_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::authz
