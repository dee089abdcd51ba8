#include "authz/write/repeat_rows.h"

#include <gtest/gtest.h>

#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"
#include "tests/support/governed_world.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;
using Step = StatusOr<bool> (*)(const SystemView&, WriteSession&, std::string&, size_t);

class RepeatRowsTest : public testing::Test {
 protected:
  size_t Rows(Keyspace keyspace) {
    const std::string lower(1, static_cast<char>(keyspace));
    size_t rows = 0;
    for (const auto row = world_.engine().NewCursor(lower, base::PrefixEnd(lower)); row->Valid(); row->Next()) ++rows;
    return rows;
  }
  // Steps of `rows_max` until the end of the table; how many it took.
  int Forget(Step step, size_t rows_max = 1'000) {
    std::string cursor;
    for (int steps = 1;; ++steps) {
      SystemView view = world_.guard().OpenSystem(SystemReason::kRetention);
      WriteSession session = world_.guard().BeginUpkeep();
      const StatusOr<bool> done = step(view, session, cursor, rows_max);
      EXPECT_TRUE(done.ok()) << done.status();
      EXPECT_TRUE(world_.guard().CommitUpkeep(std::move(session)).ok());
      if (!done.ok() || *done) return steps;
    }
  }
  void WriteOnce(const std::string& key) {
    Call call = GovernedWorld::WriteCall(world_.admin());
    call.idempotency_key = key;
    call.request_digest = RequestDigest(key);
    EXPECT_TRUE(world_.Write(call, [](WriteSession&) { return absl::OkStatus(); }).ok());
  }
  void Push(const std::string& stream, uint64_t sequence) {
    world_.Put([&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(const bool fresh, session.NotePushed(stream, sequence, sequence - 1));
      EXPECT_TRUE(fresh);
      return absl::OkStatus();
    });
  }
  uint64_t Pushed(const std::string& stream) {
    uint64_t sequence = 0;
    world_.Put([&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(sequence, session.PushedSequence(stream));
      return absl::OkStatus();
    });
    return sequence;
  }
  GovernedWorld world_;
};

TEST_F(RepeatRowsTest, KeysNobodyMayRepeatAnyMoreGo) {
  for (int i = 0; i < 5; ++i) WriteOnce("old-" + std::to_string(i));
  world_.clock().Advance(std::chrono::hours(23));
  WriteOnce("new");
  EXPECT_EQ(Forget(&ForgetOnce), 1);
  EXPECT_EQ(Rows(Keyspace::kOnce), 6u);
  world_.clock().Advance(std::chrono::hours(1));
  EXPECT_EQ(Forget(&ForgetOnce, 2), 3) << "two rows a step";
  EXPECT_EQ(Rows(Keyspace::kOnce), 1u);
}

TEST_F(RepeatRowsTest, AStreamNobodyGoesOnWithGoesWhole) {
  for (uint64_t i = 1; i <= 5; ++i) Push("abandoned", i);
  for (uint64_t i = 1; i <= 3; ++i) Push("finished", i);
  world_.Put([](WriteSession& session) { return session.SettlePushed("finished", 3, true); });
  Push("alive", 1);
  world_.clock().Advance(std::chrono::hours(24 * 6));
  Push("alive", 2);
  Forget(&ForgetStreams);
  EXPECT_EQ(Rows(Keyspace::kPush), 5u + 1u + 2u);
  world_.clock().Advance(std::chrono::hours(25));
  EXPECT_GT(Forget(&ForgetStreams, 1), 1);
  EXPECT_EQ(Rows(Keyspace::kPush), 2u) << "one of its rows is young, so all stay";
  EXPECT_EQ(Pushed("alive"), 2u);
  EXPECT_EQ(Pushed("abandoned"), 0u);
}

TEST_F(RepeatRowsTest, WhatIsUsedAgainMeanwhileStays) {
  Push("stream", 1);
  world_.clock().Advance(std::chrono::hours(24 * 8));
  std::string cursor;
  SystemView view = world_.guard().OpenSystem(SystemReason::kRetention);
  WriteSession session = world_.guard().BeginUpkeep();
  ASSERT_TRUE(*ForgetStreams(view, session, cursor, 100));
  // The same slot of the ring.
  Push("stream", 1 + 2 * WriteSession::kPushWindow);
  EXPECT_TRUE(absl::IsAborted(world_.guard().CommitUpkeep(std::move(session))));
  EXPECT_EQ(Rows(Keyspace::kPush), 1u);
}

}  // namespace
}  // namespace cadastre::authz
