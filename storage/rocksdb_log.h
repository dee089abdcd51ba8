// What RocksDB says of itself, as lines of the server's own log.
//
// Made for each engine and kept by it. Thread rule: safe. Warnings and errors are told; the rest, which is much, is
// not.
#pragma once

#include <memory>

namespace rocksdb {
class Logger;
}

namespace cadastre::storage {

std::shared_ptr<rocksdb::Logger> MakeRocksDbLog();

}  // namespace cadastre::storage
