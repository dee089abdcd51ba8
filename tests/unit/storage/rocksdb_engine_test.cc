#include "storage/rocksdb_engine.h"

#include <filesystem>
#include <fstream>

#include "base/log.h"
#include "storage/row_key.h"
#include "tests/unit/storage/test_engines.h"
#include "tests/unit/storage/test_store.h"

namespace cadastre::storage {
namespace {

using testing::HasSubstr;
using testing::Optional;

void Put(Engine& engine, std::string key, std::string value) {
  Batch batch;
  batch.Put(std::move(key), std::move(value));
  ASSERT_TRUE(engine.Write(batch, true).ok());
}

class RocksDbEngineTest : public testing::Test {
 protected:
  TempFolder folder_;
  const std::string path_ = folder_.path() + "/db";
};

TEST_F(RocksDbEngineTest, KeepsWhatWasWrittenOverAReopening) {
  Put(*OpenRocksDb(path_), "\x01k", "v");
  EXPECT_THAT(*OpenRocksDb(path_)->Get("\x01k"), Optional(std::string("v")));
}

TEST_F(RocksDbEngineTest, FindsRowsInFilesByTheirFilters) {
  constexpr uint64_t kRows = 500;
  {
    const auto engine = OpenRocksDb(path_);
    Batch batch;
    for (uint64_t i = 0; i < kRows; ++i) {
      batch.Put(VersionedKey(NameKey(std::to_string(i)), Revision(i + 1)), "name");
      batch.Put(HeldKey(AspectKey(i), Timestamp(1), Revision(i + 1)), "aspect");
      batch.Put(PlainKey(std::to_string(i)), "plain");
    }
    ASSERT_TRUE(engine->Write(batch, true).ok());
  }
  // Reopening replays the log into a file.
  const auto engine = OpenRocksDb(path_);
  for (uint64_t i = 0; i < 2 * kRows; ++i) {
    const auto found = engine->MultiFirst({VersionsOf(NameKey(std::to_string(i)), kTimestampMax, kRevisionMax),
                                           VersionsOf(AspectKey(i), Timestamp(1), Revision(i + 1)),
                                           VersionsOf(AspectKey(i), Timestamp(0), Revision(i + 1)),
                                           VersionsOf(PlainKey(std::to_string(i)), kTimestampMax, kRevisionMax)});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ((*found)[0].has_value(), i < kRows);
    EXPECT_EQ((*found)[1].has_value(), i < kRows);
    EXPECT_FALSE((*found)[2].has_value());
    EXPECT_EQ((*found)[3].has_value(), i < kRows);
    EXPECT_EQ((*engine->Get(PlainKey(std::to_string(i)))).has_value(), i < kRows);
  }
}

TEST_F(RocksDbEngineTest, AFirstStartIsNoError) {
  std::vector<std::string> told;
  base::SetLogSink([&](std::string_view line) { told.emplace_back(line); });
  Put(*OpenRocksDb(path_), "\x01k", "v");
  base::SetLogSink(nullptr);
  EXPECT_THAT(told, testing::IsEmpty());
}

TEST_F(RocksDbEngineTest, AFolderInUseSaysSoWithoutItsPath) {
  const auto first = OpenRocksDb(path_);
  const auto second = RocksDbEngine::Open(path_, {});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(second.status().ToString(), HasSubstr("in use by another process"));
  EXPECT_THAT(second.status().ToString(), testing::Not(HasSubstr(path_)));
}

TEST_F(RocksDbEngineTest, AMissingStoreIsNotMadeWhenItIsNotToBe) {
  RocksDbEngine::Options options;
  options.create_if_missing = false;
  const auto opened = RocksDbEngine::Open(path_, options);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(opened.status().ToString(), HasSubstr("no store"));
}

TEST_F(RocksDbEngineTest, APlainFileInPlaceOfTheFolderIsAnError) {
  std::ofstream(path_) << "not a folder";
  EXPECT_FALSE(RocksDbEngine::Open(path_, {}).ok());
}

TEST_F(RocksDbEngineTest, ADamagedBlockIsDataLossNotAnAnswer) {
  {
    const auto engine = OpenRocksDb(path_);
    for (uint64_t i = 0; i < 2'000; ++i) {
      Batch batch;
      batch.Put(AspectKey(i * 0x9E3779B97F4A7C15u), std::string(64, static_cast<char>(i)));
      ASSERT_TRUE(engine->Write(batch, false).ok());
    }
  }
  OpenRocksDb(path_);
  bool damaged = false;
  for (const auto& file : std::filesystem::directory_iterator(path_)) {
    if (file.path().extension() != ".sst") continue;
    std::fstream bytes(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(100);
    bytes.write("damage", 6);
    damaged = true;
  }
  ASSERT_TRUE(damaged);
  const auto engine = RocksDbEngine::Open(path_, {});
  if (!engine.ok()) {
    EXPECT_EQ(engine.status().code(), absl::StatusCode::kDataLoss);
    return;
  }
  const auto cursor = (*engine)->NewCursor("\x20", "\x21");
  while (cursor->Valid()) cursor->Next();
  EXPECT_EQ(cursor->status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(RocksDbEngineTest, ACheckpointIsAStoreOfItsOwn) {
  const auto engine = OpenRocksDb(path_);
  Put(*engine, "\x01k", "before");
  const std::string copy = folder_.path() + "/copy";
  ASSERT_TRUE(engine->Checkpoint(copy).ok());
  Put(*engine, "\x01k", "after");
  EXPECT_THAT(*OpenRocksDb(copy)->Get("\x01k"), Optional(std::string("before")));
  EXPECT_EQ(engine->Checkpoint(copy).code(), absl::StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace cadastre::storage
