#include "storage/rocksdb_log.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "base/log.h"

namespace cadastre::storage {
namespace {

constexpr size_t kLineBytesMax = 2'048;

class Log final : public rocksdb::Logger {
 public:
  Log() : rocksdb::Logger(rocksdb::WARN_LEVEL) {}

  using rocksdb::Logger::Logv;
  void Logv(const rocksdb::InfoLogLevel level, const char* format, va_list arguments) override {
    if (level < rocksdb::WARN_LEVEL || level == rocksdb::HEADER_LEVEL) return;
    char line[kLineBytesMax];
    const int written = std::vsnprintf(line, sizeof(line), format, arguments);
    if (written < 0) return;
    const std::string_view text(line, std::min(static_cast<size_t>(written), sizeof(line) - 1));
    base::Log(level == rocksdb::WARN_LEVEL ? base::LogLevel::kWarning : base::LogLevel::kError, "library",
              {{"library", "rocksdb"}, {"detail", text}});
  }
  void Logv(const char* format, va_list arguments) override { Logv(rocksdb::INFO_LEVEL, format, arguments); }
};

}  // namespace

std::shared_ptr<rocksdb::Logger> MakeRocksDbLog() { return std::make_shared<Log>(); }

}  // namespace cadastre::storage
