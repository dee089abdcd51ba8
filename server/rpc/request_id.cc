#include "server/rpc/request_id.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>

#include "absl/strings/str_cat.h"

namespace cadastre::server {

std::string NewRequestId() {
  // A random start keeps ids of two runs apart; the odd multiplier spreads neighbours.
  static std::atomic<uint64_t> next{(uint64_t{std::random_device{}()} << 32) | std::random_device{}()};
  const uint64_t id = next.fetch_add(1, std::memory_order_relaxed) * 0x9E3779B97F4A7C15ULL;
  return absl::StrCat(absl::Hex(id, absl::kZeroPad16));
}

std::string RequestIdOf(std::string_view sent) {
  constexpr size_t kBytesMax = 64;
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  const bool sane = !sent.empty() && sent.size() <= kBytesMax && std::all_of(sent.begin(), sent.end(), is_plain);
  return sane ? std::string(sent) : NewRequestId();
}

}  // namespace cadastre::server
