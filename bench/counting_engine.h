// CountingEngine: an engine that counts what passes, and may keep the batches written, to be written again beside ours.
//
// Made by a bench over a real engine, which outlives it. Thread rule: safe; counters are read when nothing runs.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "storage/engine.h"

namespace cadastre::bench {

struct Traffic {
  double reads = 0;         // keys and ranges looked up
  double cursors = 0;       // scans begun
  double keys_written = 0;  // of puts and deletes
  double bytes_written = 0;
};

class CountingEngine final : public storage::Engine {
 public:
  explicit CountingEngine(storage::Engine* engine) : engine_(engine) {}

  // Since the last call.
  Traffic Take();
  // From now on batches are kept, at most `max`; writes are then not synced, because only their content matters.
  void Keep(size_t max);
  std::vector<storage::Batch> TakeKept();

  StatusOr<std::optional<std::string>> Get(std::string_view key) override;
  StatusOr<std::vector<std::optional<std::string>>> MultiGet(const std::vector<std::string>& keys) override;
  std::unique_ptr<storage::EngineCursor> NewCursor(std::string_view lower, std::string_view upper) override;
  StatusOr<std::optional<storage::KeyValue>> Last(std::string_view lower, std::string_view upper) override;
  StatusOr<std::vector<std::optional<storage::KeyValue>>> MultiFirst(
      const std::vector<storage::KeyRange>& ranges) override;
  Status Write(const storage::Batch& batch, bool sync) override;
  Status Checkpoint(const std::string& dir) override { return engine_->Checkpoint(dir); }
  StatusOr<uint64_t> SizeBytes() override { return engine_->SizeBytes(); }

 private:
  storage::Engine* const engine_;
  std::atomic<uint64_t> reads_{0};
  std::atomic<uint64_t> cursors_{0};
  std::atomic<uint64_t> keys_{0};
  std::atomic<uint64_t> bytes_{0};
  base::Mutex mutex_;
  size_t keep_max_ GUARDED_BY(mutex_) = 0;
  std::vector<storage::Batch> kept_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::bench
