// One push stream: events in, acknowledgements of the durable prefix out.
//
// Made per call, deletes itself when gRPC is done with it. At most
// kInFlightMax events are between reading and commit; beyond that it stops
// reading, and gRPC's flow control holds the client back. The same where the
// server is busy: what it refused is offered again until kPatience is over. Thread rule: safe.
#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/mutex.h"
#include "cadastre/ingest/v1/ingest.grpc.pb.h"
#include "server/rpc/request_log.h"
#include "server/services/ingest_service.h"

namespace cadastre::server {

class PushStream final : public grpc::ServerBidiReactor<ingest::v1::PushRequest, ingest::v1::PushResponse> {
 public:
  static constexpr int kInFlightMax = 256;
  static_assert(kInFlightMax <= authz::WriteSession::kPushWindow);
  static constexpr std::chrono::seconds kPatience{30};

  PushStream(IngestService* service, grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  Status CheckOrder() REQUIRES(mutex_);
  using Json = std::shared_ptr<const std::string>;

  void Open(int64_t sequence, Json json) EXCLUDES(mutex_);
  void Begin(int64_t sequence, Json json) EXCLUDES(mutex_);
  void End(int64_t sequence, Json json, StatusOr<IngestOutcome> outcome) EXCLUDES(mutex_);
  // Whether a busy server's refusal was taken as such.
  bool HoldBack(int64_t sequence, Json json, const Status& status) REQUIRES(mutex_);
  void OfferAgain() EXCLUDES(mutex_);
  void Fail(const Status& status) REQUIRES(mutex_);
  void Acknowledge() REQUIRES(mutex_);
  // Reads on, writes, or finishes, whichever is due.
  void Advance() REQUIRES(mutex_);
  authz::Call NextCall() const;

  IngestService* service_;
  grpc::CallbackServerContext* context_;
  std::optional<authz::Call> settle_;  // where the stream ended with all it read durable
  std::shared_ptr<RequestEnd> end_;    // one id for all events of the stream
  ingest::v1::PushRequest request_;    // of the one read under way
  ingest::v1::PushResponse response_;  // of the one write under way

  base::Mutex mutex_;
  std::string stream_id_ GUARDED_BY(mutex_);
  Status shape_ GUARDED_BY(mutex_);         // of the first message
  int64_t read_ GUARDED_BY(mutex_) = 0;     // the last sequence taken
  int64_t durable_ GUARDED_BY(mutex_) = 0;  // all up to here are durable or rejected
  int64_t acknowledged_ GUARDED_BY(mutex_) = 0;
  std::set<int64_t> ended_ GUARDED_BY(mutex_);  // beyond durable_
  ingest::v1::PushResponse pending_ GUARDED_BY(mutex_);
  int in_flight_ GUARDED_BY(mutex_) = 0;
  std::map<int64_t, Json> held_back_ GUARDED_BY(mutex_);  // among those in flight
  // One a wait: an alarm is not set again while its callback runs.
  std::unique_ptr<grpc::Alarm> alarm_ GUARDED_BY(mutex_);
  bool waiting_ GUARDED_BY(mutex_) = false;  // for the alarm
  std::chrono::steady_clock::time_point last_progress_ GUARDED_BY(mutex_) = std::chrono::steady_clock::now();
  bool opened_ GUARDED_BY(mutex_) = false;  // the durable sequence is known
  bool reading_ GUARDED_BY(mutex_) = false;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool half_closed_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
  Status failure_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::server
