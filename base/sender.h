// Sender: in whose name something is held or done, as a number: an address while nobody is known, a principal after.
//
// Owner: values. Thread rule: safe. Shares of memory, connections and the executor are counted by it. Two senders may,
// by chance, be one number; they then share. Deliberately does not: say who it is, or live longer than the process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cadastre::base {

class Sender {
 public:
  // Nobody in particular: all of these share.
  Sender() = default;

  // `203.0.113.7` by itself, an IPv6 address by its /64, because whoever has one address of that has all of it.
  static Sender OfAddress(std::string_view address);
  static Sender OfPrincipal(std::string_view name);

  uint64_t number() const { return number_; }
  bool known() const { return number_ != 0; }
  friend bool operator==(const Sender&, const Sender&) = default;

 private:
  explicit Sender(uint64_t number) : number_(number) {}
  uint64_t number_ = 0;
};

// The network of an address as text, `203.0.0.0/16` or `2001:db8::/32`; what is no address stays as it is. An IPv4
// address written as IPv6 counts as IPv4.
std::string NetworkOf(std::string_view address, int v4_bits, int v6_bits);

}  // namespace cadastre::base
