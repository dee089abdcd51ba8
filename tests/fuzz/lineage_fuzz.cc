// Whatever the bytes: a stored key parses or is refused, and a checkpoint that was damaged is no graph.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "base/check.h"
#include "lineage/graph_checkpoint.h"
#include "lineage/run_lists.h"
#include "lineage/tables.h"
#include "tests/support/temp_folder.h"

namespace lineage = cadastre::lineage;

namespace {

std::string CheckpointPath() {
  static const cadastre::testing_support::TempFolder folder;
  return folder.path() + "/checkpoint";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)lineage::ParseOutKey(bytes);
  (void)lineage::ParseInKey(bytes);
  (void)lineage::ParseRunKey(bytes);
  (void)lineage::ParseEdgeSeenKey(bytes);
  (void)lineage::ParseStaleLookKey(bytes);
  (void)lineage::ParseRollupDay(bytes);
  (void)lineage::ParseRunPlace(bytes);

  std::ofstream(CheckpointPath(), std::ios::binary | std::ios::trunc) << bytes;
  const auto loaded = lineage::GraphCheckpoint::Load(CheckpointPath());
  CHECK(loaded.ok() || loaded.status().code() == absl::StatusCode::kDataLoss) << loaded.status().ToString();
  return 0;
}
