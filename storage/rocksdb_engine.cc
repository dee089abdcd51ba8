#include "storage/rocksdb_engine.h"

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/mutex.h"
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

// Why RocksDB stopped. Left to itself it looks for room every five seconds; a write that waits asks at once.
class RocksDbEngine::StopListener final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override {
    if (!error->IsNoSpace()) return;
    // A compaction that finds no room stops nothing else.
    if (reason != rocksdb::BackgroundErrorReason::kCompaction) stopped_ = true;
    if (reason == rocksdb::BackgroundErrorReason::kWriteCallback) log_torn_ = true;
    if (reason == rocksdb::BackgroundErrorReason::kManifestWrite && writing_) half_written_ = true;
    // No file could be made for the next log; what there is stays as it was.
    if (reason == rocksdb::BackgroundErrorReason::kMemTable) {
      *error = rocksdb::Status(*error, rocksdb::Status::Severity::kHardError);
    }
  }
  void OnFlushBegin(rocksdb::DB*, const rocksdb::FlushJobInfo&) override { flushing_ = true; }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status error, bool* by_itself) override {
    // A compaction stops no write, so nothing would ask.
    if (error.IsNoSpace() && reason != rocksdb::BackgroundErrorReason::kCompaction) *by_itself = false;
  }

  rocksdb::Status Write(rocksdb::DB* db, const rocksdb::WriteOptions& options, rocksdb::WriteBatch* batch) {
    writing_ = true;
    rocksdb::Status status = db->Write(options, batch);
    writing_ = false;
    return status;
  }

  // Part of a batch may stand at the end of the log, behind which nothing may be written.
  bool log_torn() const { return log_torn_; }
  // The first sync of a new log is noted in the MANIFEST when the batch is in the log and in memory already.
  bool half_written() const { return half_written_; }
  // A flush that finds RocksDB stopped gives up and leaves its request in the queue as if it were scheduled still:
  // going on would wait for it for ever.
  bool flush_forgotten() const { return flush_forgotten_; }
  void Clear() { log_torn_ = stopped_ = false; }

  // A turn of a flush's thread, from when RocksDB asks for it until it is over.
  void FlushScheduled() {
    base::MutexLock lock(turns_mutex_);
    ++turns_;
  }
  void RunFlush(void (*run)(void*), void* argument) {
    flushing_ = false;
    run(argument);
    if (!flushing_ && stopped_) flush_forgotten_ = true;
    FlushOver();
  }
  void FlushOver() {
    base::MutexLock lock(turns_mutex_);
    --turns_;
    turn_over_.NotifyAll();
  }
  // While RocksDB is stopped it asks for no further turn. One that gives up still sleeps a second before it is over,
  // which going on would wait for too, but without a look at what became of it.
  void AwaitFlushes() {
    base::MutexLock lock(turns_mutex_);
    while (turns_ > 0) turn_over_.Wait(turns_mutex_);
  }

 private:
  // On this thread: flushes write the MANIFEST too, on their own.
  static thread_local bool writing_;
  static thread_local bool flushing_;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> log_torn_{false};
  std::atomic<bool> half_written_{false};
  std::atomic<bool> flush_forgotten_{false};
  base::Mutex turns_mutex_;
  base::CondVar turn_over_;
  uint64_t turns_ GUARDED_BY(turns_mutex_) = 0;
};

thread_local bool RocksDbEngine::StopListener::writing_ = false;
thread_local bool RocksDbEngine::StopListener::flushing_ = false;

// Lets the listener see each turn of a flush's thread, also one that does nothing.
class RocksDbEngine::FlushEnv final : public rocksdb::EnvWrapper {
 public:
  FlushEnv(rocksdb::Env* env, std::unique_ptr<rocksdb::Env> owned, std::shared_ptr<StopListener> stops)
      : rocksdb::EnvWrapper(env), owned_(std::move(owned)), stops_(std::move(stops)) {}

  const char* Name() const override { return "cadastre.flush"; }
  void Schedule(void (*run)(void*), void* argument, Priority priority, void* tag, void (*unscheduled)(void*)) override {
    if (priority != Priority::HIGH) return target()->Schedule(run, argument, priority, tag, unscheduled);
    auto* const turn = new Turn{stops_, run, unscheduled, argument};
    stops_->FlushScheduled();
    target()->Schedule(&FlushEnv::Run, turn, priority, tag, &FlushEnv::Unscheduled);
  }

 private:
  struct Turn {
    // The database, and with it the environment, may be closed once it has run.
    std::shared_ptr<StopListener> stops;
    void (*run)(void*);
    void (*unscheduled)(void*);
    void* argument;
  };
  static void Run(void* of) {
    const std::unique_ptr<Turn> turn(static_cast<Turn*>(of));
    turn->stops->RunFlush(turn->run, turn->argument);
  }
  static void Unscheduled(void* of) {
    const std::unique_ptr<Turn> turn(static_cast<Turn*>(of));
    if (turn->unscheduled != nullptr) turn->unscheduled(turn->argument);
    turn->stops->FlushOver();
  }

