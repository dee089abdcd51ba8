#include "base/sender.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "absl/hash/hash.h"
#include "base/status.h"

namespace cadastre::base {
namespace {

constexpr size_t kTextBytesMax = 64;

// What lies behind the first `bits` becomes 0.
template <size_t kBytes>
void Cut(std::array<unsigned char, kBytes>& address, int bits) {
  for (int i = 0; i < static_cast<int>(kBytes); ++i) {
    const int kept = std::clamp(bits - i * 8, 0, 8);
    address[static_cast<size_t>(i)] &= static_cast<unsigned char>(0xff00 >> kept);
  }
}

template <size_t kBytes>
std::string TextOf(int family, const std::array<unsigned char, kBytes>& address, int bits) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, address.data(), text.data(), text.size());
  return Cat(text.data(), "/", bits);
}

uint64_t NumberOf(std::string_view kind, std::string_view text) {
  const uint64_t number = absl::HashOf(kind, text);
  return number == 0 ? 1 : number;
}

}  // namespace

std::string NetworkOf(std::string_view address, int v4_bits, int v6_bits) {
  if (address.size() > kTextBytesMax) return std::string(address);
  const std::string text(address.substr(0, address.find('%')));
  std::array<unsigned char, 4> four{};
  if (inet_pton(AF_INET, text.c_str(), four.data()) == 1) {
    Cut(four, v4_bits);
    return TextOf(AF_INET, four, v4_bits);
  }
  std::array<unsigned char, 16> six{};
  if (inet_pton(AF_INET6, text.c_str(), six.data()) != 1) return std::string(address);
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), six.begin())) {
    std::copy(six.begin() + 12, six.end(), four.begin());
    Cut(four, v4_bits);
    return TextOf(AF_INET, four, v4_bits);
  }
  Cut(six, v6_bits);
  return TextOf(AF_INET6, six, v6_bits);
}

Sender Sender::OfAddress(std::string_view address) { return Sender(NumberOf("address", NetworkOf(address, 32, 64))); }
Sender Sender::OfPrincipal(std::string_view name) { return Sender(NumberOf("principal", name)); }

}  // namespace cadastre::base
