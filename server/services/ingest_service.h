// Ingest of OpenLineage events, whatever the door: one event, one commit.
//
// Made by main; thread rule: safe. Events may be handed over in any number and
// order; the result does not depend on it.
// Errors of Ingest: INVALID_ARGUMENT that names the field where the event can
// never be used; UNAVAILABLE (the search index is behind, too many events
// for one asset) and RESOURCE_EXHAUSTED (busy) where repeating helps.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ingestors/openlineage/event.h"
#include "ingestors/openlineage/limits.h"
#include "server/rpc/service.h"

namespace cadastre::server {

// Where an event stands in a push stream; an empty id for other doors.
struct StreamPlace {
  std::string stream_id;
  int64_t sequence = 0;
  // Every sequence up to this one is durable: stored with the event, so that a resumed stream can skip them. At most
  // WriteSession::kPushWindow before `sequence`.
  int64_t durable = 0;
};

struct IngestOutcome {
  std::string revision;
  // By cause: those of the mapping, and `event_time_in_future` by the server's clock.
  std::map<std::string, int64_t> warnings;
  // The first kPlacesMax of them with their places in the event.
  static constexpr size_t kPlacesMax = 100;
  std::vector<openlineage::Warning> places;
  // Parts not applied because they lie outside the sender's push scope.
  int64_t out_of_scope = 0;

  void Warn(const openlineage::Warning& warning);
  void set_revision(std::string token) { revision = std::move(token); }
};

class IngestService {
 public:
  IngestService(ServiceContext context, openlineage::Limits limits) : context_(context), limits_(limits) {}

  void Ingest(authz::Call call, std::shared_ptr<const std::string> json, StreamPlace place, Done<IngestOutcome> done);
  // For a body that holds no events: authenticates, audits and answers with `status`.
  void Refuse(authz::Call call, Status status, std::function<void(Status)> done);
  // The sequence of the caller's stream up to which all are durable; 0 if none.
  void FindDurable(authz::Call call, std::string stream_id, Done<int64_t> done);
  // Remembers that all of the caller's stream up to `durable` is durable or was rejected.
  void NoteDurable(authz::Call call, std::string stream_id, int64_t durable, Done<bool> done);
  // Once a stream is over and all of it durable: keeps one row of it. Nobody waits for that, and nothing is wrong where
  // it could not be done.
  void Settle(authz::Call call, std::string stream_id, int64_t durable);

 private:
  struct Prepared;
  void Try(authz::Call call, const std::shared_ptr<Prepared>& prepared, StreamPlace place, int rounds,
           Done<IngestOutcome> done);

  ServiceContext context_;
  openlineage::Limits limits_;
};

}  // namespace cadastre::server
