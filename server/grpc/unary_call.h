// One unary call: who sends is known, and whether the operation is open to him, before a byte of the message is read.
//
// To gRPC it is a stream of one message each way, which on the wire is the same as a unary call, because a unary
// handler gets its message before anybody could look at the metadata. The message is parsed on the executor. The call
// and the bytes of its message, then of its answer until that is sent, count in the sender's share of the budget: the
// principal's, and of a login the address's. gRPC tells nothing of a message before all of it is there: until then what
// comes of it is held by its connection (KnownPeers), and the wait for it ends by time, after kMessageWait, of a login
// after kLoginWait, when the call is refused as DEADLINE_EXCEEDED.
// Made for each call, deletes itself when gRPC is done with it. Thread rule: safe.
#pragma once

#include <grpcpp/alarm.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "server/grpc/call.h"
#include "server/rpc/method_table.h"
#include "server/rpc/request_log.h"

namespace cadastre::server {

class UnaryCall final : public RawReactor {
 public:
  // 16 MiB at 280 KiB/s.
  static constexpr std::chrono::seconds kMessageWait{60};
  // Of whom nobody knows; a login is short.
  static constexpr std::chrono::seconds kLoginWait{10};
  static constexpr size_t kLoginBytesMax = 16 << 10;

  // The method outlives the server.
  UnaryCall(const Method* method, const GrpcParts& parts, grpc::CallbackServerContext* context);

  void OnReadDone(bool ok) override;
  void OnDone() override;

 private:
  // RESOURCE_EXHAUSTED where the sender has its share of calls, or of bytes not yet known.
  Status TakeShares(const GrpcParts& parts);
  // The same; counted for the record.
  Status TurnAway(const Status& full);
  // Unpacks what arrived, within the sender's share.
  Status Unpacked();
  bool login() const { return method_->operation.effect == authz::Effect::kLogin; }
  void AwaitMessage();
  // What came of messages that are not whole is more than their sender may have.
  void GiveUp(const Status& full);
  void Enqueue();
  void Serve();
  // Ends the call; nothing of it may be touched after.
  void Refuse(const Status& status);
  void Answer(const google::protobuf::Message& answer);

  const Method* method_;
  authz::Front* front_;
  grpc::CallbackServerContext* context_;
  const size_t bytes_max_;  // of the message, unpacked
  authz::Call call_;
  std::shared_ptr<RequestEnd> end_;
  KnownPeers::Call known_;
  Budget::Share requests_;
  Budget::Share memory_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  // Set by whichever comes first, the message or the end of the wait. The alarm's callback may outlive the call.
  const std::shared_ptr<std::atomic<bool>> arrived_ = std::make_shared<std::atomic<bool>>(false);
  grpc::Alarm alarm_;
};

}  // namespace cadastre::server
