#include "storage/format.h"

#include "base/bytes.h"
#include "base/status.h"
#include "cadastre/record/registry.pb.h"
#include "storage/memory_engine.h"
#include "storage/row_key.h"

namespace cadastre::storage {
namespace {

using testing::HasSubstr;

std::string PersonKey(uint32_t id) {
  std::string key(1, static_cast<char>(Keyspace::kPerson));
  base::AppendU32(key, id);
  return key;
}

// Writes "new" over every person, two a step; stops with an error when `steps_left` is used up.
Migration Rewrite(uint32_t from, int* steps_left, int* rows_written) {
  return {from, [=](Engine* engine, const std::string& cursor, Batch* batch) -> StatusOr<std::optional<std::string>> {
            if ((*steps_left)-- == 0) return base::Unavailable("cut short");
            const auto rows = engine->NewCursor(cursor.empty() ? PersonKey(0) : cursor, PersonKey(100));
            for (int i = 0; i < 2 && rows->Valid(); ++i, rows->Next()) {
              batch->Put(std::string(rows->key()), "new");
              ++*rows_written;
            }
            if (!rows->Valid()) return std::optional<std::string>();
            return std::optional<std::string>(rows->key());
          }};
}

class FormatTest : public testing::Test {
 protected:
  void PutPeople(uint32_t count) {
    Batch batch;
    for (uint32_t id = 0; id < count; ++id) batch.Put(PersonKey(id), "old");
    ASSERT_TRUE(engine_.Write(batch, true).ok());
  }

  MemoryEngine engine_;
};

TEST_F(FormatTest, ANewStoreGetsTheCurrentFormat) {
  EXPECT_TRUE(PrepareFormat(&engine_).ok());
  EXPECT_TRUE(engine_.Get(MetaKey("storage.format"))->has_value());
  EXPECT_TRUE(PrepareFormat(&engine_).ok());
}

TEST_F(FormatTest, ANewerStoreIsRefusedAndLeftAsItIs) {
  ASSERT_TRUE(PrepareFormat(&engine_, 7, {}).ok());
  const Status status = PrepareFormat(&engine_, 6, {});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.ToString(), HasSubstr("format 7, this program knows up to 6"));
  EXPECT_TRUE(PrepareFormat(&engine_, 7, {}).ok());
}

TEST_F(FormatTest, RowsOfAnotherProgramAreRefused) {
  PutPeople(1);
  EXPECT_EQ(PrepareFormat(&engine_).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FormatTest, AnOlderStoreIsBroughtUpStepByStep) {
  ASSERT_TRUE(PrepareFormat(&engine_, 1, {}).ok());
  PutPeople(5);
  int steps = 100;
  int rows = 0;
  ASSERT_TRUE(PrepareFormat(&engine_, 3, {Rewrite(1, &steps, &rows), Rewrite(2, &steps, &rows)}).ok());
  EXPECT_EQ(rows, 10);
  EXPECT_EQ(*engine_.Get(PersonKey(4)), "new");
  EXPECT_EQ(*engine_.Get(MetaKey("storage.migration")), std::nullopt);
  EXPECT_TRUE(PrepareFormat(&engine_, 3, {}).ok());
}

TEST_F(FormatTest, SpellingsOfFormat3HaveNoRows) {
  ASSERT_TRUE(PrepareFormat(&engine_, 3, {}).ok());
  record::Name name;
  name.set_asset(7);
  Batch batch;
  const std::string kept = VersionedKey(TableBegin(Keyspace::kName) + "orders", Revision(1));
  const std::string spelling = VersionedKey(TableBegin(Keyspace::kName) + "orders/dt=1", Revision(2));
  batch.Put(kept, name.SerializeAsString());
  name.set_folded(true);
  batch.Put(spelling, name.SerializeAsString());
  ASSERT_TRUE(engine_.Write(batch, true).ok());
  ASSERT_TRUE(PrepareFormat(&engine_).ok());
  EXPECT_TRUE(engine_.Get(kept)->has_value());
  EXPECT_FALSE(engine_.Get(spelling)->has_value());
}

TEST_F(FormatTest, AMigrationCutShortGoesOnWhereItWas) {
  ASSERT_TRUE(PrepareFormat(&engine_, 1, {}).ok());
  PutPeople(5);
  int rows = 0;
  for (int attempt = 0; attempt < 2; ++attempt) {
    int steps = 1;
    EXPECT_EQ(PrepareFormat(&engine_, 2, {Rewrite(1, &steps, &rows)}).code(), absl::StatusCode::kUnavailable);
    engine_.DropUnsynced();
  }
  int steps = 1;
  EXPECT_TRUE(PrepareFormat(&engine_, 2, {Rewrite(1, &steps, &rows)}).ok());
  EXPECT_EQ(rows, 5) << "no row twice";
}

TEST_F(FormatTest, AFormatWithoutAMigrationIsRefused) {
  ASSERT_TRUE(PrepareFormat(&engine_, 1, {}).ok());
  int steps = 100;
  int rows = 0;
  const Status status = PrepareFormat(&engine_, 3, {Rewrite(2, &steps, &rows)});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.ToString(), HasSubstr("no longer"));
}

}  // namespace
}  // namespace cadastre::storage
