#include "server/services/ingest_service.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/asset_name.h"
#include "base/status.h"
#include "ingestors/openlineage/map.h"
#include "ingestors/openlineage/parse.h"
#include "server/rpc/write.h"
#include "server/services/event_apply.h"

namespace cadastre::server {
namespace {

constexpr int kRoundsMax = 32;
// Clocks of well-kept machines differ by less.
constexpr std::chrono::microseconds kSkewMax = std::chrono::minutes(5);

}  // namespace

void IngestOutcome::Warn(const openlineage::Warning& warning) {
  ++warnings[warning.cause];
  if (places.size() < kPlacesMax) places.push_back(warning);
}

// Parsed and mapped once, however often a conflict runs the handler again.
struct IngestService::Prepared {
  std::shared_ptr<const std::string> json;
  std::optional<openlineage::MappedEvent> event;
  IngestOutcome outcome;

  // Its job, and every dataset in it; nothing where it cannot be read.
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    if (!event) return names;
    if (event->job) names.push_back(base::AssetNameText(*event->job));
    for (const base::AssetName& dataset : event->datasets) names.push_back(base::AssetNameText(dataset));
    return names;
  }

  Status Prepare(const openlineage::Limits& limits) {
    if (event) return absl::OkStatus();
    ASSIGN_OR_RETURN(const openlineage::Event parsed, openlineage::Parse(*json, limits));
    event = openlineage::Map(parsed);
    for (const openlineage::Warning& warning : event->warnings) outcome.Warn(warning);
    return absl::OkStatus();
  }
};

void IngestService::Ingest(authz::Call call, std::shared_ptr<const std::string> json, StreamPlace place,
                           Done<IngestOutcome> done) {
  auto prepared = std::make_shared<Prepared>();
  prepared->json = std::move(json);
  call.names = [prepared] { return prepared->Names(); };
  Try(std::move(call), prepared, std::move(place), kRoundsMax, std::move(done));
}

// A client that hears of a conflict would lose the event (a 409 is final to it), so events that contend for one job
// take more rounds than other writes do, and end as an overload that is worth repeating.
void IngestService::Try(authz::Call call, const std::shared_ptr<Prepared>& prepared, StreamPlace place, int rounds,
                        Done<IngestOutcome> done) {
  const auto handler = [prepared, limits = limits_, context = context_](
                           authz::WriteSession& session, const StreamPlace& at) -> StatusOr<IngestOutcome> {
    RETURN_IF_ERROR(context.CheckIndexKeepsUp());
    RETURN_IF_ERROR(prepared->Prepare(limits));
    IngestOutcome outcome = prepared->outcome;
    // It holds from its commit on.
    if (prepared->event->event_time > session.now() + kSkewMax) outcome.Warn({"event_time_in_future", "eventTime"});
    if (!at.stream_id.empty()) {
      ASSIGN_OR_RETURN(const bool fresh, session.NotePushed(at.stream_id, static_cast<uint64_t>(at.sequence),
                                                            static_cast<uint64_t>(at.durable)));
      if (!fresh) return outcome;
    }
    ASSIGN_OR_RETURN(const Applied applied, ApplyEvent(session, *prepared->event));
    outcome.out_of_scope = applied.out_of_scope;
    for (const openlineage::Warning& warning : applied.left_out) outcome.Warn(warning);
    return outcome;
  };
  Done<IngestOutcome> again = [this, call, prepared, place, rounds,
                               done = std::move(done)](StatusOr<IngestOutcome> outcome) {
    if (!absl::IsAborted(outcome.status())) return done(std::move(outcome));
    if (rounds > 1) return Try(call, prepared, place, rounds - 1, done);
    done(base::Unavailable("too many events for the same assets at once; repeat this one"));
  };
  ServeWrite(context_, std::move(call), std::move(place), {}, handler, std::move(again));
}

void IngestService::Refuse(authz::Call call, Status status, std::function<void(Status)> done) {
  const auto handler = [](authz::WriteSession&, const StreamPlace&) { return absl::OkStatus(); };
  Done<IngestOutcome> refused = [done = std::move(done)](const StatusOr<IngestOutcome>& answer) {
    done(answer.status());
  };
  ServeWrite(context_, std::move(call), StreamPlace(), {std::move(status)}, handler, std::move(refused));
}

void IngestService::FindDurable(authz::Call call, std::string stream_id, Done<int64_t> done) {
  const auto handler = [](authz::WriteSession& session, const std::string& stream) -> StatusOr<int64_t> {
    ASSIGN_OR_RETURN(const uint64_t sequence, session.PushedSequence(stream));
    return static_cast<int64_t>(sequence);
  };
  ServeWrite(context_, std::move(call), std::move(stream_id), {}, handler, std::move(done));
}

void IngestService::NoteDurable(authz::Call call, std::string stream_id, int64_t durable, Done<bool> done) {
  const auto handler = [durable](authz::WriteSession& session, const std::string& stream) -> StatusOr<bool> {
    RETURN_IF_ERROR(session.SettlePushed(stream, static_cast<uint64_t>(durable), /*over=*/false));
    return true;
  };
  ServeWrite(context_, std::move(call), std::move(stream_id), {}, handler, std::move(done));
}

void IngestService::Settle(authz::Call call, std::string stream_id, int64_t durable) {
  const auto handler = [durable](authz::WriteSession& session, const std::string& stream) {
    return session.SettlePushed(stream, static_cast<uint64_t>(durable), /*over=*/true);
  };
  Done<bool> nobody = [](const StatusOr<bool>&) {};
  ServeWrite(context_, std::move(call), std::move(stream_id), {}, handler, std::move(nobody));
}

}  // namespace cadastre::server
