#include "bench/grpc_client.h"

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/mutex.h"
#include "base/status.h"
#include "bench/clock.h"
#include "cadastre/ingest/v1/ingest.grpc.pb.h"

namespace cadastre::bench {
namespace {

constexpr size_t kBegunAtOnce = 16;

using GenericStub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

// Counts what still runs and lets one thread wait for the end.
class Outstanding {
 public:
  void Add() {
    base::MutexLock lock(mutex_);
    ++count_;
  }
  void Remove() {
    base::MutexLock lock(mutex_);
    if (--count_ == 0) empty_.NotifyAll();
  }
  void Wait() {
    base::MutexLock lock(mutex_);
    while (count_ > 0) empty_.Wait(mutex_);
  }

 private:
  base::Mutex mutex_;
  base::CondVar empty_;
  int count_ GUARDED_BY(mutex_) = 0;
};

class FirstFailure {
 public:
  void Note(const grpc::Status& status) {
    base::MutexLock lock(mutex_);
    if (failed_++ == 0) text_ = base::Cat(static_cast<int>(status.error_code()), " ", status.error_message());
  }
  void MoveTo(LoadFigures& figures) {
    base::MutexLock lock(mutex_);
    figures.failed = failed_;
    figures.first_failure = text_;
  }

 private:
  base::Mutex mutex_;
  uint64_t failed_ GUARDED_BY(mutex_) = 0;
  std::string text_ GUARDED_BY(mutex_);
};

class UnaryRun {
 public:
  UnaryRun(const Channels& channels, const UnaryLoad& load) : load_(load) {
    for (const auto& channel : channels) stubs_.push_back(std::make_unique<GenericStub>(channel));
    for (const std::string& request : load.requests) {
      const grpc::Slice slice(request);
      requests_.emplace_back(&slice, 1);
    }
  }

  LoadFigures Run() {
    start_ = Steady::now();
    for (size_t i = 0; i < load_.in_flight; ++i) {
      calls_.push_back(std::make_unique<Call>());
      calls_.back()->stub = stubs_[i % stubs_.size()].get();
    }
    for (auto& call : calls_) {
      running_.Add();
      Begin(call.get());
    }
    running_.Wait();
    LoadFigures figures;
    figures.done = done_;
    figures.per_second = static_cast<double>(done_) / SecondsSince(start_);
    figures.answer_bytes = done_ == 0 ? 0 : static_cast<double>(bytes_) / static_cast<double>(done_);
    failure_.MoveTo(figures);
    return figures;
  }

 private:
  struct Call {
    GenericStub* stub = nullptr;
    std::unique_ptr<grpc::ClientContext> context;
    grpc::ByteBuffer answer;
  };

  void Begin(Call* call) {
    call->context = ContextOf(load_.bearer);
    call->answer.Clear();
    const uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
    call->stub->UnaryCall(call->context.get(), load_.method, {}, &requests_[number % requests_.size()], &call->answer,
                          [this, call](const grpc::Status& status) { End(call, status); });
  }
  void End(Call* call, const grpc::Status& status) {
    if (!status.ok()) {
      failure_.Note(status);
      return running_.Remove();
    }
    done_.fetch_add(1, std::memory_order_relaxed);
    bytes_.fetch_add(call->answer.Length(), std::memory_order_relaxed);
    if (SecondsSince(start_) >= load_.seconds) return running_.Remove();
    Begin(call);
  }

