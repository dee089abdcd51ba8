// Whatever the bytes: what is unpacked stays within its bound and asks for room first, a header's framing is one
// thing or refused, and a bearer is a piece of its header.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/status.h"
#include "server/http/framing.h"
#include "server/http/gzip.h"
#include "server/rpc/bearer.h"

namespace server = cadastre::server;

namespace {

constexpr size_t kUnpackedMax = 64 << 10;

void Unpack(std::string_view bytes) {
  size_t asked = 0;
  const auto unpacked = server::Gunzip(bytes, kUnpackedMax, [&](size_t whole) {
    CHECK(whole >= asked);
    asked = whole;
    return absl::OkStatus();
  });
  if (!unpacked.ok()) return;
  CHECK(unpacked->size() <= kUnpackedMax);
  CHECK(unpacked->size() <= asked);
}

server::HttpHeaders HeadersIn(std::string_view text) {
  server::HttpHeaders headers;
  for (const std::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<std::string_view, std::string_view> halves = absl::StrSplit(line, absl::MaxSplits(':', 1));
    headers.emplace_back(absl::AsciiStrToLower(halves.first), halves.second);
  }
  return headers;
}

void Frame(const server::HttpHeaders& headers, unsigned version) {
  size_t lengths = 0;
  size_t encodings = 0;
  for (const auto& [name, value] : headers) {
    lengths += name == "content-length" ? 1 : 0;
    encodings += name == "transfer-encoding" ? 1 : 0;
  }
  const bool taken = server::CheckFraming(headers, version).ok();
  CHECK(!taken || lengths + encodings <= 1) << "two ends of one request";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Unpack(bytes);
  const std::string_view token = server::BearerIn(bytes);
  CHECK(token.empty() || (token.data() >= bytes.data() && token.data() + token.size() <= bytes.data() + bytes.size()));
  const server::HttpHeaders headers = HeadersIn(bytes);
  Frame(headers, 11);
  Frame(headers, 10);
  return 0;
}
