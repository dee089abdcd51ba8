#include "storage/rocksdb_engine.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/status.h"
#include "storage/rocksdb_options.h"

namespace cadastre::storage {
namespace {

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view FromSlice(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

Status ToStatus(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  base::LogError("storage engine error", {{"detail", status.ToString()}});
  if (status.IsCorruption()) return base::DataLoss("stored bytes failed their check");
  if (status.IsNoSpace()) return base::ResourceExhausted("no space is left on the device");
  return base::Unavailable("the storage device failed");
}

Status ToOpenStatus(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  const auto says = [&text](const char* words) { return text.find(words) != std::string::npos; };
  if (status.IsIOError() && (says("lock hold by current process") || says("While lock file"))) {
    return base::FailedPrecondition("the data folder is in use by another process");
  }
  if (status.IsInvalidArgument() && says("does not exist")) {
    return base::FailedPrecondition("there is no store in the data folder");
  }
  if (status.IsNotSupported() || says("newer version") || says("nknown Footer version") || says("nknown checksum")) {
    base::LogError("storage engine error", {{"detail", text}});
    return base::FailedPrecondition("the store was written by a newer storage engine; start a newer program");
  }
  return ToStatus(status);
}

// Ranges and cursors of any shape walk in total order; only ranges within one row may trust the filters.
rocksdb::ReadOptions WalkOptions() {
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  return options;
}

class RocksDbCursor final : public EngineCursor {
 public:
  RocksDbCursor(rocksdb::DB* db, std::string_view lower, std::string_view upper)
      : lower_(lower), upper_(upper), lower_slice_(lower_), upper_slice_(upper_) {
    rocksdb::ReadOptions options = WalkOptions();
    options.iterate_lower_bound = &lower_slice_;
    options.iterate_upper_bound = &upper_slice_;
    iterator_.reset(db->NewIterator(options));
    if (lower_ < upper_) iterator_->Seek(lower_slice_);
  }

  bool Valid() const override { return iterator_->Valid(); }
  std::string_view key() const override { return FromSlice(iterator_->key()); }
  std::string_view value() const override { return FromSlice(iterator_->value()); }
  void Next() override {
    CHECK(iterator_->Valid()) << "Next on a cursor at its end";
    iterator_->Next();
  }
  void Seek(std::string_view key) override {
    if (lower_ < upper_) iterator_->Seek(ToSlice(key));
  }
  Status status() const override { return ToStatus(iterator_->status()); }

 private:
  const std::string lower_;
  const std::string upper_;
  // What the iterator points to.
  const rocksdb::Slice lower_slice_;
  const rocksdb::Slice upper_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

// The first row of one range after another, all over one state. An iterator is such a state, so a single range needs no
// snapshot, which would take the database's own lock.
class FirstRows {
 public:
  FirstRows(rocksdb::DB* db, size_t ranges) : db_(db) {
    if (ranges > 1) snapshot_.emplace(db);
  }

  StatusOr<std::optional<KeyValue>> Find(const KeyRange& range) {
    if (range.lower >= range.upper) return std::optional<KeyValue>();
    rocksdb::Iterator& iterator = range.one_row ? Iterator(by_row_, false) : Iterator(by_order_, true);
    iterator.Seek(ToSlice(range.lower));
    if (!iterator.Valid()) {
      RETURN_IF_ERROR(ToStatus(iterator.status()));
      return std::optional<KeyValue>();
    }
    if (FromSlice(iterator.key()) >= range.upper) return std::optional<KeyValue>();
    return std::optional<KeyValue>({iterator.key().ToString(), iterator.value().ToString()});
  }

 private:
  rocksdb::Iterator& Iterator(std::unique_ptr<rocksdb::Iterator>& iterator, bool total_order) {
    if (iterator == nullptr) {
      rocksdb::ReadOptions options;
      options.total_order_seek = total_order;
      if (snapshot_) options.snapshot = snapshot_->snapshot();
      iterator.reset(db_->NewIterator(options));
    }
    return *iterator;
  }

  rocksdb::DB* const db_;
  std::optional<rocksdb::ManagedSnapshot> snapshot_;
  std::unique_ptr<rocksdb::Iterator> by_row_;
  std::unique_ptr<rocksdb::Iterator> by_order_;
};

}  // namespace

StatusOr<std::unique_ptr<RocksDbEngine>> RocksDbEngine::Open(const std::string& path, Options options) {
  rocksdb::Options made = MakeRocksDbOptions(options);
  std::unique_ptr<rocksdb::Env> env;
  if (options.file_system != nullptr) {
    env = rocksdb::NewCompositeEnv(options.file_system);
    made.env = env.get();
  }
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(made, path, &db);
  if (!status.ok()) return ToOpenStatus(status);
  return std::unique_ptr<RocksDbEngine>(new RocksDbEngine(std::move(env), std::unique_ptr<rocksdb::DB>(db)));
}

RocksDbEngine::RocksDbEngine(std::unique_ptr<rocksdb::Env> env, std::unique_ptr<rocksdb::DB> db)
    : env_(std::move(env)), db_(std::move(db)) {}

RocksDbEngine::~RocksDbEngine() {
  const rocksdb::Status status = db_->Close();
  if (!status.ok()) base::LogWarning("storage engine did not close cleanly", {{"detail", status.ToString()}});
}

StatusOr<std::optional<std::string>> RocksDbEngine::Get(std::string_view key) {
  std::string value;
  const rocksdb::Status status = db_->Get({}, ToSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(ToStatus(status));
  return std::optional<std::string>(std::move(value));
}

StatusOr<std::vector<std::optional<std::string>>> RocksDbEngine::MultiGet(const std::vector<std::string>& keys) {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet({}, db_->DefaultColumnFamily(), keys.size(), slices.data(), found.data(), statuses.data());
  std::vector<std::optional<std::string>> values(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    RETURN_IF_ERROR(ToStatus(statuses[i]));
    values[i] = found[i].ToString();
  }
  return values;
}

std::unique_ptr<EngineCursor> RocksDbEngine::NewCursor(std::string_view lower, std::string_view upper) {
  return std::make_unique<RocksDbCursor>(db_.get(), lower, upper);
}

StatusOr<std::optional<KeyValue>> RocksDbEngine::Last(std::string_view lower, std::string_view upper) {
  if (lower >= upper) return std::optional<KeyValue>();
  const rocksdb::Slice lower_slice = ToSlice(lower);
  const rocksdb::Slice upper_slice = ToSlice(upper);
  rocksdb::ReadOptions options = WalkOptions();
  options.iterate_lower_bound = &lower_slice;
  options.iterate_upper_bound = &upper_slice;
  const std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(options));
  iterator->SeekToLast();
  RETURN_IF_ERROR(ToStatus(iterator->status()));
  if (!iterator->Valid()) return std::optional<KeyValue>();
  return std::optional<KeyValue>({iterator->key().ToString(), iterator->value().ToString()});
}

StatusOr<std::vector<std::optional<KeyValue>>> RocksDbEngine::MultiFirst(const std::vector<KeyRange>& ranges) {
  std::vector<std::optional<KeyValue>> rows(ranges.size());
  if (ranges.empty()) return rows;
  // In key order one seek warms the blocks of the next.
  std::vector<size_t> order(ranges.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return ranges[a].lower < ranges[b].lower; });
  FirstRows first(db_.get(), ranges.size());
  for (size_t i : order) {
    ASSIGN_OR_RETURN(rows[i], first.Find(ranges[i]));
  }
  return rows;
}

Status RocksDbEngine::Write(const Batch& batch, bool sync) {
  constexpr size_t kHeaderBytes = 12;
  constexpr size_t kOpBytes = 8;
  rocksdb::WriteBatch writes(kHeaderBytes + batch.bytes() + kOpBytes * batch.ops().size());
  for (const Batch::Op& op : batch.ops()) {
    RETURN_IF_ERROR(ToStatus(op.value ? writes.Put(op.key, *op.value) : writes.Delete(op.key)));
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  return ToStatus(db_->Write(options, &writes));
}

Status RocksDbEngine::Checkpoint(const std::string& dir) {
  std::error_code error;
  if (std::filesystem::exists(dir, error)) return base::AlreadyExists("the folder for the copy exists already");
  rocksdb::Checkpoint* made = nullptr;
  RETURN_IF_ERROR(ToStatus(rocksdb::Checkpoint::Create(db_.get(), &made)));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  return ToStatus(checkpoint->CreateCheckpoint(dir));
}

StatusOr<uint64_t> RocksDbEngine::SizeBytes() {
  uint64_t files = 0;
  uint64_t memory = 0;
  if (!db_->GetIntProperty("rocksdb.total-sst-files-size", &files) ||
      !db_->GetIntProperty("rocksdb.cur-size-all-mem-tables", &memory)) {
    return base::Unavailable("the storage engine does not tell its size");
  }
  return files + memory;
}

}  // namespace cadastre::storage
