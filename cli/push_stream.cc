#include "cli/push_stream.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "base/status.h"

namespace cadastre::cli {
namespace {

using ingest::v1::PushRequest;
using ingest::v1::PushResponse;

constexpr size_t kWindowBytesMax = size_t{64} << 20;
constexpr std::chrono::milliseconds kPauseMax{5'000};

// What a completion queue gives back for each operation.
enum Tag : intptr_t { kStarted = 1, kRead = 2, kWritten = 3, kWritesEnded = 4, kFinished = 5 };

void* TagOf(Tag tag) { return reinterpret_cast<void*>(tag); }

// Whether the same events may well be taken a moment later.
bool MayHeal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown: return true;
    default: return false;
  }
}

}  // namespace

struct PushStream::Attempt {
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<PushRequest, PushResponse>> stream;
  PushRequest request;
  PushResponse response;
  // Of the window, how many were sent in this attempt.
  size_t sent = 0;
  bool writing = false;
  bool writes_ended = false;
  // Set once no answer comes any more.
  bool read_ended = false;
};

PushStream::PushStream(std::shared_ptr<grpc::Channel> channel, PushOptions options)
    : stub_(ingest::v1::IngestService::NewStub(channel)), options_(std::move(options)) {}

absl::Status PushStream::Push(EventSource& source, const PushProgress& progress) {
  std::chrono::milliseconds pause = options_.pause;
  for (int attempt = 1;; ++attempt) {
    const int64_t before = totals_.acknowledged;
    absl::Status status = Run(source, progress);
    const bool complete = source_ended_ && window_.empty();
    if (status.ok() && complete) return absl::OkStatus();
    if (status.ok()) status = base::Unavailable("the server ended the stream early");
    if (!MayHeal(status)) return status;
    if (totals_.acknowledged > before) {
      attempt = 0;
      pause = options_.pause;
    }
    if (attempt >= options_.attempts_max) {
      return base::Unavailable("given up after ", attempt, " attempts: ", base::MessageOf(status));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kPauseMax);
    ++totals_.resumed;
  }
}

// True where the window has an event that this attempt has not sent, or got one more from the source.
bool PushStream::Fill(EventSource& source) {
  if (source_ended_ || window_.size() >= base::kPushEventsInFlightMax || window_bytes_ >= kWindowBytesMax) return false;
  std::optional<std::string> event = source.Next();
  if (!event.has_value()) {
    source_ended_ = true;
    return false;
  }
  window_bytes_ += event->size();
  window_.push_back(*std::move(event));
  return true;
}

void PushStream::Write(Attempt& attempt, EventSource& source) {
  if (attempt.writing || attempt.writes_ended || attempt.read_ended) return;
  if (attempt.sent < window_.size() || Fill(source)) {
    attempt.request.set_stream_id(options_.stream_id);
    attempt.request.set_sequence(totals_.acknowledged + static_cast<int64_t>(attempt.sent) + 1);
    attempt.request.set_openlineage(window_[attempt.sent]);
    ++attempt.sent;
    attempt.writing = true;
    attempt.stream->Write(attempt.request, TagOf(kWritten));
  } else if (source_ended_) {
    attempt.writing = attempt.writes_ended = true;
    attempt.stream->WritesDone(TagOf(kWritesEnded));
  }
}

void PushStream::Take(Attempt& attempt) {
  const PushResponse& answer = attempt.response;
  for (const ingest::v1::Rejection& rejection : answer.rejections()) {
    if (rejection.sequence() <= totals_.acknowledged || !rejected_ahead_.insert(rejection.sequence()).second) continue;
    ++totals_.rejected;
    if (totals_.refused.size() < PushTotals::kRefusedKept) {
      totals_.refused.push_back({rejection.sequence(), rejection.field(), rejection.reason()});
    }
  }
  for (const auto& [cause, count] : answer.warnings()) totals_.warnings[cause] += count;
  totals_.out_of_scope += answer.out_of_scope();
  if (!answer.revision().empty()) totals_.revision = answer.revision();
  // Nothing that was not sent counts as acknowledged, whatever the answer says.
  while (totals_.acknowledged < answer.sequence() && attempt.sent > 0) {
    window_bytes_ -= window_.front().size();
    window_.pop_front();
    --attempt.sent;
    ++totals_.acknowledged;
  }
  rejected_ahead_.erase(rejected_ahead_.begin(), rejected_ahead_.upper_bound(totals_.acknowledged));
}

absl::Status PushStream::Run(EventSource& source, const PushProgress& progress) {
  Attempt attempt;
  if (!options_.token.empty()) attempt.context.AddMetadata("authorization", base::Cat("Bearer ", options_.token));
  attempt.stream = stub_->PrepareAsyncPush(&attempt.context, &attempt.queue);
  attempt.stream->StartCall(TagOf(kStarted));
  grpc::Status finished;
  void* tag = nullptr;
  bool ok = false;
  bool finishing = false;
  while (attempt.queue.Next(&tag, &ok)) {
    switch (static_cast<Tag>(reinterpret_cast<intptr_t>(tag))) {
      case kStarted:
        if (ok) attempt.stream->Read(&attempt.response, TagOf(kRead));
        attempt.read_ended = !ok;
        break;
      case kRead:
        if (ok) {
          Take(attempt);
          progress(totals_);
          attempt.stream->Read(&attempt.response, TagOf(kRead));
        }
        attempt.read_ended = !ok;
        break;
      case kWritten:
      case kWritesEnded: attempt.writing = false; break;
      case kFinished: attempt.queue.Shutdown(); continue;
    }
    Write(attempt, source);
    if (attempt.read_ended && !attempt.writing && !finishing) {
      finishing = true;
      attempt.stream->Finish(&finished, TagOf(kFinished));
    }
  }
  if (finished.ok()) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(finished.error_code()), finished.error_message()};
}

}  // namespace cadastre::cli
