// Whatever the bytes of a spool: they are told wholly or refused, and nothing outside them is read. The checksum, which
// no fuzzer guesses, is left aside.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "ingestors/runner/spool_file.h"

namespace ingest = cadastre::ingest;

namespace {

class Counting final : public ingest::Sink {
 public:
  absl::Status Emit(const std::string& scope, ingest::v1::CrawledObject object) override {
    bytes += scope.size() + object.ByteSizeLong();
    return absl::OkStatus();
  }
  void Fail(const std::string& scope, Unread object) override {
    bytes += scope.size() + object.shown.size() + object.reason.size() + object.source_id.size();
  }
  void Complete(const std::string& scope) override { bytes += scope.size(); }
  void Partial(const std::string& scope, std::string_view reason) override { bytes += scope.size() + reason.size(); }
  void Failed(const std::string& scope, std::string_view reason) override { bytes += scope.size() + reason.size(); }

  size_t bytes = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Counting sink;
  size_t seen = 0;
  const absl::Status told = ingest::TellSpool(
      bytes, sink, [&](const cadastre::catalog::v1::AssetRef& asset) { seen += asset.ByteSizeLong(); });
  CHECK(told.ok() || told.code() == absl::StatusCode::kDataLoss) << told.ToString();
  // An object told twice its size would be one that was not there.
  CHECK(sink.bytes + seen <= 2 * size + 64);
  if (ingest::CheckSpool(bytes).ok()) CHECK(told.ok());
  return 0;
}
