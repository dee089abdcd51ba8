// A device that runs full at a random operation: writes are refused and leave no trace, records of reads go on as soon
// as there is any room, and nothing that was acknowledged is lost, neither at once nor after reopening.
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <map>
#include <memory>
#include <random>

#include "base/log.h"
#include "base/status.h"
#include "storage/reader.h"
#include "storage/row_key.h"
#include "tests/unit/storage/power_cut_fs.h"
#include "tests/unit/storage/test_engines.h"
#include "tests/unit/storage/test_store.h"

namespace cadastre::storage {
namespace {

constexpr uint64_t kFullDiskRounds = 60;
constexpr uint64_t kFullDiskWorks = 120;
// With as many, a work of theirs is taken in parts.
constexpr uint64_t kRowsInParts = 3;

std::string NumberedRow(uint64_t work, uint64_t row) { return NameKey(base::Cat("w", work, "/", row)); }

std::string NumberedLeaf(uint64_t index) {
  std::string key(1, static_cast<char>(Keyspace::kAudit));
  base::AppendU32(key, 1);
  base::AppendU64(key, index);
  return key;
}

// One store that runs full once, and finds room again.
class FullDiskRound {
 public:
  FullDiskRound(uint64_t seed, bool in_parts) : rows_(in_parts ? kRowsInParts : 1), random_(seed) {
    const std::string attic = folder_.path() + "/attic";
    std::filesystem::create_directory(attic);
    fs_ = std::make_shared<PowerCutFs>(attic, seed);
  }

  // What is wrong, or nothing.
  std::string Run() {
    {
      const std::unique_ptr<Engine> engine = Open();
      TestStore::Options options;
      options.admit = [this](bool takes_room) {
        return full_ && takes_room ? base::ResourceExhausted("the disk is almost full") : absl::OkStatus();
      };
      options.on_full = [this] {
        full_ = true;
        ++times_full_;
        // As when a reserve is given up.
        if (Below(2) == 0) fs_->MakeRoom();
      };
      options.group_rows_max = kRowsInParts - 1;
      options.part_rows_max = 1;
      TestStore store(engine.get(), std::move(options));
      fs_->FillAt(1 + Below(Below(2) == 0 ? 20 : 200));
      for (uint64_t work = 0; work < kFullDiskWorks && !ended_; ++work) Commit(*store.committer, work);
      fs_->MakeRoom();
      full_ = false;
      if (!ended_) {
        Commit(*store.committer, kFullDiskWorks);
        if (!kept_.contains(kFullDiskWorks)) return "nothing is written though there is room again";
        if (std::string wrong = FindWrong(*engine); !wrong.empty()) return wrong;
      }
    }
    const std::unique_ptr<Engine> engine = Open();
    const TestStore started(engine.get());
    const std::string wrong = FindWrong(*engine);
    return wrong.empty() ? wrong : "reopened: " + wrong;
  }

  bool ended() const { return ended_; }
  bool was_full() const { return times_full_ > 0; }
  uint64_t refused() const { return refused_; }

 private:
  std::unique_ptr<Engine> Open() {
    RocksDbEngine::Options options;
    options.write_buffer_bytes = 64 << 10;
    options.file_system = fs_;
    auto opened = RocksDbEngine::Open(folder_.path() + "/db", options);
    CHECK(opened.ok()) << opened.status().ToString();
    return *std::move(opened);
  }
  uint64_t Below(uint64_t limit) { return std::uniform_int_distribution<uint64_t>(0, limit - 1)(random_); }