  const UnaryLoad& load_;
  std::vector<std::unique_ptr<GenericStub>> stubs_;
  std::vector<grpc::ByteBuffer> requests_;
  std::vector<std::unique_ptr<Call>> calls_;
  Steady::time_point start_;
  std::atomic<uint64_t> next_{0};
  std::atomic<uint64_t> done_{0};
  std::atomic<uint64_t> bytes_{0};
  Outstanding running_;
  FirstFailure failure_;
};

class PushCall final : public grpc::ClientBidiReactor<ingest::v1::PushRequest, ingest::v1::PushResponse> {
 public:
  PushCall(const std::shared_ptr<grpc::Channel>& channel, const PushLoad* load, const std::string& stream,
           FirstFailure* failure, Outstanding* running)
      : load_(load), failure_(failure), running_(running), context_(ContextOf(load->bearer, 36'000)) {
    running_->Add();
    request_.set_stream_id(stream);
    stub_ = ingest::v1::IngestService::NewStub(channel);
    stub_->async()->Push(context_.get(), this);
    StartRead(&response_);
    {
      base::MutexLock lock(mutex_);
      Advance();
    }
    StartCall();
  }

  uint64_t acknowledged() {
    base::MutexLock lock(mutex_);
    return static_cast<uint64_t>(acknowledged_);
  }

  // Until its first event is acknowledged, or it failed.
  void AwaitFirst() {
    base::MutexLock lock(mutex_);
    while (acknowledged_ == 0 && !done_) changed_.Wait(mutex_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    {
      base::MutexLock lock(mutex_);
      acknowledged_ = response_.sequence();
      changed_.NotifyAll();
      for (const ingest::v1::Rejection& rejection : response_.rejections()) {
        failure_->Note(
            grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, base::Cat(rejection.field(), ": ", rejection.reason())));
      }
      Advance();
    }
    StartRead(&response_);
  }
  void OnWriteDone(bool ok) override {
    base::MutexLock lock(mutex_);
    writing_ = false;
    if (ok) Advance();
  }
  void OnDone(const grpc::Status& status) override {
    if (!status.ok()) failure_->Note(status);
    {
      base::MutexLock lock(mutex_);
      done_ = true;
      changed_.NotifyAll();
    }
    running_->Remove();
  }

 private:
  void Advance() REQUIRES(mutex_) {
    if (writing_ || closed_ || sent_ - acknowledged_ >= load_->in_flight) return;
    if (sent_ == 1 && acknowledged_ == 0) return;
    std::string event;
    if (!load_->next(&event)) {
      closed_ = true;
      return StartWritesDone();
    }
    request_.set_sequence(++sent_);
    request_.set_openlineage(std::move(event));
    writing_ = true;
    StartWrite(&request_);
  }

  const PushLoad* load_;
  FirstFailure* failure_;
  Outstanding* running_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<ingest::v1::IngestService::Stub> stub_;
  ingest::v1::PushRequest request_;
  ingest::v1::PushResponse response_;
  base::Mutex mutex_;
  int64_t sent_ GUARDED_BY(mutex_) = 0;
  int64_t acknowledged_ GUARDED_BY(mutex_) = 0;
  bool writing_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
  bool done_ GUARDED_BY(mutex_) = false;
  base::CondVar changed_;
};

}  // namespace

Channels Connect(const std::string& address, size_t connections) {
  Channels channels;
  for (size_t i = 0; i < connections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(256 << 20);
    channels.push_back(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
  return channels;
}

std::unique_ptr<grpc::ClientContext> ContextOf(const std::string& bearer, double deadline_seconds) {
  auto context = std::make_unique<grpc::ClientContext>();
  if (!bearer.empty()) context->AddMetadata("authorization", "Bearer " + bearer);
  context->set_deadline(std::chrono::system_clock::now() +
                        std::chrono::milliseconds(static_cast<int64_t>(deadline_seconds * 1e3)));
  return context;
}

Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return base::Unavailable("gRPC code ", static_cast<int>(status.error_code()), ": ", status.error_message());
}

LoadFigures RunUnary(const Channels& channels, const UnaryLoad& load) { return UnaryRun(channels, load).Run(); }

LoadFigures RunPush(const Channels& channels, const PushLoad& load) {
  FirstFailure failure;
  Outstanding running;
  std::vector<std::unique_ptr<PushCall>> calls;
  const auto start = Steady::now();
  for (size_t i = 0; i < channels.size(); ++i) {
    calls.push_back(
        std::make_unique<PushCall>(channels[i], &load, base::Cat(load.stream_prefix, "-", i), &failure, &running));
    // A connection on which nobody known calls yet sends 64 KiB of its first event, and one address 2 MiB of those.
    if (calls.size() % kBegunAtOnce != 0 && i + 1 < channels.size()) continue;
    for (size_t one = calls.size() - std::min(calls.size(), kBegunAtOnce); one < calls.size(); ++one) {
      calls[one]->AwaitFirst();
    }
  }
  running.Wait();
  const double seconds = SecondsSince(start);
  LoadFigures figures;
  for (const auto& call : calls) figures.done += call->acknowledged();
  figures.per_second = static_cast<double>(figures.done) / seconds;
  failure.MoveTo(figures);
  return figures;
}

}  // namespace cadastre::bench
