#include "storage/rocksdb_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <memory>
#include <string_view>

#include "storage/rocksdb_log.h"
#include "storage/row_key.h"

namespace cadastre::storage {
namespace {

constexpr int kCacheShardBits = 4;

// A stored key without its suffix, so that one filter entry stands for all versions of a row. Rows are prefix-free
// within a table, so the order of rows is the order of keys, as RocksDB demands. The name is written into every file: a
// change of meaning needs another.
class RowTransform final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "cadastre.row.1"; }
  bool InDomain(const rocksdb::Slice&) const override { return true; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override {
    const size_t suffix = SuffixBytes(ShapeOfKey({key.data(), key.size()}));
    return {key.data(), key.size() > suffix ? key.size() - suffix : key.size()};
  }
};

rocksdb::BlockBasedTableOptions MakeTableOptions(const RocksDbEngine::Options& options) {
  rocksdb::BlockBasedTableOptions table;
  // A block larger than its shard is never kept, and is then read and checked anew at every look.
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes, kCacheShardBits);
  table.block_size = 8 << 10;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  // In parts of a few KiB: the filter of a large file as a whole would not fit beside others.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.optimize_filters_for_memory = true;
  // The row of a plain key is the whole key, so the entries for rows serve Get as well.
  table.whole_key_filtering = false;
  table.checksum = rocksdb::kXXH3;
  table.format_version = 5;
  return table;
}

}  // namespace

rocksdb::Options MakeRocksDbOptions(const RocksDbEngine::Options& options) {
  rocksdb::Options made;
  made.create_if_missing = options.create_if_missing;
  made.paranoid_checks = true;
  // A torn last write ends the log there; a hole before synced data does not open.
  made.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  made.track_and_verify_wals_in_manifest = true;
  made.max_open_files = options.open_files_max;
  made.max_background_jobs = 2;
  made.write_buffer_size = options.write_buffer_bytes;
  made.max_write_buffer_number = 3;
  made.max_total_wal_size = 4 * options.write_buffer_bytes;
  made.level_compaction_dynamic_level_bytes = true;
  made.compression = rocksdb::kLZ4Compression;
  made.bottommost_compression = rocksdb::kZSTD;
  // Spreads the write-back of large files, so that a sync of the log does not wait behind it.
  made.bytes_per_sync = 1 << 20;
  made.info_log = MakeRocksDbLog();
  made.stats_dump_period_sec = 0;
  made.stats_persist_period_sec = 0;
  made.prefix_extractor = std::make_shared<RowTransform>();
  made.table_factory.reset(rocksdb::NewBlockBasedTableFactory(MakeTableOptions(options)));
  return made;
}

}  // namespace cadastre::storage
