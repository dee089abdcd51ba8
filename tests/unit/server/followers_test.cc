// Followers that cannot read: the server says so, answers who would wait, and goes on once it can.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "base/status.h"
#include "server/rooms.h"
#include "storage/keyspaces.h"
#include "storage/memory_engine.h"

namespace cadastre::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Walks over edges fail while it is broken.
class BrokenEdges final : public storage::Engine {
 public:
  StatusOr<std::optional<std::string>> Get(std::string_view key) override { return inner_.Get(key); }
  StatusOr<std::vector<std::optional<std::string>>> MultiGet(const std::vector<std::string>& keys) override {
    return inner_.MultiGet(keys);
  }
  std::unique_ptr<storage::EngineCursor> NewCursor(std::string_view lower, std::string_view upper) override {
    const bool edges = !lower.empty() && lower.front() == static_cast<char>(storage::Keyspace::kOut);
    if (edges && broken) return std::make_unique<FailedCursor>();
    return inner_.NewCursor(lower, upper);
  }
  StatusOr<std::optional<storage::KeyValue>> Last(std::string_view lower, std::string_view upper) override {
    return inner_.Last(lower, upper);
  }
  StatusOr<std::vector<std::optional<storage::KeyValue>>> MultiFirst(
      const std::vector<storage::KeyRange>& ranges) override {
    return inner_.MultiFirst(ranges);
  }
  Status Write(const storage::Batch& batch, bool sync) override { return inner_.Write(batch, sync); }
  Status Checkpoint(const std::string& dir) override { return inner_.Checkpoint(dir); }
  StatusOr<uint64_t> SizeBytes() override { return inner_.SizeBytes(); }

  std::atomic<bool> broken = true;

 private:
  class FailedCursor final : public storage::EngineCursor {
   public:
    bool Valid() const override { return false; }
    std::string_view key() const override { return {}; }
    std::string_view value() const override { return {}; }
    void Next() override {}
    void Seek(std::string_view) override {}
    Status status() const override { return base::Unavailable("the storage device failed"); }
  };
  storage::MemoryEngine inner_;
};

bool Becomes(const Rooms& rooms, const std::string& state) {
  const auto end = steady_clock::now() + std::chrono::seconds(20);
  while (rooms.NotReady() != state && steady_clock::now() < end) std::this_thread::sleep_for(milliseconds(10));
  return rooms.NotReady() == state;
}

TEST(Followers, AGraphThatCannotBeReadIsToldAndTriedAgain) {
  BrokenEdges engine;
  base::SystemClock clock;
  Config config;
  config.executor_threads = 2;
  auto rooms = Rooms::Open(&engine, &clock, config);
  ASSERT_TRUE(rooms.ok()) << rooms.status();
  (*rooms)->Start();
  EXPECT_TRUE(Becomes(**rooms, "lineage: the graph cannot be read; trying again")) << (*rooms)->NotReady();
  engine.broken = false;
  EXPECT_TRUE(Becomes(**rooms, "")) << (*rooms)->NotReady();
  (*rooms)->Stop();
}

}  // namespace
}  // namespace cadastre::server
