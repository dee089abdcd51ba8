#include "storage/committer.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/status.h"
#include "storage/change_log.h"
#include "storage/gc.h"
#include "storage/reader.h"
#include "storage/row_key.h"
#include "tests/unit/storage/test_engines.h"
#include "tests/unit/storage/test_store.h"

namespace cadastre::storage {
namespace {

using std::chrono::microseconds;

Work Named(std::string_view name, std::string_view value) {
  Work work;
  work.Set(NameKey(name), std::string(value));
  return work;
}

Work Leaf(std::string_view text) {
  Work work;
  work.AddLeaf(std::string(text), "");
  return work;
}

class CommitterTest : public testing::Test {
 protected:
  std::string Read(std::string_view name, uint64_t revision) {
    const auto row = Reader(&engine_).Find(PassAt(revision), NameKey(name));
    CHECK(row.ok()) << row.status().ToString();
    return *row ? (*row)->value : "(none)";
  }

  MemoryEngine engine_;
  TestStore store_{&engine_};
};

TEST_F(CommitterTest, EachWorkOfAGroupGetsItsOwnRevisionAndALaterTime) {
  const auto answers = store_.CommitTogether({Named("a", "1"), Named("b", "2"), Named("c", "3")});
  for (uint64_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(answers[i].ok());
    EXPECT_EQ(answers[i]->revision, Revision(i + 1));
    EXPECT_EQ(answers[i]->time, kMorning + microseconds(i));
  }
  EXPECT_EQ(store_.hooks.group_sizes, std::vector<size_t>{3});
  EXPECT_EQ(store_.hooks.published, Revision(3));
  EXPECT_EQ(store_.committer->revision(), Revision(3));
  EXPECT_EQ(Read("b", 1), "(none)");
  EXPECT_EQ(Read("b", 2), "2");
}

TEST_F(CommitterTest, TimesRiseEvenWhenTheClockGoesBack) {
  store_.CommitTogether({Named("a", "1")});
  store_.clock.Set(Timestamp(5));
  const auto answers = store_.CommitTogether({Named("a", "2")});
  EXPECT_EQ(answers[0]->time, kMorning + microseconds(1));
}

TEST_F(CommitterTest, GoesOnAfterTheLastRevisionAndTimeOfTheStore) {
  store_.CommitTogether({Named("a", "1"), Named("a", "2")});
  TestStore reopened(&engine_);
  reopened.clock.Set(Timestamp(5));
  const auto answers = reopened.CommitTogether({Named("a", "3")});
  EXPECT_EQ(answers[0]->revision, Revision(3));
  EXPECT_EQ(answers[0]->time, kMorning + microseconds(2));
}

TEST_F(CommitterTest, AConflictIsLeftOutAndTheRestOfItsGroupGoesOn) {
  Work first = Named("a", "first");
  first.Expect(NameKey("a"), Revision(0));
  Work second = Named("a", "second");
  second.Expect(NameKey("a"), Revision(0));
  const auto answers = store_.CommitTogether({std::move(first), std::move(second), Named("b", "third")});
  EXPECT_EQ(answers[0]->revision, Revision(1));
  EXPECT_EQ(answers[1].status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(answers[2]->revision, Revision(2));
  EXPECT_EQ(Read("a", 2), "first");
}

TEST_F(CommitterTest, AnExpectationSeesEarlierWorksOfItsGroup) {
  Work second = Named("a", "second");
  second.Expect(NameKey("a"), Revision(1));
  const auto answers = store_.CommitTogether({Named("a", "first"), std::move(second)});
  EXPECT_TRUE(answers[1].ok());
  EXPECT_EQ(Read("a", 2), "second");
}

TEST_F(CommitterTest, WhatWasWrittenSinceAWorkWasBasedOnItIsAConflict) {
  store_.CommitTogether({Named("a", "1"), Named("b", "1")});
  const uint64_t before = store_.committer->groups();
  Work late = Named("c", "x");
  late.Expect(NameKey("a"), Revision(1));
  late.set_based_on(before);
  Work untouched = Named("d", "x");
  untouched.Expect(NameKey("b"), Revision(2));
  untouched.set_based_on(before);
  store_.CommitTogether({Named("a", "2")});
  EXPECT_EQ(store_.committer->groups(), before + 1);
  const auto answers = store_.CommitTogether({std::move(late), std::move(untouched)});
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(answers[1].ok());
}

TEST_F(CommitterTest, WorksOfOneGroupOnOneStateConflict) {
  store_.CommitTogether({Named("a", "1")});
  std::vector<Work> works;
  for (const char* value : {"2", "3"}) {
    Work work = Named("a", value);
    work.Expect(NameKey("a"), Revision(1));
    work.set_based_on(store_.committer->groups());
    works.push_back(std::move(work));
  }
  const auto answers = store_.CommitTogether(std::move(works));
  EXPECT_TRUE(answers[0].ok());
  EXPECT_EQ(answers[1].status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Read("a", 2), "2");
}

TEST_F(CommitterTest, AnAbortedWorkLeavesNoTraceForLaterWorks) {
  Work aborted = Named("a", "never");
  aborted.Expect(NameKey("b"), Revision(7));
  Work later = Named("a", "first");
  later.Expect(NameKey("a"), Revision(0));
  const auto answers = store_.CommitTogether({std::move(aborted), std::move(later)});
  EXPECT_FALSE(answers[0].ok());
  EXPECT_TRUE(answers[1].ok());
}

TEST_F(CommitterTest, ATombstoneCountsAsAVersionForExpectations) {
  Work remove;
  remove.Remove(NameKey("a"));
  store_.CommitTogether({Named("a", "1"), std::move(remove)});
  Work as_if_new = Named("a", "x");
  as_if_new.Expect(NameKey("a"), Revision(0));
  Work as_deleted = Named("a", "back");
  as_deleted.Expect(NameKey("a"), Revision(2));
  const auto answers = store_.CommitTogether({std::move(as_if_new), std::move(as_deleted)});
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(answers[1].ok());
}

TEST_F(CommitterTest, PlainRowsAreExpectedByValue) {
  Work create;
  create.ExpectPlain(PlainKey("n"), std::nullopt);
  create.Set(PlainKey("n"), "1");
  Work again;
  again.ExpectPlain(PlainKey("n"), std::nullopt);
  Work next;
  next.ExpectPlain(PlainKey("n"), "1");
  next.Set(PlainKey("n"), "2");
  const auto answers = store_.CommitTogether({std::move(create), std::move(again), std::move(next)});
  EXPECT_TRUE(answers[0].ok());
  EXPECT_EQ(answers[1].status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(answers[2].ok());
  EXPECT_EQ(*engine_.Get(PlainKey("n")), "2");
}

TEST_F(CommitterTest, AHeldRowIsExpectedByTheVersionThatHoldsNewest) {
  Work first;
  first.SetHeld(AspectKey(1), Timestamp(500), "at 500");
  Work late;
  late.SetHeld(AspectKey(1), Timestamp(100), "late");
  Work after_late;
  after_late.Expect(AspectKey(1), Revision(1));
  after_late.SetHeld(AspectKey(1), Timestamp(600), "at 600");
  Work stale;
  stale.Expect(AspectKey(1), Revision(1));
  const auto answers =
      store_.CommitTogether({std::move(first), std::move(late), std::move(after_late), std::move(stale)});
  EXPECT_TRUE(answers[2].ok()) << "a late value does not change what holds now";
  EXPECT_EQ(answers[3].status().code(), absl::StatusCode::kAborted);
  Work from_store;
  from_store.Expect(AspectKey(1), Revision(3));
  EXPECT_TRUE(store_.CommitTogether({std::move(from_store)})[0].ok());
}

TEST_F(CommitterTest, AHeldRowMayBeExpectedAsItHeldAtATime) {
  Work first;
  first.SetHeld(AspectKey(1), Timestamp(500), "at 500");
  Work late;
  late.SetHeld(AspectKey(1), Timestamp(100), "late");
  // What held at 200 was nothing when they looked.
  Work based_on_nothing;
  based_on_nothing.Expect(AspectKey(1), Revision(0), Timestamp(200));
  Work before_all;
  before_all.Expect(AspectKey(1), Revision(0), Timestamp(99));
  before_all.Expect(AspectKey(1), Revision(2), Timestamp(200));
  before_all.Expect(AspectKey(1), Revision(1));
  const auto answers =
      store_.CommitTogether({std::move(first), std::move(late), std::move(based_on_nothing), std::move(before_all)});
  EXPECT_EQ(answers[2].status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(answers[3].ok());
  Work from_store;
  from_store.Expect(AspectKey(1), Revision(1), Timestamp(499));
  Work from_store_too;
  from_store_too.Expect(AspectKey(1), Revision(2), Timestamp(499));
  const auto later = store_.CommitTogether({std::move(from_store), std::move(from_store_too)});
  EXPECT_EQ(later[0].status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(later[1].ok());
}

TEST_F(CommitterTest, HeldIsTheCommitTimeWhenNotGivenAndNeverLater) {
  Work work;
  work.SetHeld(AspectKey(1), std::nullopt, "now");
  work.SetHeld(AspectKey(2), kMorning + microseconds(99), "from the future");
  work.SetHeld(AspectKey(3), Timestamp(-7), "before 1970");
  store_.CommitTogether({std::move(work)});
  const Reader reader(&engine_);
  EXPECT_EQ((*reader.FindHeld(PassAt(1), AspectKey(1), kTimestampMax))->held, kMorning);
  EXPECT_EQ((*reader.FindHeld(PassAt(1), AspectKey(2), kTimestampMax))->held, kMorning);
  EXPECT_EQ((*reader.FindHeld(PassAt(1), AspectKey(3), kTimestampMax))->held, Timestamp(-7));
  EXPECT_EQ(*reader.FindHeld(PassAt(1), AspectKey(1), kMorning - microseconds(1)), std::nullopt);
}

TEST_F(CommitterTest, PlainRowsAndLeavesMoveNoRevision) {
  Work seen;
  seen.Set(PlainKey("seen"), "1");
  const auto answers = store_.CommitTogether({Named("a", "1"), std::move(seen), Leaf("read")});
  EXPECT_EQ(answers[1]->revision, Revision(1));
  EXPECT_EQ(answers[2]->revision, Revision(1));
  EXPECT_EQ(store_.committer->revision(), Revision(1));
  EXPECT_EQ(ChangeLog(&engine_).Read(PassAt(9), Revision(0), 10)->size(), 1u);
}

TEST_F(CommitterTest, ALogRecordAloneMovesTheRevision) {
  Work work;
  work.log().set_policy(true);
  EXPECT_EQ(store_.CommitTogether({std::move(work)})[0]->revision, Revision(1));
  const auto records = ChangeLog(&engine_).Read(PassAt(1), Revision(0), 10);
  ASSERT_EQ(records->size(), 1u);
  EXPECT_TRUE((*records)[0].entry.policy());
  EXPECT_EQ((*records)[0].entry.time(), kMorning.micros());
}

TEST_F(CommitterTest, AForgottenRowLosesEveryVersionKnownBeforeTheHorizon) {
  const auto held = [](int64_t at, std::string_view value) {
    Work work;
    work.SetHeld(AspectKey(1), Timestamp(at), std::string(value));
    return work;
  };
  const auto forget = [] {
    Work work;
    work.Expect(AspectKey(1), Revision(3), kTimestampMax, Timestamp(20));
    work.Forget(AspectKey(1));
    return work;
  };
  const auto versions = [&] {
    size_t count = 0;
    for (auto cursor = engine_.NewCursor(AspectKey(1), VersionsEnd(AspectKey(1))); cursor->Valid(); cursor->Next())
      ++count;
    return count;
  };
  store_.CommitTogether({held(10, "a"), held(20, "b"), held(20, "c")});
  EXPECT_EQ(store_.CommitTogether({forget()})[0].status().code(), absl::StatusCode::kAborted) << "all may be asked for";
  EXPECT_EQ(versions(), 3u);
  ASSERT_TRUE(Gc(&engine_, {}).Step(PassAt(3), kTimestampMax)->done);
  Work later = held(5, "d");
  later.Expect(AspectKey(1), Revision(3), kTimestampMax, Timestamp(20));
  const auto answers = store_.CommitTogether({forget(), std::move(later)});
  EXPECT_EQ(answers[0]->revision, Revision(4)) << "it is a change like others";
  EXPECT_EQ(answers[1].status().code(), absl::StatusCode::kAborted) << "the row it was based on is gone";
  EXPECT_EQ(versions(), 0u);
  Work plain;
  plain.Forget(PlainKey("a"));
  EXPECT_EQ(store_.CommitTogether({std::move(plain)})[0].status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CommitterTest, ARowWithAVersionAfterTheHorizonIsNotForgotten) {
  Work early;
  early.SetHeld(AspectKey(1), Timestamp(20), "early");
  store_.CommitTogether({std::move(early)});
  ASSERT_TRUE(Gc(&engine_, {}).Step(PassAt(1), kTimestampMax)->done);
  Work late;
  late.SetHeld(AspectKey(1), Timestamp(10), "holds before, was learned after");
  store_.CommitTogether({std::move(late)});
  Work forget;
  forget.Forget(AspectKey(1));
  EXPECT_EQ(store_.CommitTogether({std::move(forget)})[0].status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ((*Reader(&engine_).FindHeld(PassAt(2), AspectKey(1), Timestamp(15)))->value,
            "holds before, was learned after");
}

TEST_F(CommitterTest, LeavesAreNumberedInTheOrderOfWorksAcrossGroups) {
  Work two = Leaf("b");
  two.AddLeaf("c", "");
  Work refused = Leaf("never");
  refused.Expect(NameKey("a"), Revision(7));
  auto answers = store_.CommitTogether({Leaf("a"), std::move(refused), std::move(two), Leaf("d")});
  EXPECT_EQ(answers[0]->first_leaf, 0u);
  EXPECT_EQ(answers[2]->first_leaf, 1u);
  EXPECT_EQ(answers[3]->first_leaf, 3u);
  answers = store_.CommitTogether({Leaf("e")});
  EXPECT_EQ(answers[0]->first_leaf, 4u);
}

TEST_F(CommitterTest, WithoutARecordOfTheLeafNothingIsWritten) {
  store_.hooks.refuse = base::ResourceExhausted("no room for the audit log");
  Work work = Named("a", "1");
  work.AddLeaf("write", "");
  const auto answers = store_.CommitTogether({std::move(work)});
  EXPECT_EQ(answers[0].status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(store_.committer->revision(), Revision(0));
  EXPECT_EQ(Read("a", 9), "(none)");
  store_.hooks.refuse = absl::OkStatus();
  EXPECT_TRUE(store_.fatal.ok());
}

class UnknownOutcomeTest : public testing::TestWithParam<MemoryEngine::Outcome> {};

TEST_P(UnknownOutcomeTest, AFailedSyncAnswersUnavailableToAllAndIsFatal) {
  MemoryEngine engine;
  Committer::Options options;
  options.group_works_max = 2;
  TestStore store(&engine, options);
  engine.FailSync(2, GetParam());
  const auto answers =
      store.CommitTogether({Named("a", "1"), Named("b", "1"), Named("c", "1"), Named("d", "1"), Named("e", "1")});
  store.Stop();
  EXPECT_TRUE(answers[0].ok());
  EXPECT_TRUE(answers[1].ok());
  for (int i : {2, 3, 4}) EXPECT_EQ(answers[i].status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store.fatal.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store.committer->revision(), Revision(2));
  EXPECT_EQ(store.hooks.published, Revision(2));
  EXPECT_EQ(store.committer->Commit(Named("f", "1")).status().code(), absl::StatusCode::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(BothOutcomes, UnknownOutcomeTest,
                         testing::Values(MemoryEngine::Outcome::kLost, MemoryEngine::Outcome::kApplied));

TEST_F(CommitterTest, AFailedReadOfPreconditionsIsNotFatal) {
  engine_.FailReads(true);
  Work work = Named("a", "1");
  work.Expect(NameKey("a"), Revision(0));
  EXPECT_EQ(store_.CommitTogether({std::move(work)})[0].status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(store_.fatal.ok());
}

TEST_F(CommitterTest, RefusesWhatCouldNeverBeCommitted) {
  const std::string longest(kKeyBytesMax - 10, 'x');  // the byte of the table, \0 and ~r make it 2,000
  EXPECT_TRUE(CheckKey(NameKey(longest)).ok());
  Work too_long = Named(longest + "x", "1");
  Work empty_value = Named("a", "");
  Work own_log;
  own_log.Set(LogKey(Revision(1)), "1");
  Work own_meta;
  own_meta.Set(MetaKey("storage.format"), "9");
  Work held_elsewhere;
  held_elsewhere.SetHeld(NameKey("a"), Timestamp(1), "1");
  Work wrong_shape;
  wrong_shape.Expect(PlainKey("a"), Revision(1));
  Work no_key;
  no_key.Set("", "1");
  std::vector<Work> works;
  for (Work* work : {&too_long, &empty_value, &own_log, &own_meta, &held_elsewhere, &wrong_shape, &no_key}) {
    works.push_back(std::move(*work));
  }
  for (Work& work : works) {
    EXPECT_EQ(store_.committer->Commit(std::move(work)).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(CommitterTest, TheQueueIsBounded) {
  Committer::Options options;
  options.queue_max = 2;
  TestStore store(&engine_, options);
  const auto answers = store.CommitTogether({Named("a", "1"), Named("b", "1"), Named("c", "1")});
  EXPECT_TRUE(answers[0].ok());
  EXPECT_TRUE(answers[1].ok());
  EXPECT_EQ(answers[2].status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(CommitterTest, GroupsAreBoundedByWorksAndBytes) {
  Committer::Options options;
  options.group_works_max = 3;
  options.group_bytes_max = 1000;
  TestStore store(&engine_, options);
  const std::string big(900, 'v');
  store.CommitTogether({Named("a", "1"), Named("b", "1"), Named("c", "1"), Named("d", "1"), Named("e", big),
                        Named("f", big), Named("g", big + big)});
  EXPECT_EQ(store.hooks.group_sizes, (std::vector<size_t>{3, 2, 1, 1}));
}

TEST_F(CommitterTest, WhatWasTakenIsAnsweredBeforeTheEnd) {
  std::atomic<int> answered = 0;
  for (int i = 0; i < 500; ++i) {
    store_.committer->Submit(Named("a", std::to_string(i)), [&](auto result) { answered += result.ok() ? 1 : 0; });
  }
  store_.Stop();
  EXPECT_EQ(answered, 500);
  EXPECT_EQ(store_.committer->Commit(Named("a", "x")).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(CommitterTest, ManyWritersGetEveryRevisionOnce) {
  constexpr int kWriters = 8;
  constexpr int kEach = 100;
  std::vector<std::vector<uint64_t>> revisions(kWriters);
  std::vector<std::jthread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < kEach; ++i)
        revisions[w].push_back(store_.committer->Commit(Named("a", "v"))->revision.value());
    });
  }
  writers.clear();
  std::vector<bool> given(kWriters * kEach + 1);
  for (const auto& mine : revisions) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    for (uint64_t revision : mine) {
      EXPECT_FALSE(given.at(revision));
      given[revision] = true;
    }
  }
  EXPECT_EQ(ChangeLog(&engine_).Read(PassAt(10'000), Revision(0), 10'000)->size(), kWriters * kEach);
}

TEST(Committer, WhatIsNotAdmittedLeavesNoTraceAndTheRestGoesOn) {
  MemoryEngine engine;
  std::atomic<bool> full = false;
  TestStore::Options options;
  options.admit = [&](bool takes_room) {
    return full && takes_room ? base::ResourceExhausted("the disk is almost full") : absl::OkStatus();
  };
  TestStore store(&engine, std::move(options));
  Work before;
  before.Set(NameKey("a"), "1");
  ASSERT_TRUE(store.committer->Commit(std::move(before)).ok());
  full = true;
  std::vector<Work> works(4);
  works[0].Set(NameKey("b"), "1");
  works[1].AddLeaf("a read", "");
  works[2].Remove(NameKey("a"));
  works[3].Set(NameKey("c"), "1");
  works[3].set_essential();
  const auto answers = store.CommitTogether(std::move(works));
  EXPECT_TRUE(absl::IsResourceExhausted(answers[0].status()));
  for (const size_t admitted : {1, 2, 3}) EXPECT_TRUE(answers[admitted].ok()) << answers[admitted].status();
  EXPECT_EQ(answers[3]->revision, Revision(3)) << "the one refused took no number";
  EXPECT_TRUE(store.fatal.ok());
}

// Takes no batch of more operations than this.
class FullEngine final : public EngineWrapper {
 public:
  using EngineWrapper::EngineWrapper;
  Status Write(const Batch& batch, bool sync) override {
    if (batch.ops().size() > room) return base::ResourceExhausted("no space is left on the device");
    return EngineWrapper::Write(batch, sync);
  }
  std::atomic<size_t> room = 1'000;
};

TEST(Committer, WhatTheDeviceHasNoRoomForIsRefusedAndRecordsGoOn) {
  MemoryEngine memory;
  FullEngine engine(&memory);
  std::atomic<bool> full = false;
  TestStore::Options options;
  options.admit = [&](bool takes_room) {
    return full && takes_room ? base::ResourceExhausted("the disk is almost full") : absl::OkStatus();
  };
  options.on_full = [&] { full = true; };
  TestStore store(&engine, std::move(options));
  engine.room = 3;
  Work read;
  read.AddLeaf("a read", "");
  Work stamped;
  stamped.SetStamped(PlainKey("stamped"), "of ");
  stamped.set_essential();
  std::vector<Work> works;
  works.push_back(Named("a", "1"));
  works.push_back(std::move(read));
  works.push_back(std::move(stamped));
  works.front().AddLeaf("a write", "");
  auto answers = store.CommitTogether(std::move(works));
  EXPECT_TRUE(absl::IsResourceExhausted(answers[0].status()));
  EXPECT_EQ(answers[0].status().message(), "the disk is almost full");
  EXPECT_TRUE(answers[1].ok()) << answers[1].status();
  EXPECT_EQ(answers[1]->first_leaf, 0u) << "the leaf of the write took no number";
  EXPECT_EQ((*engine.Get(PlainKey("stamped")))->substr(0, 3), "of ");
  EXPECT_EQ((*engine.Get(PlainKey("stamped")))->size(), 3 + sizeof(uint64_t)) << "stamped once";
  EXPECT_EQ(store.committer->revision(), Revision(0));
  engine.room = 0;
  EXPECT_TRUE(absl::IsResourceExhausted(store.CommitTogether({Leaf("no room at all")})[0].status()));
  EXPECT_TRUE(store.fatal.ok());
  engine.room = 1'000;
  full = false;
  EXPECT_EQ(store.CommitTogether({Leaf("next")})[0]->first_leaf, 1u);
  EXPECT_EQ(store.CommitTogether({Named("a", "2")})[0]->revision, Revision(1));
}

}  // namespace
}  // namespace cadastre::storage
