// Whatever the bytes: what is unpacked stays within its bound and asks for room first, a header's framing is one
// thing or refused, and a bearer is a piece of its header.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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
    CHECK(whole <= 2 * kUnpackedMax);
    asked = whole;
    return absl::OkStatus();
  });
  if (!unpacked.ok()) return;
  CHECK(unpacked->size() <= kUnpackedMax);
  // A short string lies within itself and takes no memory to ask for.
  CHECK(unpacked->capacity() <= std::max(asked, std::string().capacity()));
}

// Names in lower case, as the door that reads them hands them on.
std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

// One a line.
server::HttpHeaders HeadersIn(std::string_view text) {
  server::HttpHeaders headers;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const size_t colon = std::min(line.find(':'), line.size());
    headers.emplace_back(LowerCase(line.substr(0, colon)), line.substr(std::min(line.size(), colon + 1)));
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
