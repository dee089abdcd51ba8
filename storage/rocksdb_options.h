// How RocksDB is set up: for a machine of two cores, within a bounded memory, and never trusting a byte unchecked.
//
// Thread rule: safe. For rocksdb_engine.cc alone.
#pragma once

#include <rocksdb/options.h>

#include "storage/rocksdb_engine.h"

namespace cadastre::storage {

rocksdb::Options MakeRocksDbOptions(const RocksDbEngine::Options& options);

}  // namespace cadastre::storage
