// Guard: authentication, opening views and sessions, and the audit of both.
//
// Made by main over one engine; owns registry, published state, audit log and
// opaque tokens, and is the committer's hook. Thread rule: safe.
// Errors: UNAUTHENTICATED (no, unknown, expired or revoked token; disabled
// principal), PERMISSION_DENIED (the operation's privilege is held nowhere),
// INVALID_ARGUMENT (a token of ours that does not open, a min_revision in the
// future), OUT_OF_RANGE (known_at before the horizon).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "authz/operation.h"
#include "authz/view.h"
#include "authz/viewer.h"
#include "authz/write_session.h"
#include "base/words.h"

namespace cadastre::authz {

struct Call;
struct ReadOptions;
class OpaqueTokens;
class House;

class Guard {
 public:
  explicit Guard(House* house) : house_(house) {}

  StatusOr<Viewer> Authenticate(std::string_view bearer);
  Status CheckOperation(const Viewer& viewer, const Operation& operation);
  // The revision a read must wait for before OpenRead (min_revision and governance).
  StatusOr<Revision> RevisionToAwait(const ReadOptions& options);
  StatusOr<GovernedView> OpenRead(const Viewer& viewer, const ReadOptions& options);
  WriteSession BeginWrite(const Viewer& viewer);
  // Commits a session together with its audit leaf.
  void Commit(const Call& call, WriteSession session, std::function<void(StatusOr<Revision>)> done);
  // Queues the leaf of a read (or of a refusal) and calls back when it is synced.
  void Audit(const Call& call, const std::string& principal, const Status& outcome, const ShownAssets& shown,
             Revision revision, std::function<void(Status)> done);
  SystemView OpenSystem(SystemReason reason);
  OpaqueTokens& opaque();

 private:
  House* house_;
};

}  // namespace cadastre::authz
