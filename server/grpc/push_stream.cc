#include "server/grpc/push_stream.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/status.h"

namespace cadastre::server {
namespace {

// Far from where adding to it would overflow.
constexpr int64_t kSequenceMax = int64_t{1} << 62;
constexpr size_t kStreamIdBytesMax = 128;
constexpr int kRejectionsMax = 256;
// Before what a busy server refused is offered again.
constexpr std::chrono::milliseconds kPause{50};

}  // namespace

PushStream::PushStream(const Method* method, const GrpcParts& parts, grpc::CallbackServerContext* context)
    : method_(method),
      front_(parts.front),
      service_(parts.services->ingest),
      message_bytes_max_(parts.message_bytes_max),
      context_(context) {
  authz::Call call = CallOf(*context_, method_->operation);
  end_ = std::make_shared<RequestEnd>("grpc", method_->operation.name, call.request_id, /*lasting=*/true);
  context_->AddInitialMetadata("x-request-id", end_->request_id());
  call.trace = end_;
  const bool admitted = parts.front->AdmitCaller(call, [this](const Status& refused) {
    base::MutexLock lock(mutex_);
    Fail(refused);
    Advance();
  });
  parts.known->LookAtCall(call.sender);
  if (!admitted) return;
  known_ = parts.known->Enter(ConnectionOf(context_->peer()), call.sender, [this](const Status& full) {
    base::MutexLock lock(mutex_);
    Fail(full);
    Advance();
  });
  const base::Sender sender = call.sender;
  StatusOr<Budget::Share> requests = parts.budget->Take(Budget::Resource::kRequests, sender, 1);
  if (!requests.ok()) known_.Strike();
  base::MutexLock lock(mutex_);
  memory_ = parts.budget->Begin(Budget::Resource::kBytes, sender);
  if (requests.ok()) {
    requests_ = *std::move(requests);
  } else {
    Fail(requests.status());
  }
  admitted_ = true;
  Advance();
}

authz::Call PushStream::NextCall() const {
  authz::Call call = CallOf(*context_, method_->operation);
  call.offered_again = true;
  call.request_id = end_->request_id();
  call.trace = end_;
  return call;
}

Status PushStream::UnpackMessage() {
  return Unpack(read_bytes_, message_bytes_max_, [this](size_t whole) REQUIRES(mutex_) {
    return memory_.Resize(bytes_in_flight_ + read_bytes_.Length() + whole);
  });
}

Status PushStream::TakeMessage() {
  Status bad = UnpackMessage();
  if (bad.ok()) bad = ParseMessage(read_bytes_, request_);
  if (!bad.ok()) {
    request_.Clear();
    return bad;
  }
  return CheckOrder();
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
  {
    base::MutexLock lock(mutex_);
    known_.EndRead(ok ? read_bytes_.Length() : 0);
    if (!ok) {
      reading_ = false;
      half_closed_ = true;
      return Advance();
    }
    // Counts as one in flight while it waits, so that the stream stands.
    ++in_flight_;
    if (!MakeRoom()) return;
  }
  Accept();
}

bool PushStream::MakeRoom() {
  Status room = memory_.Resize(bytes_in_flight_ + read_bytes_.Length());
  if (room.ok()) room = UnpackMessage();
  // What does not unpack at all is told of like any message that is none.
  if (!absl::IsResourceExhausted(room)) return true;
  if (IsWorthTrying(room)) {
    Await(&PushStream::TryAgain, room_alarm_, kPause);
    return false;
  }
  reading_ = false;
  --in_flight_;
  Fail(room);
  Advance();
  return false;
}

void PushStream::Await(void (PushStream::*then)(), std::unique_ptr<grpc::Alarm>& alarm,
                       std::chrono::milliseconds pause) {
  alarm = std::make_unique<grpc::Alarm>();
  alarm->Set(std::chrono::system_clock::now() + pause, [this, then](bool) { (this->*then)(); });
}

void PushStream::TryAgain() {
  {
    base::MutexLock lock(mutex_);
    if (!MakeRoom()) return;
  }
  Accept();
}

void PushStream::Accept() {
  int64_t sequence = 0;
  bool first = false;
  Json json;
  {
    base::MutexLock lock(mutex_);
    reading_ = false;
    const Status shape = TakeMessage();
    // What is wrong with the first message is recorded with the stream.
    if (stream_id_.empty()) {
      shape_ = shape;
    } else if (!shape.ok()) {
      Fail(shape);
    }
    if (!failure_.ok()) {
      --in_flight_;
      return Advance();
    }
    first = stream_id_.empty();
    stream_id_ = request_.stream_id();
    read_ = sequence = request_.sequence();
    json = std::make_shared<const std::string>(std::move(*request_.mutable_openlineage()));
    request_.Clear();
    bytes_in_flight_ += json->size();
    (void)memory_.Resize(bytes_in_flight_);
    Advance();
  }
  // Outside the lock: a refusal may call back at once.
  if (first) return Open(sequence, json);
  Begin(sequence, json);
}

// Nothing is applied before it is known what a stream cut earlier has made durable.
void PushStream::Open(int64_t sequence, const Json& json) {
  authz::Call call = NextCall();
  std::string stream_id;
  {
    base::MutexLock lock(mutex_);
    stream_id = stream_id_;
    call.shape = shape_;
  }
  service_->FindDurable(std::move(call), std::move(stream_id), [this, sequence, json](StatusOr<int64_t> durable) {
    {
      base::MutexLock lock(mutex_);
      if (!durable.ok() && HoldBack(sequence, json, durable.status())) return;
      opened_ = true;
      if (!durable.ok()) {
        Leave(json);
        Fail(durable.status());
        return Advance();
      }
      // An acknowledgement says of all up to it that they are durable or rejected: what was never sent is neither.
      if (sequence > *durable + 1) {
        Leave(json);
        Fail(
            base::InvalidField("sequence", base::Cat("at most ", *durable + 1, ", because the stream is durable up to ",
                                                     *durable, "; a new stream_id begins at 1")));
        return Advance();
      }
      durable_ = *durable;
      Advance();
    }
    Begin(sequence, json);
  });
}

void PushStream::Begin(int64_t sequence, const Json& json) {
  StreamPlace place;
  {
    base::MutexLock lock(mutex_);
    if (sequence <= durable_) {
      Leave(json);
      Acknowledge();
      return Advance();
    }
    place = {stream_id_, sequence, durable_};
  }
  authz::Call call = NextCall();
  call.tally = tally_;
  service_->Ingest(std::move(call), json, std::move(place), [this, sequence, json](StatusOr<IngestOutcome> outcome) {
    End(sequence, json, std::move(outcome));
  });
}

bool PushStream::IsWorthTrying(const Status& status) const {
  const bool busy = absl::IsResourceExhausted(status) || absl::IsUnavailable(status) || absl::IsAborted(status);
  return busy && failure_.ok() && std::chrono::steady_clock::now() <= last_progress_ + kPatience;
}

bool PushStream::HoldBack(int64_t sequence, Json json, const Status& status) {
  if (!IsWorthTrying(status)) return false;
  held_back_.emplace(sequence, std::move(json));
  if (!waiting_) {
    waiting_ = true;
    Await(&PushStream::OfferAgain, alarm_, kPause);
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
  for (const auto& [sequence, json] : offered) {
    opened ? Begin(sequence, json) : Open(sequence, json);
  }
}

void PushStream::End(int64_t sequence, const Json& json, StatusOr<IngestOutcome> outcome) {
  base::MutexLock lock(mutex_);
  if (!outcome.ok() && HoldBack(sequence, json, outcome.status())) return;
  Leave(json);
  last_progress_ = std::chrono::steady_clock::now();
  if (outcome.ok()) {
    for (const auto& [cause, count] : outcome->warnings) (*pending_.mutable_warnings())[cause] += count;
    for (openlineage::Warning& place : outcome->places) {
      if (pending_.warning_places_size() >= static_cast<int>(IngestOutcome::kPlacesMax)) break;
      ingest::v1::Warning* warning = pending_.add_warning_places();
      warning->set_sequence(sequence);
      warning->set_cause(std::move(place.cause));
      warning->set_field(std::move(place.field));
    }
    pending_.set_out_of_scope(pending_.out_of_scope() + outcome->out_of_scope);
    pending_.set_revision(outcome->revision);
  } else if (absl::IsInvalidArgument(outcome.status()) ||
             (absl::IsPermissionDenied(outcome.status()) && base::FieldOf(outcome.status()))) {
    ingest::v1::Rejection* rejection = pending_.add_rejections();
    rejection->set_sequence(sequence);
    rejected_.insert(sequence);
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

void PushStream::Leave(const Json& json) {
  --in_flight_;
  bytes_in_flight_ -= json->size();
  // A message that waits for room is counted when it gets it.
  (void)memory_.Resize(bytes_in_flight_);
}

void PushStream::Fail(const Status& status) {
  if (failure_.ok()) failure_ = status;
}

void PushStream::Acknowledge() {
  const int64_t reached = std::min(durable_, read_);
  if (writing_ || finished_ || reached <= acknowledged_) return;
  acknowledged_ = reached;
  pending_.set_sequence(reached);
  StatusOr<grpc::ByteBuffer> bytes = SerializeMessage(pending_);
  pending_.Clear();
  if (!bytes.ok()) return Fail(bytes.status());
  written_bytes_ = *std::move(bytes);
  const auto told = rejected_.upper_bound(reached);
  to_note_ = told == rejected_.begin() ? 0 : reached;
  rejected_.erase(rejected_.begin(), told);
  RecordThenWrite();
}

void PushStream::RecordThenWrite() {
  writing_ = true;
  if (tally_->empty() && to_note_ == 0) return Write();
  // Not under the lock, because the front may call back at once.
  Await(&PushStream::Record, record_alarm_, std::chrono::milliseconds(0));
}

void PushStream::Record() {
  authz::Call call = NextCall();
  call.tally = tally_;
  front_->RecordRefusals(call, [this](const Status& recorded) {
    base::MutexLock lock(mutex_);
    if (recorded.ok() && to_note_ == 0) return Write();
    if (recorded.ok()) return Await(&PushStream::Note, record_alarm_, std::chrono::milliseconds(0));
    writing_ = false;
    failure_ = recorded;
    Advance();
  });
}

void PushStream::Note() {
  std::string stream_id;
  int64_t durable = 0;
  {
    base::MutexLock lock(mutex_);
    stream_id = stream_id_;
    durable = to_note_;
  }
  service_->NoteDurable(NextCall(), std::move(stream_id), durable, [this](const StatusOr<bool>& noted) {
    base::MutexLock lock(mutex_);
    if (IsWorthTrying(noted.status())) return Await(&PushStream::Note, record_alarm_, kPause);
    to_note_ = 0;
    if (noted.ok()) return Write();
    writing_ = false;
    failure_ = noted.status();
    Advance();
  });
}

void PushStream::Write() {
  if (written_bytes_.Length() > 0) return StartWrite(&written_bytes_);
  writing_ = false;
  Advance();
}

void PushStream::OnDone() {
  known_.End();
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
  written_bytes_.Clear();
  if (!ok) half_closed_ = true;
  if (ok) Acknowledge();
  Advance();
}

void PushStream::Advance() {
  if (finished_) return;
  const bool more = failure_.ok() && !half_closed_;
  // Counted from what is durable: one slow event must not let the others run away from it.
  // Each may be rejected, and an acknowledgement tells of so many.
  const bool told = pending_.rejections_size() + in_flight_ < kRejectionsMax;
  const bool room =
      told && read_ < durable_ + kInFlightMax && bytes_in_flight_ < kBytesInFlightMax && held_back_.empty();
  const bool ready = opened_ ? room : admitted_ && in_flight_ == 0;
  if (more && !reading_ && ready) {
    reading_ = true;
    known_.BeginRead();
    StartRead(&read_bytes_);
  }
  // A read under way ends by itself once the stream is finished.
  if (more || writing_ || in_flight_ > 0) return;
  if (!tally_->empty()) return RecordThenWrite();
  finished_ = true;
  if (failure_.ok() && opened_ && durable_ >= read_) settle_ = NextCall();
  end_->Tell(failure_.code());
  Finish(ToGrpc(failure_, end_->request_id()));
}

}  // namespace cadastre::server
