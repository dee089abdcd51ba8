#include "server/services/ingest_service.h"

#include <chrono>
#include <memory>
#include <utility>

#include "authz/opaque_tokens.h"
#include "base/status.h"
#include "ingestors/openlineage/map.h"
#include "ingestors/openlineage/parse.h"
#include "server/services/event_apply.h"

namespace cadastre::server {
namespace {

constexpr int kRoundsMax = 32;
// Clocks of well-kept machines differ by less.
constexpr std::chrono::microseconds kSkewMax = std::chrono::minutes(5);

}  // namespace

// Parsed and mapped once, however often a conflict runs the handler again.
struct IngestService::Prepared {
  std::shared_ptr<const std::string> json;
  std::optional<openlineage::MappedEvent> event;
  IngestOutcome outcome;

  Status Prepare(const openlineage::Limits& limits) {
    if (event) return absl::OkStatus();
    ASSIGN_OR_RETURN(const openlineage::Event parsed, openlineage::Parse(*json, limits));
    event = openlineage::Map(parsed);
    for (const openlineage::Warning& warning : event->warnings) ++outcome.warnings[warning.cause];
    return absl::OkStatus();
  }
};

void IngestService::Ingest(authz::Call call, std::shared_ptr<const std::string> json, StreamPlace place,
                           Done<IngestOutcome> done) {
  auto prepared = std::make_shared<Prepared>();
  prepared->json = std::move(json);
  Try(std::move(call), std::move(prepared), std::move(place), kRoundsMax, std::move(done));
}

// A client that hears of a conflict would lose the event (a 409 is final to it), so events that contend for one job
// take more rounds than other writes do, and end as an overload that is worth repeating.
void IngestService::Try(authz::Call call, std::shared_ptr<Prepared> prepared, StreamPlace place, int rounds,
                        Done<IngestOutcome> done) {
  const auto handler = [prepared, place, limits = limits_,
                        context = context_](authz::WriteSession& session) -> StatusOr<IngestOutcome> {
    RETURN_IF_ERROR(context.CheckIndexKeepsUp());
    RETURN_IF_ERROR(prepared->Prepare(limits));
    IngestOutcome outcome = prepared->outcome;
    // It holds from its commit on.
    if (prepared->event->event_time > session.now() + kSkewMax) ++outcome.warnings["event_time_in_future"];
    if (!place.stream_id.empty()) {
      ASSIGN_OR_RETURN(const bool fresh, session.NotePushed(place.stream_id, static_cast<uint64_t>(place.sequence),
                                                            static_cast<uint64_t>(place.durable)));
      if (!fresh) return outcome;
    }
    ASSIGN_OR_RETURN(const Applied applied, ApplyEvent(session, *prepared->event));
    outcome.out_of_scope = applied.out_of_scope;
    return outcome;
  };
  const auto finish = [guard = context_.guard](IngestOutcome& outcome, Revision revision) {
    outcome.revision = guard->opaque().SealRevision(revision);
  };
  auto again = [this, call, prepared, place, rounds, done = std::move(done)](StatusOr<IngestOutcome> outcome) {
    if (!absl::IsAborted(outcome.status())) return done(std::move(outcome));
    if (rounds > 1) return Try(call, prepared, place, rounds - 1, done);
    done(base::Unavailable("too many events for the same assets at once; repeat this one"));
  };
  context_.front->Write<IngestOutcome>(std::move(call), handler, finish, std::move(again));
}

void IngestService::Refuse(authz::Call call, Status status, std::function<void(Status)> done) {
  const auto handler = [status](authz::WriteSession&) -> StatusOr<int64_t> { return status; };
  context_.front->Write<int64_t>(
      std::move(call), handler, [](int64_t&, Revision) {},
      [done = std::move(done)](StatusOr<int64_t> answer) { done(answer.status()); });
}

void IngestService::FindDurable(authz::Call call, std::string stream_id, Done<int64_t> done) {
  const auto handler = [stream_id](authz::WriteSession& session) -> StatusOr<int64_t> {
    ASSIGN_OR_RETURN(const uint64_t sequence, session.PushedSequence(stream_id));
    return static_cast<int64_t>(sequence);
  };
  context_.front->Write<int64_t>(
      std::move(call), handler, [](int64_t&, Revision) {}, std::move(done));
}

void IngestService::Settle(authz::Call call, std::string stream_id, int64_t durable) {
  const auto handler = [stream_id, durable](authz::WriteSession& session) -> StatusOr<bool> {
    RETURN_IF_ERROR(session.SettlePushed(stream_id, static_cast<uint64_t>(durable)));
    return true;
  };
  context_.front->Write<bool>(
      std::move(call), handler, [](bool&, Revision) {}, [](const StatusOr<bool>&) {});
}

}  // namespace cadastre::server
