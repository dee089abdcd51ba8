#include "server/grpc/push_stream.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/status.h"
#include "server/grpc/doors.h"
#include "server/grpc/unary.h"

namespace cadastre::server {
namespace {

// Far from where adding to it would overflow.
constexpr int64_t kSequenceMax = int64_t{1} << 62;
constexpr std::string_view kOperation = "cadastre.ingest.v1.IngestService/Push";
constexpr size_t kStreamIdBytesMax = 128;
constexpr int kRejectionsMax = 256;
// Before what a busy server refused is offered again.
constexpr std::chrono::milliseconds kPause{50};

class IngestDoor final : public ingest::v1::IngestService::CallbackService {
 public:
  explicit IngestDoor(const Services& services) : services_(services) {}

  grpc::ServerBidiReactor<ingest::v1::PushRequest, ingest::v1::PushResponse>* Push(
      grpc::CallbackServerContext* context) override {
    return new PushStream(services_.ingest, context);
  }

 private:
  const Services services_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeIngestDoor(const Services& services) {
  return std::make_unique<IngestDoor>(services);
}

PushStream::PushStream(IngestService* service, grpc::CallbackServerContext* context)
    : service_(service), context_(context) {
  const authz::Call call = CallOf(*context_, kOperation);
  end_ = std::make_shared<RequestEnd>("grpc", call.operation->name, call.request_id, /*lasting=*/true);
  context_->AddInitialMetadata("x-request-id", end_->request_id());
  base::MutexLock lock(mutex_);
  Advance();
}

authz::Call PushStream::NextCall() const {
  authz::Call call = CallOf(*context_, kOperation);
  call.offered_again = true;
  call.request_id = end_->request_id();
  call.trace = end_;
  return call;
}

Status PushStream::CheckOrder() {
  const std::string& id = request_.stream_id();
  if (id.empty() || id.size() > kStreamIdBytesMax || id.find('\0') != std::string::npos) {
    return base::InvalidField("stream_id", "1 to 128 bytes without U+0000");
  }
  if (!stream_id_.empty() && id != stream_id_) return base::InvalidField("stream_id", "the same on every message");
  if (request_.sequence() < 1 || request_.sequence() > kSequenceMax) {
    return base::InvalidField("sequence", "1, 2, 3, … up to 2^62");
  }
  if (!stream_id_.empty() && request_.sequence() != read_ + 1) {
    return base::InvalidField("sequence", base::Cat(read_ + 1, " after ", read_));
  }
  if (request_.event_case() != ingest::v1::PushRequest::kOpenlineage) {
    return base::InvalidField("event", "openlineage");
  }
  return absl::OkStatus();
}

void PushStream::OnReadDone(bool ok) {
  int64_t sequence = 0;
  bool first = false;
  Json json;
  {
    base::MutexLock lock(mutex_);
    reading_ = false;
    half_closed_ = half_closed_ || !ok;
    if (ok) {
      const Status shape = CheckOrder();
      // Of the first message the sender is not known yet, and comes first.
      if (stream_id_.empty()) {
        shape_ = shape;
      } else if (!shape.ok()) {
        Fail(shape);
      }
    }
    if (half_closed_ || !failure_.ok()) return Advance();
    first = stream_id_.empty();
    stream_id_ = request_.stream_id();
    read_ = sequence = request_.sequence();
    json = std::make_shared<const std::string>(std::move(*request_.mutable_openlineage()));
    ++in_flight_;
    Advance();
  }
  // Outside the lock: a refusal may call back at once.
  if (first) return Open(sequence, std::move(json));
  Begin(sequence, std::move(json));
}

// Nothing is applied before it is known what a stream cut earlier has made durable.
void PushStream::Open(int64_t sequence, Json json) {
  authz::Call call = NextCall();
  {
    base::MutexLock lock(mutex_);
    call.shape = shape_;
  }
  service_->FindDurable(std::move(call), request_.stream_id(), [this, sequence, json](StatusOr<int64_t> durable) {
    {
      base::MutexLock lock(mutex_);
      if (!durable.ok() && HoldBack(sequence, json, durable.status())) return;
      opened_ = true;
      if (!durable.ok()) {
        --in_flight_;
        Fail(durable.status());
        return Advance();
      }
      durable_ = std::max(*durable, sequence - 1);
      Advance();
    }
    Begin(sequence, json);
  });
}

void PushStream::Begin(int64_t sequence, Json json) {
  StreamPlace place;
  {
    base::MutexLock lock(mutex_);
    if (sequence <= durable_) {
      --in_flight_;
      Acknowledge();
      return Advance();
    }
    place = {stream_id_, sequence, durable_};
  }
  service_->Ingest(NextCall(), json, std::move(place), [this, sequence, json](StatusOr<IngestOutcome> outcome) {
    End(sequence, json, std::move(outcome));
  });
}

bool PushStream::HoldBack(int64_t sequence, Json json, const Status& status) {
  const bool busy = absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
  const auto now = std::chrono::steady_clock::now();
  if (!busy || !failure_.ok() || now > last_progress_ + kPatience) return false;
  held_back_.emplace(sequence, std::move(json));
  if (!waiting_) {
    waiting_ = true;
    alarm_ = std::make_unique<grpc::Alarm>();
    alarm_->Set(std::chrono::system_clock::now() + kPause, [this](bool) { OfferAgain(); });
  }
  return true;
}

void PushStream::OfferAgain() {
  std::map<int64_t, Json> offered;
  bool opened = false;
  {
    base::MutexLock lock(mutex_);
    waiting_ = false;
    opened = opened_;
    offered.swap(held_back_);
  }
  // Each is in flight, so the stream stands until the last one is begun.
  for (auto& [sequence, json] : offered) {
    opened ? Begin(sequence, std::move(json)) : Open(sequence, std::move(json));
  }
}

void PushStream::End(int64_t sequence, Json json, StatusOr<IngestOutcome> outcome) {
  base::MutexLock lock(mutex_);
  if (!outcome.ok() && HoldBack(sequence, std::move(json), outcome.status())) return;
  --in_flight_;
  last_progress_ = std::chrono::steady_clock::now();
  if (outcome.ok()) {
    for (const auto& [cause, count] : outcome->warnings) (*pending_.mutable_warnings())[cause] += count;
    pending_.set_out_of_scope(pending_.out_of_scope() + outcome->out_of_scope);
    pending_.set_revision(outcome->revision);
  } else if (absl::IsInvalidArgument(outcome.status()) && pending_.rejections_size() < kRejectionsMax) {
    ingest::v1::Rejection* rejection = pending_.add_rejections();
    rejection->set_sequence(sequence);
    rejection->set_field(base::FieldOf(outcome.status()).value_or(""));
    rejection->set_reason(std::string(base::MessageOf(outcome.status())));
  } else {
    Fail(outcome.status());
    return Advance();
  }
  ended_.insert(sequence);
  while (!ended_.empty() && *ended_.begin() == durable_ + 1) {
    ended_.erase(ended_.begin());
    ++durable_;
  }
  Acknowledge();
  Advance();
}

void PushStream::Fail(const Status& status) {
  if (failure_.ok()) failure_ = status;
}

void PushStream::Acknowledge() {
  const int64_t reached = std::min(durable_, read_);
  if (writing_ || finished_ || reached <= acknowledged_) return;
  acknowledged_ = reached;
  pending_.set_sequence(reached);
  response_ = std::move(pending_);
  pending_.Clear();
  writing_ = true;
  StartWrite(&response_);
}

void PushStream::OnDone() {
  // The stream is over: nobody else holds its lock, but the analysis of locks wants it.
  {
    base::MutexLock lock(mutex_);
    if (settle_) service_->Settle(*std::move(settle_), stream_id_, durable_);
  }
  delete this;
}

void PushStream::OnWriteDone(bool ok) {
  base::MutexLock lock(mutex_);
  writing_ = false;
  if (!ok) half_closed_ = true;
  if (ok) Acknowledge();
  Advance();
}

void PushStream::Advance() {
  if (finished_) return;
  const bool more = failure_.ok() && !half_closed_;
  // Counted from what is durable: one slow event must not let the others run away from it.
  const bool ready = opened_ ? read_ < durable_ + kInFlightMax && held_back_.empty() : in_flight_ == 0;
  if (more && !reading_ && ready) {
    reading_ = true;
    StartRead(&request_);
  }
  // A read under way ends by itself once the stream is finished.
  if (more || writing_ || in_flight_ > 0) return;
  finished_ = true;
  if (failure_.ok() && opened_ && durable_ >= read_) settle_ = NextCall();
  end_->Tell(failure_.code());
  Finish(ToGrpc(failure_, end_->request_id()));
}

}  // namespace cadastre::server
