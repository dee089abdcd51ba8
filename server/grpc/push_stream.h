// One push stream: events in, acknowledgements of the durable prefix out.
//
// Made per call, deletes itself when gRPC is done with it. At most
// kInFlightMax events are between reading and commit; beyond that it stops
// reading, and gRPC's flow control holds the client back. Thread rule: safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/mutex.h"
#include "cadastre/ingest/v1/ingest.grpc.pb.h"
#include "server/services/ingest_service.h"

namespace cadastre::server {

class PushStream final : public grpc::ServerBidiReactor<ingest::v1::PushRequest, ingest::v1::PushResponse> {
 public:
  static constexpr int kInFlightMax = 256;

  PushStream(IngestService* service, grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override { delete this; }

 private:
  Status CheckOrder() REQUIRES(mutex_);
  void Open(int64_t sequence, std::string json) EXCLUDES(mutex_);
  void Begin(int64_t sequence, std::string json) EXCLUDES(mutex_);
  void End(int64_t sequence, StatusOr<IngestOutcome> outcome) EXCLUDES(mutex_);
  void Fail(const Status& status) REQUIRES(mutex_);
  void Acknowledge() REQUIRES(mutex_);
  // Reads on, writes, or finishes, whichever is due.
  void Advance() REQUIRES(mutex_);
  authz::Call NextCall() const;

  IngestService* service_;
  grpc::CallbackServerContext* context_;
  ingest::v1::PushRequest request_;    // of the one read under way
  ingest::v1::PushResponse response_;  // of the one write under way

  base::Mutex mutex_;
  std::string stream_id_ GUARDED_BY(mutex_);
  int64_t read_ GUARDED_BY(mutex_) = 0;     // the last sequence taken
  int64_t durable_ GUARDED_BY(mutex_) = 0;  // all up to here are durable or rejected
  int64_t acknowledged_ GUARDED_BY(mutex_) = 0;
  std::set<int64_t> ended_ GUARDED_BY(mutex_);  // beyond durable_
  ingest::v1::PushResponse pending_ GUARDED_BY(mutex_);
  int in_flight_ GUARDED_BY(mutex_) = 0;
  bool opened_ GUARDED_BY(mutex_) = false;  // the durable sequence is known
  bool reading_ GUARDED_BY(mutex_) = false;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool half_closed_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
  Status failure_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::server
