#include "server/grpc/unary_call.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace cadastre::server {

using google::protobuf::Message;

UnaryCall::UnaryCall(const Method* method, const GrpcParts& parts, grpc::CallbackServerContext* context)
    : method_(method),
      front_(parts.front),
      context_(context),
      bytes_max_(login() ? kLoginBytesMax : parts.message_bytes_max),
      call_(CallOf(*context, method->operation)) {
  end_ = std::make_shared<RequestEnd>("grpc", method_->operation.name, call_.request_id);
  call_.trace = end_;
  context_->AddInitialMetadata("x-request-id", end_->request_id());
  // A login names its sender in its message.
  if (!login()) {
    const bool admitted = front_->AdmitCaller(call_, [this](const Status& refused) { Refuse(refused); });
    parts.known->LookAtCall(call_.sender);
    if (!admitted) return;
    known_ =
        parts.known->Enter(ConnectionOf(context_->peer()), call_.sender, [this](const Status& full) { GiveUp(full); });
  }
  const Status full = TakeShares(parts);
  if (full.ok()) {
    AwaitMessage();
  } else {
    known_.Strike();
    Refuse(TurnAway(full));
  }
}

void UnaryCall::OnDone() {
  // Before anything that GiveUp uses goes.
  known_.End();
  delete this;
}

Status UnaryCall::TurnAway(const Status& full) {
  (void)front_->TurnAway(call_);
  return full;
}

Status UnaryCall::TakeShares(const GrpcParts& parts) {
  const base::Sender sender = login() ? base::Sender::OfAddress(call_.peer) : call_.sender;
  ASSIGN_OR_RETURN(requests_, parts.budget->Take(Budget::Resource::kRequests, sender, 1));
  memory_ = parts.budget->Begin(Budget::Resource::kBytes, sender);
  if (!login()) return absl::OkStatus();
  // Of a login nobody knows who sends it, so what it may take until it is read is taken before; no more than several
  // may have at once where memory is set small.
  const size_t eighth = parts.budget->limit(Budget::Resource::kBytes) / 8;
  return memory_.Resize(std::min(parts.message_bytes_max, eighth));
}

void UnaryCall::AwaitMessage() {
  end_->Await();
  const std::chrono::seconds wait = login() ? kLoginWait : kMessageWait;
  alarm_.Set(std::chrono::system_clock::now() + wait, [this, wait, arrived = arrived_](bool waited) {
    if (!waited || arrived->exchange(true)) return;
    end_->Arrive();
    call_.shape = base::DeadlineExceeded("the message did not arrive within ", wait.count(), " s");
    Enqueue();
  });
  known_.BeginRead();
  StartRead(&request_);
}

void UnaryCall::GiveUp(const Status& full) {
  if (arrived_->exchange(true)) return;
  alarm_.Cancel();
  end_->Arrive();
  Refuse(TurnAway(full));
}

void UnaryCall::OnReadDone(bool ok) {
  known_.EndRead(ok ? request_.Length() : 0);
  // The end of a call that was refused for want of it.
  if (arrived_->exchange(true)) return;
  alarm_.Cancel();
  end_->Arrive();
  if (!ok) {
    // Nobody waits for an answer to what was cut or cancelled on its way, or was longer than a message may be.
    if (context_->IsCancelled()) {
      known_.Strike();
      return Refuse(base::Cancelled("the call ended before its message arrived"));
    }
    call_.shape = base::InvalidField("body", "one message");
  }
  if (const Status full = memory_.Resize(request_.Length()); !full.ok()) return Refuse(TurnAway(full));
  Enqueue();
}

void UnaryCall::Enqueue() {
  front_->Enqueue(
      call_, [this] { Serve(); }, [this](const Status& busy) { Refuse(busy); });
}

Status UnaryCall::Unpacked() {
  if (request_.Length() > bytes_max_) return base::InvalidField("body", base::Cat("at most ", bytes_max_, " bytes"));
  return Unpack(request_, bytes_max_, [this](size_t whole) { return memory_.Resize(request_.Length() + whole); });
}

void UnaryCall::Serve() {
  call_.on_executor = true;
  call_.hold = [this](size_t bytes) { return memory_.Grow(bytes); };
  std::unique_ptr<Message> message = method_->new_request();
  if (call_.shape.ok()) call_.shape = Unpacked();
  if (call_.shape.ok()) call_.shape = memory_.Resize(request_.Length());
  if (call_.shape.ok()) call_.shape = ParseMessage(request_, *message, call_.hold);
  if (!call_.shape.ok()) message = method_->new_request();
  method_->invoke(std::move(call_), *message, [this](const StatusOr<std::unique_ptr<Message>>& answer) {
    if (!answer.ok()) return Refuse(answer.status());
    Answer(**answer);
  });
}

void UnaryCall::Refuse(const Status& status) {
  end_->Tell(status.code());
  Finish(ToGrpc(status, end_->request_id()));
}

void UnaryCall::Answer(const Message& answer) {
  StatusOr<grpc::ByteBuffer> bytes = SerializeMessage(answer);
  if (!bytes.ok()) return Refuse(bytes.status());
  // What waits to be read is held as what came was, so that who never reads gets no more of them than of anything.
  request_.Clear();
  if (const Status full = memory_.Resize(bytes->Length()); !full.ok()) {
    known_.Strike();
    return Refuse(full);
  }
  response_ = *std::move(bytes);
  end_->Tell(absl::StatusCode::kOk);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
}

}  // namespace cadastre::server
