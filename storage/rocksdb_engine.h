// The engine of the server: RocksDB in one folder, all tables in one key space.
//
// Made by main; outlives all its users. Thread rule: safe. One process at a time has a folder open.
// Errors: those of Engine. What RocksDB says goes to the log, because it names paths and keys; a status tells the kind
// alone. Bounds: memory is the block cache (with index and filter blocks in it) plus about three write buffers, and
// roughly 10 KiB an open file. After a write for which there was no room RocksDB writes nothing more; the next one
// finds its way back first, by putting all of memory into a file and beginning a log without the torn end. Deliberately
// does not: use column families, snapshots above one call, or RocksDB's own write groups (the committer is the one
// writer that matters).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "base/mutex.h"
#include "base/words.h"
#include "storage/engine.h"

namespace rocksdb {
class DB;
class Env;
class FileSystem;
}  // namespace rocksdb

namespace cadastre::storage {

class RocksDbEngine final : public Engine {
 public:
  struct Options {
    bool create_if_missing = true;
    size_t block_cache_bytes = 128 << 20;
    size_t write_buffer_bytes = 32 << 20;
    int open_files_max = 512;
    // For tests that break the device; null is the machine's own.
    std::shared_ptr<rocksdb::FileSystem> file_system;
  };

  // FAILED_PRECONDITION: another process has the folder open, a newer engine wrote it, or it is missing and not to be
  // made. DATA_LOSS: what is there is damaged. UNAVAILABLE: the folder cannot be reached.
  static StatusOr<std::unique_ptr<RocksDbEngine>> Open(const std::string& path, const Options& options);
  ~RocksDbEngine() override;

  StatusOr<std::optional<std::string>> Get(std::string_view key) override;
  StatusOr<std::vector<std::optional<std::string>>> MultiGet(const std::vector<std::string>& keys) override;
  std::unique_ptr<EngineCursor> NewCursor(std::string_view lower, std::string_view upper) override;
  StatusOr<std::optional<KeyValue>> Last(std::string_view lower, std::string_view upper) override;
  StatusOr<std::vector<std::optional<KeyValue>>> MultiFirst(const std::vector<KeyRange>& ranges) override;
  Status Write(const Batch& batch, bool sync) override;
  // ALREADY_EXISTS when `dir` does.
  Status Checkpoint(const std::string& dir) override;
  StatusOr<uint64_t> SizeBytes() override;
  // For /metrics: `cadastre_rocksdb_…`, to be asked as often as one likes while the engine lives.
  std::vector<base::Measure> Measures() const;

 private:
  class StopListener;
  class FlushEnv;
  RocksDbEngine(std::unique_ptr<rocksdb::Env> env, std::shared_ptr<StopListener> stops,
                std::unique_ptr<rocksdb::DB> db);
  // Of a write that found no room: RESOURCE_EXHAUSTED where the engine can go on later, else UNAVAILABLE.
  Status NoRoom() REQUIRES(write_mutex_);
  Status GoOn() REQUIRES(write_mutex_);

  // Destroyed after the database that uses it.
  std::unique_ptr<rocksdb::Env> env_;
  const std::shared_ptr<StopListener> stops_;
  std::unique_ptr<rocksdb::DB> db_;
  // Held over each write, so that none comes between a stop and the way back from it.
  base::Mutex write_mutex_;
  // Since when a write found no room; the last try to go on failed, or none was made yet.
  bool stopped_ GUARDED_BY(write_mutex_) = false;
};

}  // namespace cadastre::storage