  const std::unique_ptr<rocksdb::Env> owned_;
  const std::shared_ptr<StopListener> stops_;
};

StatusOr<std::unique_ptr<RocksDbEngine>> RocksDbEngine::Open(const std::string& path, const Options& options) {
  rocksdb::Options made = MakeRocksDbOptions(options);
  const auto stops = std::make_shared<StopListener>();
  made.listeners.push_back(stops);
  std::unique_ptr<rocksdb::Env> files;
  if (options.file_system != nullptr) files = rocksdb::NewCompositeEnv(options.file_system);
  rocksdb::Env* const on = files == nullptr ? rocksdb::Env::Default() : files.get();
  std::unique_ptr<rocksdb::Env> env = std::make_unique<FlushEnv>(on, std::move(files), stops);
  made.env = env.get();
  // RocksDB would make it too, after it had complained that it is not there. What is in the way, the opening tells.
  if (options.create_if_missing) made.env->CreateDirIfMissing(path).PermitUncheckedError();
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(made, path, &db);
  if (!status.ok()) return ToOpenStatus(status);
  return std::unique_ptr<RocksDbEngine>(new RocksDbEngine(std::move(env), stops, std::unique_ptr<rocksdb::DB>(db)));
}

RocksDbEngine::RocksDbEngine(std::unique_ptr<rocksdb::Env> env, std::shared_ptr<StopListener> stops,
                             std::unique_ptr<rocksdb::DB> db)
    : env_(std::move(env)), stops_(std::move(stops)), db_(std::move(db)) {}

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
  base::MutexLock lock(write_mutex_);
  if (stopped_) RETURN_IF_ERROR(GoOn());
  const rocksdb::Status status = stops_->Write(db_.get(), options, &writes);
  return status.IsNoSpace() ? NoRoom() : ToStatus(status);
}

// Where memory is empty, going on would not begin a new log, and what is written behind a torn end would be lost.
Status RocksDbEngine::NoRoom() {
  uint64_t entries = 0;
  const bool told = db_->GetIntProperty(rocksdb::DB::Properties::kNumEntriesActiveMemTable, &entries);
  if (stops_->half_written() || (stops_->log_torn() && (!told || entries == 0))) {
    return base::Unavailable("no space was left on the device when a log was begun");
  }
  if (!std::exchange(stopped_, true)) base::LogWarning("no space is left on the device of the store");
  return base::ResourceExhausted("no space is left on the device");
}

Status RocksDbEngine::GoOn() {
  stops_->AwaitFlushes();
  if (stops_->flush_forgotten()) {
    return base::Unavailable("no space was left on the device when a flush was to begin");
  }
  const rocksdb::Status status = db_->Resume();
  if (status.IsNoSpace() || status.IsBusy()) return base::ResourceExhausted("no space is left on the device");
  RETURN_IF_ERROR(ToStatus(status));
  stops_->Clear();
  stopped_ = false;
  base::LogInfo("the store writes again");
  return absl::OkStatus();
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

std::vector<base::Measure> RocksDbEngine::Measures() const {
  struct Property {
    std::string_view name;
    const std::string* property;
    std::string_view help;
  };
  using P = rocksdb::DB::Properties;
  const Property kProperties[] = {
      {"keys", &P::kEstimateNumKeys, "Keys, roughly."},
      {"live_data_bytes", &P::kEstimateLiveDataSize, "Bytes of what is not overwritten or deleted, roughly."},
      {"memtable_bytes", &P::kCurSizeAllMemTables, "Bytes written and not in a file yet."},
      {"block_cache_bytes", &P::kBlockCacheUsage, "Bytes of blocks held in memory."},
      {"table_readers_bytes", &P::kEstimateTableReadersMem, "Memory of open files outside the block cache, roughly."},
      {"pending_compaction_bytes", &P::kEstimatePendingCompactionBytes, "Bytes that wait to be rewritten, roughly."},
      {"compactions_running", &P::kNumRunningCompactions, "Compactions that run."},
      {"flushes_running", &P::kNumRunningFlushes, "Flushes that run."},
      {"background_errors", &P::kBackgroundErrors, "Errors of flushes and compactions since the start."},
      {"delayed_write_rate_bytes", &P::kActualDelayedWriteRate,
       "Bytes a second that writes are slowed down to; 0: they are not."},
      {"write_stopped", &P::kIsWriteStopped, "1 while writes wait for compactions."},
  };
  std::vector<base::Measure> measures;
  for (const Property& each : kProperties) {
    measures.push_back(
        {base::Cat("cadastre_rocksdb_", each.name), std::string(each.help), [this, property = each.property] {
           uint64_t value = 0;
           return db_->GetIntProperty(*property, &value) ? static_cast<double>(value) : 0.0;
         }});
  }
  return measures;
}

}  // namespace cadastre::storage
