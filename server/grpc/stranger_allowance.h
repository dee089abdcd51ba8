// StrangerAllowance: how many bytes an address may send on gRPC connections before anybody known calls there.
//
// gRPC makes a call of each header it reads, some kilobytes for a hundred bytes, before it can be asked who sends it;
// so what strangers send is bounded by their address, over all of its connections, those that were ended too; and where
// many addresses together send more than the server turns away, by less.
// Owner: the listener. Thread rule: confined. Bounds: kAddressesMax addresses; further ones share one allowance.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "base/sender.h"

namespace cadastre::server {

class StrangerAllowance {
 public:
  using Clock = std::chrono::steady_clock;

  // A client sends some hundred bytes before it is known, one with a wrong token up to 64 KiB of its message: these are
  // thousands of the former, or thirty of the latter, at once behind one address, and more every second.
  static constexpr uint64_t kBytesMax = uint64_t{2} << 20;
  static constexpr uint64_t kBytesPerSecond = uint64_t{64} << 10;
  // Of all addresses together: about what is turned away in a second. Beyond it an address may send kBytesCrowded.
  static constexpr uint64_t kAllBytesMax = uint64_t{4} << 20;
  static constexpr uint64_t kAllBytesPerSecond = uint64_t{1} << 20;
  static constexpr uint64_t kBytesCrowded = uint64_t{16} << 10;
  static constexpr size_t kAddressesMax = 65'536;

  // False where the address has sent more than it may; what it may comes back while it sends nothing.
  bool Take(base::Sender address, uint64_t bytes, Clock::time_point now) {
    Spent& spent = Find(address, now);
    // Whoever went far beyond waits no longer for it than others do.
    spent.bytes = std::min(spent.bytes + bytes, 2 * kBytesMax);
    GiveBack(all_, kAllBytesPerSecond, now);
    all_.bytes = std::min(all_.bytes + bytes, 2 * kAllBytesMax);
    return now >= spent.shut_until && spent.bytes <= (all_.bytes > kAllBytesMax ? kBytesCrowded : kBytesMax);
  }
  // From now on for so long it may send nothing.
  void Shut(base::Sender address, std::chrono::seconds pause, Clock::time_point now) {
    Find(address, now).shut_until = now + pause;
  }
  size_t addresses() const { return spent_.size(); }

 private:
  struct Spent {
    uint64_t bytes = 0;
    Clock::time_point at;
    Clock::time_point shut_until;
  };

  static void GiveBack(Spent& spent, uint64_t bytes_per_second, Clock::time_point now) {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - spent.at).count();
    if (passed <= 0) return;
    spent.bytes -= std::min(spent.bytes, bytes_per_second * static_cast<uint64_t>(passed) / 1000);
    spent.at = now;
  }
  Spent& Find(base::Sender address, Clock::time_point now) {
    if (spent_.size() >= kAddressesMax && !spent_.contains(address.number())) {
      absl::erase_if(spent_, [now](auto& entry) {
        GiveBack(entry.second, kBytesPerSecond, now);
        return entry.second.bytes == 0 && now >= entry.second.shut_until;
      });
    }
    const bool full = spent_.size() >= kAddressesMax && !spent_.contains(address.number());
    const auto [found, made] = spent_.try_emplace(full ? 0 : address.number());
    if (made) found->second.at = now;
    GiveBack(found->second, kBytesPerSecond, now);
    return found->second;
  }

  // By the sender's number; 0, which is nobody's, for those that found no place.
  absl::flat_hash_map<uint64_t, Spent> spent_;
  Spent all_;
};

}  // namespace cadastre::server
