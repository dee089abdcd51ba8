// The engines that suites of this room run over, and a folder that goes with its test.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "storage/engine.h"
#include "storage/memory_engine.h"
#include "storage/rocksdb_engine.h"
#include "tests/support/temp_folder.h"

namespace cadastre::storage {

using testing_support::TempFolder;

// Hands everything on; for engines that differ in one thing.
class EngineWrapper : public Engine {
 public:
  explicit EngineWrapper(Engine* engine) : engine_(engine) {}
  StatusOr<std::optional<std::string>> Get(std::string_view key) override { return engine_->Get(key); }
  StatusOr<std::vector<std::optional<std::string>>> MultiGet(const std::vector<std::string>& keys) override {
    return engine_->MultiGet(keys);
  }
  std::unique_ptr<EngineCursor> NewCursor(std::string_view lower, std::string_view upper) override {
    return engine_->NewCursor(lower, upper);
  }
  StatusOr<std::optional<KeyValue>> Last(std::string_view lower, std::string_view upper) override {
    return engine_->Last(lower, upper);
  }
  StatusOr<std::vector<std::optional<KeyValue>>> MultiFirst(const std::vector<KeyRange>& ranges) override {
    return engine_->MultiFirst(ranges);
  }
  Status Write(const Batch& batch, bool sync) override { return engine_->Write(batch, sync); }
  Status Checkpoint(const std::string& dir) override { return engine_->Checkpoint(dir); }
  StatusOr<uint64_t> SizeBytes() override { return engine_->SizeBytes(); }

 private:
  Engine* const engine_;
};

struct EngineMaker {
  std::string name;
  std::function<std::unique_ptr<Engine>(const std::string& path)> make;
};

inline std::unique_ptr<Engine> OpenRocksDb(const std::string& path, RocksDbEngine::Options options = {}) {
  auto engine = RocksDbEngine::Open(path, std::move(options));
  CHECK(engine.ok()) << engine.status().ToString();
  return *std::move(engine);
}

inline std::vector<EngineMaker> AllEngines() {
  return {
      {"Memory", [](const std::string&) -> std::unique_ptr<Engine> { return std::make_unique<MemoryEngine>(); }},
      {"RocksDb", [](const std::string& path) { return OpenRocksDb(path); }},
  };
}

}  // namespace cadastre::storage
