#include "storage/reader.h"

#include "storage/row_key.h"
#include "tests/unit/storage/test_engines.h"
#include "tests/unit/storage/test_store.h"

namespace cadastre::storage {
namespace {

using testing::ElementsAre;

// Rows put straight into the engine, so that every order of held and revision can be written down.
class ReaderTest : public testing::Test {
 protected:
  void Version(std::string_view name, uint64_t revision, std::string value) {
    Put(VersionedKey(NameKey(name), Revision(revision)), std::move(value));
  }
  void Held(uint64_t id, int64_t held, uint64_t revision, std::string value) {
    Put(HeldKey(AspectKey(id), Timestamp(held), Revision(revision)), std::move(value));
  }
  void Put(std::string key, std::string value) {
    Batch batch;
    batch.Put(std::move(key), std::move(value));
    ASSERT_TRUE(engine_.Write(batch, false).ok());
  }

  std::string Find(std::string_view name, uint64_t bound) {
    const auto row = reader_.Find(PassAt(bound), NameKey(name));
    return row.ok() ? (*row ? (*row)->value : "-") : row.status().ToString();
  }
  std::string FindHeld(uint64_t id, int64_t held_at, uint64_t bound) {
    const auto row = reader_.FindHeld(PassAt(bound), AspectKey(id), Timestamp(held_at));
    return row.ok() ? (*row ? (*row)->value : "-") : row.status().ToString();
  }
  static std::vector<std::string> Values(RowCursor& cursor) {
    std::vector<std::string> values;
    for (; cursor.Valid(); cursor.Next()) values.push_back(cursor.row().value);
    EXPECT_TRUE(cursor.status().ok()) << cursor.status().ToString();
    return values;
  }

  MemoryEngine engine_;
  const Reader reader_{&engine_};
};

TEST_F(ReaderTest, AVersionedRowIsSeenAsOfTheBound) {
  Version("a", 2, "two");
  Version("a", 5, "");
  Version("a", 7, "seven");
  EXPECT_EQ(Find("a", 1), "-");
  EXPECT_EQ(Find("a", 2), "two");
  EXPECT_EQ(Find("a", 4), "two");
  EXPECT_EQ(Find("a", 6), "-");
  EXPECT_EQ(Find("a", 9), "seven");
  EXPECT_EQ(Find("b", 9), "-");
}

TEST_F(ReaderTest, ATombstoneShowsToThoseWhoAskForIt) {
  Version("a", 2, "two");
  Version("a", 5, "");
  const auto row = reader_.FindWithTombstone(PassAt(6), NameKey("a"));
  EXPECT_EQ((*row)->revision, Revision(5));
  EXPECT_EQ((*row)->value, "");
  EXPECT_EQ((*row)->key, NameKey("a"));
}

TEST_F(ReaderTest, AHeldRowAnswersInBothCoordinates) {
  // Known at 1: holds since 100. Known at 2: it held already since 50 (late). Known at 3: the value since 100 is
  // corrected. Known at 4: withdrawn since 200.
  Held(1, 100, 1, "since 100");
  Held(1, 50, 2, "since 50");
  Held(1, 100, 3, "corrected");
  Held(1, 200, 4, "");
  struct Case {
    int64_t held_at;
    uint64_t bound;
    std::string expected;
  };
  const std::vector<Case> cases = {
      {99, 1, "-"},          {100, 1, "since 100"}, {99, 2, "since 50"},   {49, 2, "-"},  {150, 2, "since 100"},
      {150, 3, "corrected"}, {99, 3, "since 50"},   {200, 3, "corrected"}, {200, 4, "-"}, {199, 4, "corrected"},
      {1'000, 4, "-"},       {1'000, 0, "-"},       {-5, 4, "-"},
  };
  for (const Case& c : cases) EXPECT_EQ(FindHeld(1, c.held_at, c.bound), c.expected) << c.held_at << " @ " << c.bound;
}

TEST_F(ReaderTest, ManyFindsAnswerInTheOrderAsked) {
  Version("a", 1, "1");
  Version("b", 2, "2");
  Version("c", 3, "");
  const auto rows = reader_.FindMany(PassAt(9), {NameKey("c"), NameKey("b"), NameKey("x"), NameKey("a"), NameKey("b")});
  ASSERT_EQ(rows->size(), 5u);
  EXPECT_FALSE((*rows)[0]);
  EXPECT_EQ((*rows)[1]->value, "2");
  EXPECT_FALSE((*rows)[2]);
  EXPECT_EQ((*rows)[3]->value, "1");
  EXPECT_EQ((*rows)[4]->value, "2");
  EXPECT_TRUE(reader_.FindMany(PassAt(9), {})->empty());
}

TEST_F(ReaderTest, AScanShowsOneVersionARow) {
  Version("a", 1, "a1");
  Version("a", 3, "a3");
  Version("b", 2, "b2");
  Version("b", 4, "");
  Version("c", 5, "c5");
  const std::string lower(1, static_cast<char>(Keyspace::kName));
  const std::string upper = base::PrefixEnd(lower);
  const auto scan = [&](uint64_t bound) { return Values(*reader_.Scan(PassAt(bound), lower, upper)); };
  EXPECT_THAT(scan(2), ElementsAre("a1", "b2"));
  EXPECT_THAT(scan(3), ElementsAre("a3", "b2"));
  EXPECT_THAT(scan(9), ElementsAre("a3", "c5"));
  EXPECT_THAT(scan(0), ElementsAre());
  EXPECT_THAT(Values(*reader_.ScanVersions(PassAt(4), lower, upper)), ElementsAre("a3", "a1", "", "b2"));
}

TEST_F(ReaderTest, AScanGoesOnBehindARow) {
  Version("a", 1, "a");
  Version("b", 1, "b");
  const std::string end = base::PrefixEnd(std::string(1, static_cast<char>(Keyspace::kName)));
  EXPECT_THAT(Values(*reader_.Scan(PassAt(1), base::PrefixEnd(NameKey("a")), end)), ElementsAre("b"));
  EXPECT_THAT(Values(*reader_.Scan(PassAt(1), NameKey("a") + '\0', end)), ElementsAre("b"));
  EXPECT_THAT(Values(*reader_.Scan(PassAt(1), NameKey("a"), base::PrefixEnd(NameKey("a")))), ElementsAre("a"));
}

TEST_F(ReaderTest, SkipPrefixPassesAllRowsOfThePrefix) {
  for (const char* name : {"a/1", "a/2", "a/3", "b/1", "c/1"}) Version(name, 1, name);
  const std::string lower(1, static_cast<char>(Keyspace::kName));
  const auto cursor = reader_.Scan(PassAt(1), lower, base::PrefixEnd(lower));
  cursor->SkipPrefix(lower + "a/");
  EXPECT_EQ(cursor->row().value, "b/1");
  cursor->SkipPrefix(lower + "a/");
  EXPECT_EQ(cursor->row().value, "b/1") << "a prefix already passed moves nothing";
  cursor->SkipPrefix(lower);
  EXPECT_FALSE(cursor->Valid());
  EXPECT_TRUE(cursor->status().ok());
}

TEST_F(ReaderTest, PlainRowsAreReadAsTheyStand) {
  Put(PlainKey("a"), "1");
  Put(PlainKey("b"), "");
  EXPECT_EQ(*reader_.Get(PassAt(0), PlainKey("a")), "1");
  EXPECT_EQ(*reader_.Get(PassAt(0), PlainKey("b")), "");
  const auto cursor = reader_.Scan(PassAt(0), PlainKey("a"), base::PrefixEnd("\x44"));
  EXPECT_EQ(cursor->row().key, PlainKey("a"));
  EXPECT_EQ(cursor->row().revision, Revision(0));
  EXPECT_THAT(Values(*cursor), ElementsAre("1", ""));
}

// Counts what the cursors under it are asked to do.
class CountingEngine final : public EngineWrapper {
 public:
  using EngineWrapper::EngineWrapper;
  std::unique_ptr<EngineCursor> NewCursor(std::string_view lower, std::string_view upper) override {
    return std::make_unique<Cursor>(EngineWrapper::NewCursor(lower, upper), &steps);
  }

