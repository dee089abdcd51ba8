#include "storage/large_commit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "storage/reader.h"
#include "storage/row_key.h"
#include "tests/unit/storage/test_engines.h"
#include "tests/unit/storage/test_store.h"

namespace cadastre::storage {
namespace {

constexpr size_t kLargeRows = 20;

Committer::Options InPartsOfFour() {
  Committer::Options options;
  options.group_rows_max = 10;
  options.part_rows_max = 4;
  return options;
}

std::string LargeRow(size_t number) { return base::Cat("row", number); }

// Versioned rows, one held, and plain ones: one that is read by itself, one that is shown beside the held one.
Work LargeWork() {
  Work work;
  for (size_t i = 0; i < kLargeRows; ++i) {
    work.Expect(NameKey(LargeRow(i)), Revision(0));
    work.Set(NameKey(LargeRow(i)), "large");
  }
  work.SetHeld(AspectKey(7), Timestamp(5), "large");
  work.ExpectPlain(PlainKey("plain"), std::nullopt);
  work.Set(PlainKey("plain"), "large");
  work.ExpectPlain(PlainKey("beside"), std::nullopt);
  work.SetAhead(PlainKey("beside"), "large");
  work.log().add_assets()->set_asset(7);
  work.AddLeaf("large", "");
  return work;
}

Work ReadLeaf(std::string_view text) {
  Work work;
  work.AddLeaf(std::string(text), "");
  return work;
}

size_t KeysIn(Engine& engine) {
  size_t keys = 0;
  const auto all = engine.NewCursor(std::string(1, '\0'), std::string(1, '\xff'));
  for (; all->Valid(); all->Next()) ++keys;
  return keys;
}

class LargeCommitTest : public testing::Test {
 protected:
  LargeCommitTest() {
    Committer::Options options = InPartsOfFour();
    options.admit = [this](bool takes_room) {
      if (takes_room) SubmitLeaf();
      return absl::OkStatus();
    };
    store_.emplace(&engine_, options);
  }

  // A leaf comes when the large work's commit begins, and one more whenever one is answered.
  void SubmitLeaf() {
    if (leaves_left_ == 0) return;
    --leaves_left_;
    store_->committer->Submit(ReadLeaf("read"), [this](const StatusOr<CommitResult>& result) {
      order_.emplace_back(result.ok() ? "read" : "unread");
      if (between_) between_();
      SubmitLeaf();
    });
  }

  StatusOr<CommitResult> CommitLarge(int leaves, std::function<void()> between = {}) {
    leaves_left_ = leaves;
    between_ = std::move(between);
    StatusOr<CommitResult> answer = base::Internal("no answer");
    std::latch answered(1);
    store_->committer->Submit(LargeWork(), [&](StatusOr<CommitResult> result) {
      order_.emplace_back("large");
      answer = std::move(result);
      answered.count_down();
    });
    answered.wait();
    return answer;
  }

  std::string Read(std::string_view key, Revision revision) {
    const auto row = Reader(&engine_).Find(PassAt(revision.value()), key);
    CHECK(row.ok()) << row.status().ToString();
    return *row ? (*row)->value : "(none)";
  }

