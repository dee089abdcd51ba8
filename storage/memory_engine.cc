#include "storage/memory_engine.h"

#include <utility>

#include "base/check.h"
#include "base/status.h"

namespace cadastre::storage {

// Holds its place as an iterator: the row it stands on has a version that its own pinned state needs, so it is not
// erased.
class MemoryEngine::Cursor final : public EngineCursor {
 public:
  Cursor(MemoryEngine* engine, std::string_view lower, std::string_view upper) : engine_(engine), upper_(upper) {
    base::MutexLock lock(engine_->mutex_);
    sequence_ = engine_->sequence_;
    engine_->pinned_.insert(sequence_);
    Settle(engine_->table_.lower_bound(lower));
  }

  ~Cursor() override {
    base::MutexLock lock(engine_->mutex_);
    engine_->pinned_.erase(engine_->pinned_.find(sequence_));
    if (!engine_->pinned_.empty()) return;
    for (const std::string& key : engine_->deleted_) {
      if (auto row = engine_->table_.find(key); row != engine_->table_.end()) engine_->Prune(row);
    }
    engine_->deleted_.clear();
  }

  bool Valid() const override { return valid_; }
  std::string_view key() const override { return key_; }
  std::string_view value() const override { return value_; }

  void Next() override {
    CHECK(valid_) << "Next on a cursor at its end";
    base::MutexLock lock(engine_->mutex_);
    Settle(std::next(row_));
  }

  void Seek(std::string_view key) override {
    base::MutexLock lock(engine_->mutex_);
    Settle(engine_->table_.lower_bound(key));
  }

  Status status() const override { return status_; }

 private:
  void Settle(Table::iterator row) NO_THREAD_SAFETY_ANALYSIS {
    valid_ = false;
    status_ = engine_->CheckReadable();
    if (!status_.ok()) return;
    for (; row != engine_->table_.end() && row->first < upper_; ++row) {
      const std::string* value = ValueAt(row->second, sequence_);
      if (value == nullptr) continue;
      row_ = row;
      key_ = row->first;
      value_ = *value;
      valid_ = true;
      return;
    }
  }

  MemoryEngine* engine_;
  const std::string upper_;
  uint64_t sequence_ = 0;
  Table::iterator row_;
  std::string key_;
  std::string value_;
  bool valid_ = false;
  Status status_;
};

MemoryEngine::~MemoryEngine() {
  base::MutexLock lock(mutex_);
  CHECK(pinned_.empty()) << "a cursor outlives its engine";
}

const std::string* MemoryEngine::ValueAt(const Versions& versions, uint64_t sequence) {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (version->sequence <= sequence) return version->value ? &*version->value : nullptr;
  }
  return nullptr;
}

Status MemoryEngine::CheckReadable() const {
  return reads_fail_ ? base::Unavailable("the device does not answer") : absl::OkStatus();
}

StatusOr<std::optional<std::string>> MemoryEngine::Get(std::string_view key) {
  base::MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckReadable());
  const auto row = table_.find(key);
  if (row == table_.end()) return std::optional<std::string>();
  return row->second.back().value;
}

StatusOr<std::vector<std::optional<std::string>>> MemoryEngine::MultiGet(const std::vector<std::string>& keys) {
  base::MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckReadable());
  std::vector<std::optional<std::string>> values;
  values.reserve(keys.size());
  for (const std::string& key : keys) {
    const auto row = table_.find(key);
    values.push_back(row == table_.end() ? std::nullopt : row->second.back().value);
  }
  return values;
}

std::unique_ptr<EngineCursor> MemoryEngine::NewCursor(std::string_view lower, std::string_view upper) {
  return std::make_unique<Cursor>(this, lower, upper);
}

StatusOr<std::optional<KeyValue>> MemoryEngine::Last(std::string_view lower, std::string_view upper) {
  base::MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckReadable());
  for (auto row = table_.lower_bound(upper); row != table_.begin();) {
    --row;
    if (row->first < lower) break;
    if (row->second.back().value) return std::optional<KeyValue>({row->first, *row->second.back().value});
  }
  return std::optional<KeyValue>();
}