  size_t steps = 0;

 private:
  class Cursor final : public EngineCursor {
   public:
    Cursor(std::unique_ptr<EngineCursor> cursor, size_t* steps) : cursor_(std::move(cursor)), steps_(steps) {}
    bool Valid() const override { return cursor_->Valid(); }
    std::string_view key() const override { return cursor_->key(); }
    std::string_view value() const override { return cursor_->value(); }
    void Next() override {
      ++*steps_;
      cursor_->Next();
    }
    void Seek(std::string_view key) override {
      ++*steps_;
      cursor_->Seek(key);
    }
    Status status() const override { return cursor_->status(); }

   private:
    std::unique_ptr<EngineCursor> cursor_;
    size_t* steps_;
  };
};

TEST_F(ReaderTest, ThousandsOfOlderVersionsCostAFewSteps) {
  for (uint64_t revision = 1; revision <= 5'000; ++revision) {
    Version("a", revision, "a");
    Held(1, 7, revision, "b");
  }
  Version("z", 1, "z");
  CountingEngine counting(&engine_);
  const Reader reader(&counting);
  const std::string names(1, static_cast<char>(Keyspace::kName));
  EXPECT_THAT(Values(*reader.Scan(PassAt(2'500), names, base::PrefixEnd(names))), ElementsAre("a", "z"));
  EXPECT_THAT(Values(*reader.Scan(PassAt(2'500), AspectKey(1), AspectKey(2), Timestamp(9))), ElementsAre("b"));
  EXPECT_LT(counting.steps, 60u);
}

TEST_F(ReaderTest, ErrorsNameTheFieldAndAreNotAnswers) {
  const std::string too_long = NameKey(std::string(kKeyBytesMax, 'x'));
  EXPECT_EQ(reader_.Find(PassAt(1), too_long).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reader_.Find(PassAt(1), PlainKey("a")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reader_.Get(PassAt(1), NameKey("a")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reader_.Get(PassAt(1), "").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(reader_.Scan(PassAt(1), NameKey("a"), PlainKey("a"))->status().code(), absl::StatusCode::kInvalidArgument);
  Put("\x10short", "v");
  const auto cursor = reader_.Scan(PassAt(1), "\x10", "\x11");
  EXPECT_FALSE(cursor->Valid());
  EXPECT_EQ(cursor->status().code(), absl::StatusCode::kDataLoss);
  engine_.FailReads(true);
  EXPECT_EQ(reader_.Find(PassAt(1), NameKey("a")).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(reader_.Scan(PassAt(1), "\x10", "\x11")->status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace cadastre::storage