  MemoryEngine engine_;
  std::optional<TestStore> store_;
  int leaves_left_ = 0;
  std::function<void()> between_;
  std::vector<std::string> order_;
};

TEST_F(LargeCommitTest, LeavesDoNotWaitForAllOfIt) {
  ASSERT_TRUE(CommitLarge(/*leaves=*/3).ok());
  EXPECT_EQ(order_, (std::vector<std::string>{"read", "read", "read", "large"}));
}

TEST_F(LargeCommitTest, AllOfItIsSeenAtOnceOrNothing) {
  int looked = 0;
  const auto look = [&] {
    ++looked;
    EXPECT_EQ(store_->committer->revision(), Revision(0));
    EXPECT_EQ(store_->hooks.published, Revision(0));
    for (size_t i = 0; i < kLargeRows; ++i)
      EXPECT_EQ(Read(NameKey(LargeRow(i)), store_->committer->revision()), "(none)");
    EXPECT_EQ(Read(AspectKey(7), store_->committer->revision()), "(none)");
  };
  const auto result = CommitLarge(/*leaves=*/6, look);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(looked, 6);
  EXPECT_EQ(result->revision, Revision(1));
  for (size_t i = 0; i < kLargeRows; ++i) EXPECT_EQ(Read(NameKey(LargeRow(i)), Revision(1)), "large");
  EXPECT_EQ(Read(AspectKey(7), Revision(1)), "large");
  EXPECT_EQ(*engine_.Get(PlainKey("plain")), "large");
  EXPECT_EQ(store_->hooks.published, Revision(1));
}

TEST_F(LargeCommitTest, OfPlainRowsThoseAloneGoAheadThatAreShownBesideOthers) {
  bool ahead = false;
  const auto result = CommitLarge(/*leaves=*/12, [&] {
    EXPECT_EQ(*engine_.Get(PlainKey("plain")), std::nullopt);
    ahead = ahead || engine_.Get(PlainKey("beside"))->has_value();
  });
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(ahead);
  EXPECT_EQ(*engine_.Get(PlainKey("plain")), "large");
  EXPECT_EQ(*engine_.Get(PlainKey("beside")), "large");
}

TEST_F(LargeCommitTest, EveryPutIsPublishedOnceAndInOrder) {
  ASSERT_TRUE(CommitLarge(/*leaves=*/2).ok());
  size_t next = 0;
  for (const auto& [first, count] : store_->hooks.parts) {
    EXPECT_EQ(first, next);
    EXPECT_LE(count, 4u);
    next = first + count;
  }
  EXPECT_EQ(next, LargeWork().puts().size());
}

TEST_F(LargeCommitTest, AWriterBasedOnWhatWasBeforeItConflicts) {
  Work based;
  const auto begin = [&] {
    if (!based.puts().empty() || engine_.Get(PlainKey("plain"))->has_value()) return;
    based.set_based_on(store_->committer->groups());
    based.ExpectPlain(PlainKey("plain"), std::nullopt);
    based.Set(PlainKey("plain"), "lost");
  };
  ASSERT_TRUE(CommitLarge(/*leaves=*/12, begin).ok());
  ASSERT_FALSE(based.puts().empty());
  EXPECT_EQ(store_->committer->Commit(std::move(based)).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(*engine_.Get(PlainKey("plain")), "large");
}

TEST_F(LargeCommitTest, AConflictInItsLastPartLeavesNothing) {
  Work other;
  other.Set(NameKey(LargeRow(kLargeRows - 1)), "other");
  ASSERT_TRUE(store_->committer->Commit(std::move(other)).ok());
  const size_t keys = KeysIn(engine_);
  EXPECT_EQ(CommitLarge(/*leaves=*/0).status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(KeysIn(engine_), keys);
}

TEST_F(LargeCommitTest, WithoutARecordOfItsLeafNothingIsLeft) {
  const size_t keys = KeysIn(engine_);
  store_->hooks.refuse = base::ResourceExhausted("no room for the audit log");
  EXPECT_EQ(CommitLarge(/*leaves=*/0).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(KeysIn(engine_), keys);
  store_->hooks.refuse = absl::OkStatus();
  EXPECT_TRUE(store_->fatal.ok());
  ASSERT_TRUE(CommitLarge(/*leaves=*/0).ok());
  EXPECT_EQ(store_->committer->revision(), Revision(1));
}

// Has room for so many writes more; below 0 for all.
class NarrowEngine final : public EngineWrapper {
 public:
  using EngineWrapper::EngineWrapper;
  Status Write(const Batch& batch, bool sync) override {
    if (writes_left == 0) return base::ResourceExhausted("no space is left on the device");
    if (writes_left > 0) --writes_left;
    return EngineWrapper::Write(batch, sync);
  }

  std::atomic<int> writes_left = -1;
};

TEST(LargeCommitOnAFullDevice, NothingOfItIsLeftWhereverTheRoomEnds) {
  for (int room = 0; room < 8; ++room) {
    MemoryEngine memory;
    NarrowEngine engine(&memory);
    std::atomic<int> times_full = 0;
    Committer::Options options = InPartsOfFour();
    options.on_full = [&] {
      ++times_full;
      engine.writes_left = -1;
    };
    options.admit = [&](bool takes_room) {
      return takes_room && times_full > 0 ? base::ResourceExhausted("the disk is almost full") : absl::OkStatus();
    };
    TestStore store(&engine, options);
    engine.writes_left = room;
    const auto refused = store.committer->Commit(LargeWork());
    // Six parts and the batch at the end.
    if (room >= 7) {
      EXPECT_TRUE(refused.ok());
      continue;
    }
    EXPECT_EQ(refused.status().message(), "the disk is almost full") << room;
    EXPECT_EQ(KeysIn(memory), 0u) << room;
    EXPECT_TRUE(store.fatal.ok());
    EXPECT_EQ(store.committer->Commit(ReadLeaf("read"))->first_leaf, 0u) << "the leaf of the refused is forgotten";
  }
}

TEST(LargeCommitOnAFullDevice, NothingIsNumberedBeforeWhatIsLeftIsTakenBack) {
  MemoryEngine memory;
  NarrowEngine engine(&memory);
  {
    TestStore store(&engine, InPartsOfFour());
    engine.writes_left = 3;
    EXPECT_TRUE(absl::IsResourceExhausted(store.committer->Commit(LargeWork()).status()));
    EXPECT_GT(KeysIn(memory), 0u);
    Work small;
    small.Set(NameKey("small"), "1");
    EXPECT_TRUE(absl::IsResourceExhausted(store.committer->Commit(std::move(small)).status()));
    EXPECT_TRUE(store.fatal.ok());
  }
  // A start on the same full device.
  TestStore store(&engine, InPartsOfFour());
  EXPECT_GT(KeysIn(memory), 0u);
  EXPECT_TRUE(absl::IsResourceExhausted(store.committer->Commit(LargeWork()).status()));
  engine.writes_left = -1;
  Work small;
  small.Set(NameKey("small"), "1");
  EXPECT_EQ(store.committer->Commit(std::move(small))->revision, Revision(1));
  EXPECT_EQ((*Reader(&memory).Find(PassAt(1), NameKey("small")))->value, "1");
  EXPECT_FALSE(Reader(&memory).Find(PassAt(1), NameKey(LargeRow(0)))->has_value());
}

// A reader's leaf that finds no room while the large work is published takes nothing with it that is on the device.
TEST(LargeCommitOnAFullDevice, ALeafWithoutRoomWhileItIsPublishedTakesNothingWithIt) {
  MemoryEngine memory;
  NarrowEngine engine(&memory);
  TestStore store(&engine, InPartsOfFour());
  store.hooks.on_part = [&] {
    if (store.hooks.parts.size() > 1) return;
    engine.writes_left = 0;
    store.committer->Submit(ReadLeaf("unread"), [](const StatusOr<CommitResult>& unread) {
      EXPECT_TRUE(absl::IsResourceExhausted(unread.status()));
    });
  };
  const auto large = store.committer->Commit(LargeWork());
  ASSERT_TRUE(large.ok());
  engine.writes_left = -1;
  const auto read = store.committer->Commit(ReadLeaf("read"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->first_leaf, large->first_leaf + 1);
}

TEST_F(LargeCommitTest, AWorkThatForgetsStaysOneStep) {
  Work work = LargeWork();
  work.Forget(NameKey("forgotten"));
  ASSERT_TRUE(store_->committer->Commit(std::move(work)).ok());
  EXPECT_TRUE(store_->hooks.parts.empty());
}

TEST_F(LargeCommitTest, AStartTakesBackWhatWasStagedAndNotCommitted) {
  // A leaf after each of its parts, whose sync brings them to the device with it.
  constexpr int kParts = 12;
  engine_.FailSync(kParts + 1, MemoryEngine::Outcome::kLost);
  EXPECT_EQ(CommitLarge(kParts).status().code(), absl::StatusCode::kUnavailable);
  store_->Stop();
  EXPECT_FALSE(store_->fatal.ok());
  engine_.DropUnsynced();
  EXPECT_GT(KeysIn(engine_), size_t{kParts});

  TestStore again(&engine_);
  EXPECT_EQ(KeysIn(engine_), size_t{kParts});
  Work small;
  small.Set(NameKey("small"), "1");
  ASSERT_EQ(again.committer->Commit(std::move(small))->revision, Revision(1));
  EXPECT_EQ(Read(NameKey(LargeRow(0)), Revision(1)), "(none)");
}

TEST_F(LargeCommitTest, AStartKeepsAllOrNothingOfWhatNobodyHeardOf) {
  engine_.FailSync(1, MemoryEngine::Outcome::kApplied);
  EXPECT_EQ(CommitLarge(/*leaves=*/0).status().code(), absl::StatusCode::kUnavailable);
  store_->Stop();
  engine_.DropUnsynced();

  TestStore again(&engine_);
  const std::string expected = again.committer->revision() == Revision(1) ? "large" : "(none)";
  for (size_t i = 0; i < kLargeRows; ++i) EXPECT_EQ(Read(NameKey(LargeRow(i)), Revision(1)), expected);
  EXPECT_EQ(Read(AspectKey(7), Revision(1)), expected);
}

TEST_F(LargeCommitTest, ALeafThatFailsBetweenItsPartsEndsItToo) {
  engine_.FailSync(1, MemoryEngine::Outcome::kLost);
  EXPECT_EQ(CommitLarge(/*leaves=*/1).status().code(), absl::StatusCode::kUnavailable);
  store_->Stop();
  EXPECT_EQ(order_, (std::vector<std::string>{"unread", "large"}));
  EXPECT_FALSE(store_->fatal.ok());
  EXPECT_EQ(KeysIn(engine_), 0u);
}

TEST_F(LargeCommitTest, AChangeOfPolicyStaysOneStep) {
  Work work = LargeWork();
  work.log().set_policy(true);
  ASSERT_TRUE(store_->committer->Commit(std::move(work)).ok());
  EXPECT_TRUE(store_->hooks.parts.empty());
}

}  // namespace
}  // namespace cadastre::storage
