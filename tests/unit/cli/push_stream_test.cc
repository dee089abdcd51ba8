// The stream of events against a server in this process that cuts it.
#include "cli/push_stream.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "base/mutex.h"

namespace cadastre::cli {
namespace {

using ingest::v1::PushRequest;
using ingest::v1::PushResponse;
using Stream = grpc::ServerReaderWriter<PushResponse, PushRequest>;

// Applies each event once by (stream id, sequence), as the contract says, and breaks off as it is told to.
class CuttingServer final : public ingest::v1::IngestService::Service {
 public:
  // Ends the stream after this many requests with this code, once for each entry.
  std::vector<std::pair<int, grpc::StatusCode>> cuts;
  // Events of this text are rejected.
  std::string rejected;
  // Applied, but not acknowledged before the cut.
  bool ack_before_cut = true;

  grpc::Status Push(grpc::ServerContext* context, Stream* stream) override {
    base::MutexLock lock(mutex_);
    ++streams_;
    if (context->client_metadata().find("authorization")->second != "Bearer secret") {
      return {grpc::StatusCode::UNAUTHENTICATED, "no token"};
    }
    const size_t cut = cut_next_ < cuts.size() ? cut_next_++ : cuts.size();
    int taken = 0;
    PushRequest request;
    while (stream->Read(&request)) {
      if (request.sequence() > durable_ + 1) return {grpc::StatusCode::INVALID_ARGUMENT, "sequence: a gap"};
      stream_id_ = request.stream_id();
      PushResponse answer;
      if (request.sequence() == durable_ + 1) Apply(request, answer);
      answer.set_sequence(request.sequence());
      const bool last = cut < cuts.size() && ++taken == cuts[cut].first;
      if (!last || ack_before_cut) stream->Write(answer);
      if (last) return {cuts[cut].second, "cut"};
    }
    return grpc::Status::OK;
  }

  std::vector<std::string> applied() {
    base::MutexLock lock(mutex_);
    return applied_;
  }
  int streams() {
    base::MutexLock lock(mutex_);
    return streams_;
  }

 private:
  void Apply(const PushRequest& request, PushResponse& answer) REQUIRES(mutex_) {
    ++durable_;
    if (request.openlineage() == rejected) {
      ingest::v1::Rejection* rejection = answer.add_rejections();
      rejection->set_sequence(request.sequence());
      rejection->set_field("job.name");
      return;
    }
    applied_.push_back(request.openlineage());
    (*answer.mutable_warnings())["missing_producer"] = 1;
    answer.set_revision("r" + std::to_string(durable_));
  }

  base::Mutex mutex_;
  std::vector<std::string> applied_ GUARDED_BY(mutex_);
  std::string stream_id_ GUARDED_BY(mutex_);
  int64_t durable_ GUARDED_BY(mutex_) = 0;
  int streams_ GUARDED_BY(mutex_) = 0;
  size_t cut_next_ GUARDED_BY(mutex_) = 0;
};

class PushStreamTest : public ::testing::Test {
 protected:
  void Start() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }

  static std::string Lines(int count) {
    std::string lines;
    for (int i = 1; i <= count; ++i) lines += "event " + std::to_string(i) + "\n";
    return lines;
  }

  absl::Status Push(int events, int attempts_max = 5, const std::string& token = "secret") {
    PushOptions options;
    options.stream_id = "s";
    options.token = token;
    options.attempts_max = attempts_max;
    options.pause = std::chrono::milliseconds(1);
    std::istringstream in(Lines(events));
    EventSource source(in);
    PushStream stream(server_->InProcessChannel({}), options);
    const absl::Status status = stream.Push(source, [](const PushTotals&) {});
    totals_ = stream.totals();
    return status;
  }

  void ExpectEachOnceInOrder(int events) {
    const std::vector<std::string> applied = service_.applied();
    ASSERT_EQ(applied.size(), static_cast<size_t>(events));
    for (int i = 1; i <= events; ++i) EXPECT_EQ(applied[static_cast<size_t>(i) - 1], "event " + std::to_string(i));
  }

  CuttingServer service_;
  std::unique_ptr<grpc::Server> server_;
  PushTotals totals_;
};

TEST_F(PushStreamTest, EveryEventIsAcknowledgedInOrder) {
  Start();
  ASSERT_TRUE(Push(1000).ok());
  ExpectEachOnceInOrder(1000);
  EXPECT_EQ(totals_.acknowledged, 1000);
  EXPECT_EQ(totals_.warnings.at("missing_producer"), 1000);
  EXPECT_EQ(totals_.revision, "r1000");
  EXPECT_EQ(totals_.resumed, 0);
}

TEST_F(PushStreamTest, NothingIsAStreamToo) {
  Start();
  EXPECT_TRUE(Push(0).ok());
  EXPECT_EQ(totals_.acknowledged, 0);
}

TEST_F(PushStreamTest, ACutStreamGoesOnWhereItWasAcknowledged) {
  service_.cuts = {
      {300, grpc::StatusCode::UNAVAILABLE}, {1, grpc::StatusCode::INTERNAL}, {500, grpc::StatusCode::UNAVAILABLE}};
  Start();
  ASSERT_TRUE(Push(1000).ok());
  ExpectEachOnceInOrder(1000);
  EXPECT_EQ(totals_.acknowledged, 1000);
  EXPECT_EQ(totals_.resumed, 3);
}

TEST_F(PushStreamTest, WhatWasAppliedWithoutAnAcknowledgementIsNotAppliedAgain) {
  service_.cuts = {{10, grpc::StatusCode::UNAVAILABLE}, {3, grpc::StatusCode::UNAVAILABLE}};
  service_.ack_before_cut = false;
  Start();
  ASSERT_TRUE(Push(50).ok());
  ExpectEachOnceInOrder(50);
}

TEST_F(PushStreamTest, RejectionsAreCountedOnceWithTheirEvent) {
  service_.rejected = "event 7";
  service_.cuts = {{9, grpc::StatusCode::UNAVAILABLE}};
  Start();
  ASSERT_TRUE(Push(20).ok());
  EXPECT_EQ(totals_.rejected, 1);
  EXPECT_EQ(totals_.accepted(), 19);
  ASSERT_EQ(totals_.refused.size(), 1u);
  EXPECT_EQ(totals_.refused[0].event, 7);
}

TEST_F(PushStreamTest, GivesUpWhenNothingMovesAnyMore) {
  service_.ack_before_cut = false;
  service_.cuts.assign(10, {1, grpc::StatusCode::UNAVAILABLE});
  Start();
  EXPECT_EQ(Push(5, 3).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(service_.streams(), 3);
}

TEST_F(PushStreamTest, DoesNotRepeatWhatCannotHeal) {
  Start();
  EXPECT_EQ(Push(5, 5, "wrong").code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(service_.streams(), 1);
}

}  // namespace
}  // namespace cadastre::cli
