// One suite over every engine: what the seam promises, each of them keeps.
#include <atomic>
#include <thread>

#include "base/bytes.h"
#include "storage/engine.h"
#include "storage/memory_engine.h"
#include "tests/unit/storage/test_engines.h"

namespace cadastre::storage {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::Pair;

// NUL and 0xFF bytes are ordinary parts of keys.
const std::string kLow("\x01\0", 2);
const std::string kHigh("\x01\xff\xff", 3);

class EngineConformanceTest : public testing::TestWithParam<EngineMaker> {
 protected:
  EngineConformanceTest() : engine_(GetParam().make(folder_.path() + "/db")) {}

  void Put(std::string key, std::string value) {
    Batch batch;
    batch.Put(std::move(key), std::move(value));
    ASSERT_TRUE(engine_->Write(batch, false).ok());
  }
  std::vector<std::string> Keys(EngineCursor& cursor) {
    std::vector<std::string> keys;
    for (; cursor.Valid(); cursor.Next()) keys.emplace_back(cursor.key());
    EXPECT_TRUE(cursor.status().ok());
    return keys;
  }
  std::vector<std::string> KeysIn(std::string_view lower, std::string_view upper) {
    return Keys(*engine_->NewCursor(lower, upper));
  }

  TempFolder folder_;
  std::unique_ptr<Engine> engine_;
};

TEST_P(EngineConformanceTest, GetFindsWhatWasPutAndNothingElse) {
  Put("\x01k", "v");
  Put("\x01"
      "empty",
      "");
  EXPECT_THAT(*engine_->Get("\x01k"), Optional(std::string("v")));
  EXPECT_THAT(*engine_->Get("\x01"
                            "empty"),
              Optional(std::string()));
  EXPECT_EQ(*engine_->Get("\x01"
                          "kk"),
            std::nullopt);
  EXPECT_EQ(*engine_->Get("\x01"), std::nullopt);
}

TEST_P(EngineConformanceTest, MultiGetAnswersInTheOrderAsked) {
  Put("\x01"
      "a",
      "1");
  Put("\x01"
      "b",
      "2");
  EXPECT_THAT(
      *engine_->MultiGet({"\x01"
                          "b",
                          "\x01"
                          "x",
                          "\x01"
                          "a",
                          "\x01"
                          "b"}),
      ElementsAre(Optional(std::string("2")), std::nullopt, Optional(std::string("1")), Optional(std::string("2"))));
  EXPECT_TRUE(engine_->MultiGet({})->empty());
}

TEST_P(EngineConformanceTest, ABatchIsAppliedInOrderAndAsOne) {
  Put("\x01"
      "a",
      "0");
  Batch batch;
  batch.Put(
      "\x01"
      "a",
      "1");
  batch.Delete(
      "\x01"
      "a");
  batch.Put(
      "\x01"
      "b",
      "1");
  batch.Put(
      "\x01"
      "b",
      "2");
  batch.Delete(
      "\x01"
      "never");
  ASSERT_TRUE(engine_->Write(batch, true).ok());
  EXPECT_EQ(*engine_->Get("\x01"
                          "a"),
            std::nullopt);
  EXPECT_THAT(*engine_->Get("\x01"
                            "b"),
              Optional(std::string("2")));
  EXPECT_TRUE(engine_->Write(Batch(), true).ok());
}

TEST_P(EngineConformanceTest, CursorsWalkHalfOpenRangesInByteOrder) {
  for (const std::string& key : {std::string("\x01"
                                             "b"),
                                 kHigh, kLow,
                                 std::string("\x01"
                                             "a"),
                                 std::string("\x02")}) {
    Put(key, "v");
  }
  EXPECT_THAT(KeysIn("\x01", "\x02"), ElementsAre(kLow,
                                                  "\x01"
                                                  "a",
                                                  "\x01"
                                                  "b",
                                                  kHigh));
  EXPECT_THAT(KeysIn("\x01"
                     "a",
                     kHigh),
              ElementsAre("\x01"
                          "a",
                          "\x01"
                          "b"));
  EXPECT_THAT(KeysIn("\x01"
                     "c",
                     "\x01"
                     "c"),
              ElementsAre());
  EXPECT_THAT(KeysIn("\x01"
                     "c",
                     "\x01"
                     "a"),
              ElementsAre());
}

TEST_P(EngineConformanceTest, SeekGoesForwardAndBack) {
  for (const char* key : {"\x01"
                          "a",
                          "\x01"
                          "b",
                          "\x01"
                          "c",
                          "\x01"
                          "d"})
    Put(key, key);
  const auto cursor = engine_->NewCursor(
      "\x01"
      "a",
      "\x01"
      "d");
  cursor->Seek(
      "\x01"
      "bb");
  ASSERT_TRUE(cursor->Valid());
  EXPECT_EQ(cursor->key(),
            "\x01"
            "c");
  cursor->Seek(
      "\x01"
      "cc");
  EXPECT_FALSE(cursor->Valid()) << "the upper bound holds for Seek too";
  cursor->Seek(
      "\x01"
      "a");
  ASSERT_TRUE(cursor->Valid());
  EXPECT_EQ(cursor->value(),
            "\x01"
            "a");
}

TEST_P(EngineConformanceTest, ACursorSeesTheStateOfItsMaking) {
  for (const char* key : {"\x01"
                          "a",
                          "\x01"
                          "b",
                          "\x01"
                          "c"})
    Put(key, "old");
  const auto cursor = engine_->NewCursor("\x01", "\x02");
  Batch batch;
  batch.Delete(
      "\x01"
      "a");
  batch.Delete(
      "\x01"
      "b");
  batch.Put(
      "\x01"
      "c",
      "new");
  batch.Put(
      "\x01"
      "d",
      "new");
  ASSERT_TRUE(engine_->Write(batch, false).ok());
  Put("\x01"
      "c",
      "newer");
  EXPECT_THAT(Keys(*cursor), ElementsAre("\x01"
                                         "a",
                                         "\x01"
                                         "b",
                                         "\x01"
                                         "c"));
  cursor->Seek(
      "\x01"
      "c");
  EXPECT_EQ(cursor->value(), "old");
  EXPECT_THAT(KeysIn("\x01", "\x02"), ElementsAre("\x01"
                                                  "c",
                                                  "\x01"
                                                  "d"));
}

TEST_P(EngineConformanceTest, LastIsTheGreatestKeyOfTheRange) {
  for (const std::string& key : {kLow,
                                 std::string("\x01"
                                             "b"),
                                 std::string("\x02"
                                             "a")})
    Put(key, "v");
  EXPECT_THAT(*engine_->Last("\x01", "\x02"), Optional(Pair("\x01"
                                                            "b",
                                                            "v")));
  EXPECT_THAT(*engine_->Last("\x01",
                             "\x01"
                             "b"),
              Optional(Pair(kLow, "v")));
  EXPECT_EQ(*engine_->Last("\x01"
                           "c",
                           "\x02"
                           "a"),
            std::nullopt);
  EXPECT_EQ(*engine_->Last("\x03", "\x04"), std::nullopt);
  Batch batch;
  batch.Delete(
      "\x01"
      "b");
  ASSERT_TRUE(engine_->Write(batch, false).ok());
  EXPECT_THAT(*engine_->Last("\x01", "\x02"), Optional(Pair(kLow, "v")));
}

TEST_P(EngineConformanceTest, MultiFirstAnswersEachRangeInTheOrderAsked) {
  // Rows of name/ (versioned), aspect/ (held) and token/ (plain): engines may treat a range within one row apart.
  const std::string name("\x10n\0", 3);
  const std::string aspect = std::string("\x20") + std::string(8, '\x07');
  const std::string eight(8, '\xfe');
  Put(name + eight, "name");
  Put(aspect + eight + eight, "aspect");
  Put("\x44token", "token");
  const auto row = [](std::string key, size_t suffix) {
    return KeyRange{key + std::string(suffix, '\0'), key + std::string(suffix, '\xff'), /*one_row=*/true};
  };
  const std::vector<KeyRange> ranges = {
      {"\x44token", std::string("\x44token\0", 7), true},
      row(name, 8),
      {"\x20", "\x21"},
      row(aspect, 16),
      {"\x30", "\x31"},
      row(std::string("\x10"
                      "absent\0",
                      8),
          8),
      {name + std::string(8, '\xff'), "\x11"},
      {"\x10", "\x45"},
      {"\x45", "\x10"},
  };
  const auto found = engine_->MultiFirst(ranges);
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(*found, ElementsAre(Optional(Pair("\x44token", "token")), Optional(Pair(name + eight, "name")),
                                  Optional(Pair(aspect + eight + eight, "aspect")),
                                  Optional(Pair(aspect + eight + eight, "aspect")), std::nullopt, std::nullopt,
                                  std::nullopt, Optional(Pair(name + eight, "name")), std::nullopt));
  EXPECT_TRUE(engine_->MultiFirst({})->empty());
}

TEST_P(EngineConformanceTest, LongKeysAndLargeValuesComeBackWhole) {
  const std::string key = "\x01" + std::string(1999, '\xfe');
  const std::string value(3 << 20, 'x');
  Put(key, value);
  EXPECT_EQ(**engine_->Get(key), value);
  EXPECT_EQ((*engine_->Last("\x01", "\x02"))->second, value);
}

TEST_P(EngineConformanceTest, SizeGrowsWithWhatIsStored) {
  const uint64_t before = *engine_->SizeBytes();
  for (int i = 0; i < 8; ++i) {
    // Not compressible.
    std::string value;
    for (uint64_t j = 0; j < 50'000; ++j) base::AppendU64(value, (j * 8 + i) * 0x9E3779B97F4A7C15u);
    Put("\x01" + std::to_string(i), value);
  }
  EXPECT_GT(*engine_->SizeBytes(), before + 1'000'000);
}

TEST_P(EngineConformanceTest, WritersAndReadersMayShareIt) {
  // Every batch moves both keys together, so no reader may see them apart.
  std::atomic<bool> stop = false;
  Put("\x01"
      "a",
      "0");
  Put("\x01"
      "b",
      "0");
  std::jthread writer([&] {
    for (int i = 1; i <= 2'000; ++i) {
      Batch batch;
      batch.Put(
          "\x01"
          "a",
          std::to_string(i));
      batch.Put(
          "\x01"
          "b",
          std::to_string(i));
      ASSERT_TRUE(engine_->Write(batch, false).ok());
    }
    stop = true;
  });
  while (!stop) {
    const auto cursor = engine_->NewCursor("\x01", "\x02");
    const std::string a(cursor->value());
    cursor->Next();
    ASSERT_EQ(a, cursor->value());
    const auto both = engine_->MultiFirst({{"\x01"
                                            "a",
                                            "\x01"
                                            "b"},
                                           {"\x01"
                                            "b",
                                            "\x01"
                                            "c"}});
    ASSERT_EQ((*both)[0]->second, (*both)[1]->second);
  }
}

INSTANTIATE_TEST_SUITE_P(AllEngines, EngineConformanceTest, testing::ValuesIn(AllEngines()),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace cadastre::storage
