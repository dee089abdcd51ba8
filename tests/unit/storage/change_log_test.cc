#include "storage/change_log.h"

#include "storage/gc.h"
#include "tests/unit/storage/test_store.h"

namespace cadastre::storage {
namespace {

using std::chrono::microseconds;

class ChangeLogTest : public testing::Test {
 protected:
  // Revision r touches asset 100 + r, at the morning + r ms.
  void Commit(uint64_t works) {
    for (uint64_t i = 0; i < works; ++i) {
      store_.clock.Advance(microseconds(1'000));
      Work work;
      work.log().add_assets()->set_asset(100 + store_.committer->revision().value() + 1);
      CHECK(store_.committer->Commit(std::move(work)).ok());
    }
  }
  std::vector<uint64_t> Assets(uint64_t bound, uint64_t after, size_t entries_max) {
    const auto records = log_.Read(PassAt(bound), Revision(after), entries_max);
    CHECK(records.ok()) << records.status().ToString();
    std::vector<uint64_t> assets;
    for (const LogRecord& record : *records) {
      EXPECT_EQ(record.entry.assets(0).asset(), 100 + record.revision.value());
      assets.push_back(record.revision.value());
    }
    return assets;
  }

  Revision Trim(uint64_t bound, uint64_t after, uint64_t through, size_t entries_max = 1'000) {
    const auto trimmed = log_.Trim(PassAt(bound), Revision(after), Revision(through), entries_max);
    CHECK(trimmed.ok()) << trimmed.status().ToString();
    return *trimmed;
  }

  MemoryEngine engine_;
  TestStore store_{&engine_};
  ChangeLog log_{&engine_};
};

TEST_F(ChangeLogTest, FollowersReadInOrderUpToTheirBound) {
  Commit(5);
  EXPECT_EQ(Assets(5, 0, 100), (std::vector<uint64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(Assets(5, 2, 2), (std::vector<uint64_t>{3, 4}));
  EXPECT_EQ(Assets(3, 2, 100), (std::vector<uint64_t>{3}));
  EXPECT_EQ(Assets(5, 5, 100), (std::vector<uint64_t>{}));
  EXPECT_EQ(Assets(9, 5, 100), (std::vector<uint64_t>{}));
  EXPECT_EQ(Assets(5, 0, 0), (std::vector<uint64_t>{}));
}

TEST_F(ChangeLogTest, AFollowerBehindTheTrimmedLogIsTold) {
  Commit(5);
  ASSERT_TRUE(Trim(5, 0, 3) == Revision(3));
  EXPECT_EQ(Assets(5, 3, 100), (std::vector<uint64_t>{4, 5}));
  EXPECT_EQ(log_.Read(PassAt(5), Revision(2), 100).status().code(), absl::StatusCode::kOutOfRange);
  ASSERT_TRUE(Trim(5, 3, 5) == Revision(5));
  EXPECT_EQ(log_.Read(PassAt(5), Revision(4), 100).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(Assets(5, 5, 100), (std::vector<uint64_t>{}));
}

TEST_F(ChangeLogTest, TrimGoesNoFurtherThanItsPass) {
  Commit(5);
  ASSERT_TRUE(Trim(2, 0, 5) == Revision(2));
  EXPECT_EQ(Assets(5, 2, 100), (std::vector<uint64_t>{3, 4, 5}));
}

TEST_F(ChangeLogTest, TrimGoesStepByStep) {
  Commit(5);
  EXPECT_EQ(Trim(5, 0, 5, 2), Revision(2));
  EXPECT_EQ(Assets(5, 2, 100), (std::vector<uint64_t>{3, 4, 5}));
  EXPECT_EQ(Trim(5, 2, 5, 2), Revision(4));
  EXPECT_EQ(Trim(5, 4, 5, 2), Revision(5));
  EXPECT_EQ(Trim(5, 5, 5, 2), Revision(5));
}

TEST_F(ChangeLogTest, TheDebtOfTheCollectionIsWhatItHasNotGoneThrough) {
  Commit(4);
  Gc gc(&engine_, {.rows_max = 1, .on_progress = {}});
  const Timestamp third = kMorning + microseconds(3'500);
  EXPECT_EQ(*gc.Debt(kMorning), 0u) << "nothing is old enough";
  EXPECT_EQ(*gc.Debt(third), 3u);
  ASSERT_FALSE(gc.Step(PassAt(4), third)->done);
  EXPECT_EQ(*gc.Debt(third), 3u) << "a pass on its way has paid nothing yet";
  while (!gc.Step(PassAt(4), third)->done) {
  }
  EXPECT_EQ(*gc.Debt(third), 0u);
  EXPECT_EQ(*gc.Debt(kTimestampMax), 1u);
}

TEST_F(ChangeLogTest, AFullyTrimmedLogDoesNotTakeRevisionsBack) {
  Commit(5);
  ASSERT_TRUE(Trim(5, 0, 5) == Revision(5));
  TestStore reopened(&engine_);
  EXPECT_EQ(reopened.committer->revision(), Revision(5));
  EXPECT_EQ(reopened.committer->last_time(), kMorning + microseconds(5'000));
}

TEST_F(ChangeLogTest, ATimeFindsTheLastRevisionAtOrBeforeIt) {
  Commit(3);
  const auto at = [&](int64_t micros, uint64_t bound) {
    return log_.RevisionAt(PassAt(bound), kMorning + microseconds(micros))->value();
  };
  EXPECT_EQ(at(999, 3), 0u);
  EXPECT_EQ(at(1'000, 3), 1u);
  EXPECT_EQ(at(2'999, 3), 2u);
  EXPECT_EQ(at(3'000, 3), 3u);
  EXPECT_EQ(at(9'000, 3), 3u);
  EXPECT_EQ(at(9'000, 2), 2u) << "never behind what the pass may know";
  EXPECT_EQ(*log_.RevisionAt(PassAt(3), kTimestampMax), Revision(3));
}

TEST_F(ChangeLogTest, BeforeTheHorizonIsOutOfRange) {
  Commit(4);
  EXPECT_EQ(log_.FindHorizon(PassAt(4))->revision, Revision(0));
  Gc gc(&engine_, {});
  // Between the second and the third commit: the second is the oldest state still read.
  ASSERT_TRUE(gc.Step(PassAt(4), kMorning + microseconds(2'500))->done);
  const auto horizon = log_.FindHorizon(PassAt(4));
  EXPECT_EQ(horizon->revision, Revision(2));
  EXPECT_EQ(horizon->time, kMorning + microseconds(2'000));
  EXPECT_EQ(log_.RevisionAt(PassAt(4), kMorning + microseconds(1'999)).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(*log_.RevisionAt(PassAt(4), kMorning + microseconds(2'000)), Revision(2));
}

TEST_F(ChangeLogTest, CollectingEverythingKeepsTheLastCommit) {
  Commit(4);
  std::vector<Gc::Progress> told;
  Gc gc(&engine_, {.rows_max = 2, .on_progress = [&](const Gc::Progress& progress) { told.push_back(progress); }});
  const Timestamp later = kMorning + std::chrono::hours(10'000);
  while (!gc.Step(PassAt(4), later)->done) {
  }
  EXPECT_GT(told.size(), 1u);
  EXPECT_TRUE(told.back().done);
  TestStore reopened(&engine_);
  EXPECT_EQ(reopened.committer->revision(), Revision(4));
  // A second pass has nothing to do and a third, after a commit, has.
  EXPECT_EQ(gc.Step(PassAt(4), later)->visited, 0u);
  Commit(1);
  EXPECT_GT(gc.Step(PassAt(5), later)->visited, 0u);
}

TEST_F(ChangeLogTest, ADamagedRecordIsDataLoss) {
  Commit(1);
  Batch batch;
  batch.Put(LogKey(Revision(1)), "\xff\xff\xff");
  ASSERT_TRUE(engine_.Write(batch, false).ok());
  EXPECT_EQ(log_.Read(PassAt(1), Revision(0), 10).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cadastre::storage