  // A write with its record, or every third time the record of a read.
  void Commit(Committer& committer, uint64_t number) {
    Work work;
    work.AddLeaf(std::to_string(number), "");
    const bool writes = number % 3 != 1;
    std::string value(2'000 / rows_, '\0');
    for (char& byte : value) byte = static_cast<char>(random_());
    for (uint64_t row = 0; writes && row < rows_; ++row) work.Set(NumberedRow(number, row), value);
    const StatusOr<CommitResult> result = committer.Commit(std::move(work));
    if (result.ok()) {
      kept_[number] = {*result, writes ? value : ""};
    } else {
      ++refused_;
      if (!absl::IsResourceExhausted(result.status())) ended_ = true;
    }
  }

  std::string FindWrong(Engine& engine) {
    const Reader reader(&engine);
    for (uint64_t number = 0; number <= kFullDiskWorks; ++number) {
      const auto kept = kept_.find(number);
      const std::string expected = kept == kept_.end() ? "" : kept->second.value;
      uint64_t there = 0;
      for (uint64_t row = 0; row < rows_; ++row) {
        const auto found = reader.Find(PassAt(kFullDiskWorks + 1), NumberedRow(number, row));
        if (!found.ok()) return base::Cat("work ", number, " does not read");
        if (*found) ++there;
        // What a process did not live to take back may be there, but not half of it.
        if (ended_ && kept == kept_.end()) continue;
        if ((*found ? (*found)->value : "") != expected)
          return base::Cat("work ", number, kept == kept_.end() ? " was refused and is there" : " is lost");
      }
      if (there != 0 && there != rows_) return base::Cat("work ", number, " is half there");
      if (kept == kept_.end()) continue;
      const auto leaf = engine.Get(NumberedLeaf(kept->second.result.first_leaf));
      if (!leaf.ok() || *leaf != std::to_string(number)) return base::Cat("the leaf of work ", number, " is lost");
    }
    return "";
  }

  struct Kept {
    CommitResult result;
    std::string value;
  };

  const uint64_t rows_;
  std::mt19937_64 random_;
  const TempFolder folder_;
  std::shared_ptr<PowerCutFs> fs_;
  std::atomic<bool> full_ = false;
  std::atomic<uint64_t> times_full_ = 0;
  bool ended_ = false;
  uint64_t refused_ = 0;
  std::map<uint64_t, Kept> kept_;
};

void RunFull(bool in_parts) {
  // What the engine said of the last round explains a failure.
  std::string told;
  base::SetLogSink([&](std::string_view line) { told.append(line).append("\n"); });
  uint64_t full = 0;
  uint64_t ended = 0;
  // The same rounds every time, or others when asked: a long search sets CADASTRE_SEED.
  const char* const asked = std::getenv("CADASTRE_SEED");
  const uint64_t first = asked == nullptr ? 1 : std::strtoull(asked, nullptr, 10);
  for (uint64_t seed = first; seed < first + kFullDiskRounds; ++seed) {
    told.clear();
    FullDiskRound round(seed, in_parts);
    const std::string wrong = round.Run();
    if (!wrong.empty()) {
      ADD_FAILURE() << "seed " << seed << ": " << wrong << "\n" << told;
      break;
    }
    full += round.was_full() ? 1 : 0;
    ended += round.ended() ? 1 : 0;
  }
  base::SetLogSink(nullptr);
  EXPECT_GT(full, kFullDiskRounds / 2) << "rounds in which nothing ran full show nothing";
  // Where a log is begun nothing is left to go on from; here that is every thirty works. How often it falls together
  // with the full device is a matter of threads too.
  EXPECT_LE(ended, kFullDiskRounds / 6) << "of " << full;
  std::cout << "ran full: " << full << ", ended where a log was begun: " << ended << std::endl;
}

TEST(FullDisk, WritesAreRefusedNothingIsLostAndTheStoreGoesOn) { RunFull(/*in_parts=*/false); }

TEST(FullDisk, NothingIsLeftOfALargeWriteThatFoundNoRoom) { RunFull(/*in_parts=*/true); }

// Holds the threads that flush for all stores of the process, so that what is scheduled for them waits.
class HeldFlushes {
 public:
  HeldFlushes() {
    for (int i = 0; i < threads_; ++i) env_->Schedule(&HeldFlushes::Hold, this, rocksdb::Env::Priority::HIGH);
    begun_.wait();
  }
  ~HeldFlushes() {
    let_go_.count_down();
    over_.wait();
  }

 private:
  static void Hold(void* of) {
    auto* const self = static_cast<HeldFlushes*>(of);
    self->begun_.count_down();
    self->let_go_.wait();
    self->over_.count_down();
  }

  rocksdb::Env* const env_ = rocksdb::Env::Default();
  const int threads_ = env_->GetBackgroundThreads(rocksdb::Env::Priority::HIGH);
  std::latch begun_{threads_};
  std::latch let_go_{1};
  std::latch over_{threads_};
};

// RocksDB drops a flush that finds it stopped, sleeps a second over it, and would wait for it for ever.
TEST(FullDisk, AForgottenFlushEndsTheProcessAndDoesNotHoldIt) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path() + "/attic");
  const auto fs = std::make_shared<PowerCutFs>(folder.path() + "/attic", 1);
  RocksDbEngine::Options options;
  options.write_buffer_bytes = 64 << 10;
  options.file_system = fs;
  auto engine = *RocksDbEngine::Open(folder.path() + "/db", options);
  const auto write = [&](uint64_t number) {
    Batch batch;
    batch.Put(PlainKey(std::to_string(number)), std::string(2'000, 'x'));
    return engine->Write(batch, true);
  };
  constexpr uint64_t kWritesOfABuffer = 40;
  uint64_t kept = 0;
  {
    const HeldFlushes held;
    while (kept < kWritesOfABuffer) ASSERT_TRUE(write(kept++).ok());
    fs->FillAt(1);
    ASSERT_TRUE(absl::IsResourceExhausted(write(kept)));
    fs->MakeRoom();
  }
  EXPECT_TRUE(absl::IsUnavailable(write(kept)));
  engine.reset();
  engine = *RocksDbEngine::Open(folder.path() + "/db", options);
  for (uint64_t i = 0; i < kept; ++i) EXPECT_TRUE((*engine->Get(PlainKey(std::to_string(i)))).has_value()) << i;
}

}  // namespace
}  // namespace cadastre::storage