StatusOr<std::vector<std::optional<KeyValue>>> MemoryEngine::MultiFirst(const std::vector<KeyRange>& ranges) {
  base::MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckReadable());
  std::vector<std::optional<KeyValue>> rows;
  rows.reserve(ranges.size());
  for (const KeyRange& range : ranges) rows.push_back(FirstIn(range.lower, range.upper));
  return rows;
}

std::optional<KeyValue> MemoryEngine::FirstIn(std::string_view lower, std::string_view upper) {
  for (auto row = table_.lower_bound(lower); row != table_.end() && row->first < upper; ++row) {
    if (row->second.back().value) return KeyValue(row->first, *row->second.back().value);
  }
  return std::nullopt;
}

std::pair<Status, bool> MemoryEngine::MeetFault(bool sync) {
  if (broken_) return {base::Unavailable("the device is broken"), false};
  if (!sync || !sync_fault_ || --sync_fault_->writes_left > 0) return {absl::OkStatus(), true};
  broken_ = true;
  return {base::Unavailable("the device broke"), sync_fault_->outcome == Outcome::kApplied};
}

Status MemoryEngine::Write(const Batch& batch, bool sync) {
  base::MutexLock lock(mutex_);
  auto [status, applied] = MeetFault(sync);
  if (!applied) return status;
  ++sequence_;
  for (const Batch::Op& op : batch.ops()) {
    const auto row = table_.find(op.key);
    unsynced_.push_back({op.key, row == table_.end() ? std::nullopt : row->second.back().value});
    Apply(op.key, op.value);
  }
  if (sync) unsynced_.clear();
  return status;
}

void MemoryEngine::Apply(std::string_view key, std::optional<std::string> value) {
  auto row = table_.find(key);
  if (row == table_.end()) {
    if (!value) return;
    row = table_.emplace(std::string(key), Versions()).first;
  }
  Versions& versions = row->second;
  if (!versions.empty() && versions.back().sequence == sequence_) versions.pop_back();
  if (!value && !pinned_.empty()) deleted_.insert(row->first);
  versions.push_back({sequence_, std::move(value)});
  Prune(row);
}

void MemoryEngine::Prune(Table::iterator row) {
  Versions& versions = row->second;
  const uint64_t oldest = pinned_.empty() ? sequence_ : *pinned_.begin();
  size_t needed = versions.size() - 1;
  while (needed > 0 && versions[needed].sequence > oldest) --needed;
  versions.erase(versions.begin(), versions.begin() + static_cast<ptrdiff_t>(needed));
  if (versions.size() == 1 && !versions[0].value && versions[0].sequence <= oldest) table_.erase(row);
}

Status MemoryEngine::Checkpoint(const std::string&) {
  return base::Unimplemented("the in-memory engine keeps nothing that could be copied to a folder");
}

StatusOr<uint64_t> MemoryEngine::SizeBytes() {
  base::MutexLock lock(mutex_);
  RETURN_IF_ERROR(CheckReadable());
  uint64_t bytes = 0;
  for (const auto& [key, versions] : table_) {
    if (versions.back().value) bytes += key.size() + versions.back().value->size();
  }
  return bytes;
}

void MemoryEngine::FailSync(uint64_t nth, Outcome outcome) {
  CHECK(nth > 0) << "writes are counted from 1";
  base::MutexLock lock(mutex_);
  sync_fault_ = Fault{nth, outcome};
}

void MemoryEngine::FailReads(bool fail) {
  base::MutexLock lock(mutex_);
  reads_fail_ = fail;
}

void MemoryEngine::DropUnsynced() {
  base::MutexLock lock(mutex_);
  ++sequence_;
  for (auto undo = unsynced_.rbegin(); undo != unsynced_.rend(); ++undo) Apply(undo->key, std::move(undo->value));
  unsynced_.clear();
  sync_fault_.reset();
  reads_fail_ = false;
  broken_ = false;
}

}  // namespace cadastre::storage
