// One push stream: events in, acknowledgements of the durable prefix out.
//
// Made per call, deletes itself when gRPC is done with it. Whether the sender may push is known before the first event
// is read. At most kInFlightMax events and kBytesInFlightMax bytes (one event more) are between reading and commit;
// beyond that it stops reading, and gRPC's flow control holds the client back. The same where the server is busy or the
// sender has his share of memory: what was refused is offered again until kPatience is over. Refused events are counted
// and recorded before the acknowledgement that tells of them, as one leaf for each outcome; and that they are behind
// the stream is on disk by then too, so that whoever goes on after them is taken up by a server that was killed. Thread
// rule: safe.
#pragma once

#include <grpcpp/alarm.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/mutex.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "server/grpc/call.h"
#include "server/rpc/method_table.h"
#include "server/rpc/request_log.h"
#include "server/services/ingest_service.h"

namespace cadastre::server {

class PushStream final : public RawReactor {
 public:
  static constexpr int kInFlightMax = 256;
  static constexpr size_t kBytesInFlightMax = 32 << 20;
  static_assert(kInFlightMax <= authz::WriteSession::kPushWindow);
  static constexpr std::chrono::seconds kPatience{30};

  // The method outlives the server.
  PushStream(const Method* method, const GrpcParts& parts, grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  // Unpacks the message read where there is room for it; if not, it is looked at again later, or the stream fails.
  bool MakeRoom() REQUIRES(mutex_);
  void Await(void (PushStream::*then)(), std::unique_ptr<grpc::Alarm>& alarm, std::chrono::milliseconds pause)
      REQUIRES(mutex_);
  void TryAgain() EXCLUDES(mutex_);
  void Accept() EXCLUDES(mutex_);
  Status UnpackMessage() REQUIRES(mutex_);
  Status TakeMessage() REQUIRES(mutex_);
  Status CheckOrder() REQUIRES(mutex_);
  using Json = std::shared_ptr<const std::string>;

  void Open(int64_t sequence, const Json& json) EXCLUDES(mutex_);
  void Begin(int64_t sequence, const Json& json) EXCLUDES(mutex_);
  void End(int64_t sequence, const Json& json, StatusOr<IngestOutcome> outcome) EXCLUDES(mutex_);
  // Whether a refusal may be another answer in a moment, and there is patience left to ask.
  bool IsWorthTrying(const Status& status) const REQUIRES(mutex_);
  // Whether a busy server's refusal was taken as such.
  bool HoldBack(int64_t sequence, Json json, const Status& status) REQUIRES(mutex_);
  void OfferAgain() EXCLUDES(mutex_);
  // An event that is between reading and commit no longer.
  void Leave(const Json& json) REQUIRES(mutex_);
  void Fail(const Status& status) REQUIRES(mutex_);
  void Acknowledge() REQUIRES(mutex_);
  // Writes the acknowledgement that is due, if any, once all refusals so far are recorded.
  void RecordThenWrite() REQUIRES(mutex_);
  void Record() EXCLUDES(mutex_);
  void Note() EXCLUDES(mutex_);
  void Write() REQUIRES(mutex_);
  // Reads on, writes, or finishes, whichever is due.
  void Advance() REQUIRES(mutex_);
  authz::Call NextCall() const;

  const Method* method_;
  authz::Front* front_;
  IngestService* service_;
  const size_t message_bytes_max_;
  grpc::CallbackServerContext* context_;
  std::optional<authz::Call> settle_;  // where the stream ended with all it read durable
  std::shared_ptr<RequestEnd> end_;    // one id for all events of the stream
  const std::shared_ptr<authz::RefusalTally> tally_ = std::make_shared<authz::RefusalTally>();  // of its events
  grpc::ByteBuffer read_bytes_;     // of the one read under way
  grpc::ByteBuffer written_bytes_;  // of the one write under way

  base::Mutex mutex_;
  ingest::v1::PushRequest request_ GUARDED_BY(mutex_);  // the last message read
  std::string stream_id_ GUARDED_BY(mutex_);
  Status shape_ GUARDED_BY(mutex_);         // of the first message
  int64_t read_ GUARDED_BY(mutex_) = 0;     // the last sequence taken
  int64_t durable_ GUARDED_BY(mutex_) = 0;  // all up to here are durable or rejected
  int64_t acknowledged_ GUARDED_BY(mutex_) = 0;
  std::set<int64_t> ended_ GUARDED_BY(mutex_);     // beyond durable_
  std::set<int64_t> rejected_ GUARDED_BY(mutex_);  // of which nothing on disk tells
  int64_t to_note_ GUARDED_BY(mutex_) = 0;         // what the acknowledgement under way tells beyond those; 0: nothing
  ingest::v1::PushResponse pending_ GUARDED_BY(mutex_);
  int in_flight_ GUARDED_BY(mutex_) = 0;
  size_t bytes_in_flight_ GUARDED_BY(mutex_) = 0;
  KnownPeers::Call known_;
  Budget::Share requests_ GUARDED_BY(mutex_);
  Budget::Share memory_ GUARDED_BY(mutex_);               // those bytes, in the sender's name
  std::map<int64_t, Json> held_back_ GUARDED_BY(mutex_);  // among those in flight
  // One a wait: an alarm is not set again while its callback runs.
  std::unique_ptr<grpc::Alarm> alarm_ GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Alarm> room_alarm_ GUARDED_BY(mutex_);
  std::unique_ptr<grpc::Alarm> record_alarm_ GUARDED_BY(mutex_);
  bool waiting_ GUARDED_BY(mutex_) = false;  // for the alarm
  std::chrono::steady_clock::time_point last_progress_ GUARDED_BY(mutex_) = std::chrono::steady_clock::now();
  bool admitted_ GUARDED_BY(mutex_) = false;  // the sender may push
  bool opened_ GUARDED_BY(mutex_) = false;    // the durable sequence is known
  bool reading_ GUARDED_BY(mutex_) = false;
  bool writing_ GUARDED_BY(mutex_) = false;  // or recording what comes before it
  bool half_closed_ GUARDED_BY(mutex_) = false;
  bool finished_ GUARDED_BY(mutex_) = false;
  Status failure_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::server
