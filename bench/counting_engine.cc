#include "bench/counting_engine.h"

#include <utility>

namespace cadastre::bench {

Traffic CountingEngine::Take() {
  Traffic traffic;
  traffic.reads = static_cast<double>(reads_.exchange(0));
  traffic.cursors = static_cast<double>(cursors_.exchange(0));
  traffic.keys_written = static_cast<double>(keys_.exchange(0));
  traffic.bytes_written = static_cast<double>(bytes_.exchange(0));
  return traffic;
}

void CountingEngine::Keep(size_t max) {
  base::MutexLock lock(mutex_);
  keep_max_ = max;
}

std::vector<storage::Batch> CountingEngine::TakeKept() {
  base::MutexLock lock(mutex_);
  keep_max_ = 0;
  return std::exchange(kept_, {});
}

StatusOr<std::optional<std::string>> CountingEngine::Get(std::string_view key) {
  ++reads_;
  return engine_->Get(key);
}

StatusOr<std::vector<std::optional<std::string>>> CountingEngine::MultiGet(const std::vector<std::string>& keys) {
  reads_ += keys.size();
  return engine_->MultiGet(keys);
}

std::unique_ptr<storage::EngineCursor> CountingEngine::NewCursor(std::string_view lower, std::string_view upper) {
  ++cursors_;
  return engine_->NewCursor(lower, upper);
}

StatusOr<std::optional<storage::KeyValue>> CountingEngine::Last(std::string_view lower, std::string_view upper) {
  ++reads_;
  return engine_->Last(lower, upper);
}

StatusOr<std::vector<std::optional<storage::KeyValue>>> CountingEngine::MultiFirst(
    const std::vector<storage::KeyRange>& ranges) {
  reads_ += ranges.size();
  return engine_->MultiFirst(ranges);
}

Status CountingEngine::Write(const storage::Batch& batch, bool sync) {
  keys_ += batch.ops().size();
  bytes_ += batch.bytes();
  {
    base::MutexLock lock(mutex_);
    if (keep_max_ > 0) {
      if (kept_.size() < keep_max_) kept_.push_back(batch);
      sync = false;
    }
  }
  return engine_->Write(batch, sync);
}

}  // namespace cadastre::bench
