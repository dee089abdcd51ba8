// Budget: what senders make this server hold at once, and each one's share of it.
//
// The rule is one for every resource: a sender may hold no more of it than what is left free. One alone gets half of
// the limit, two a third each; whoever comes next finds as much free as any of them has, so neither one sender nor a
// few close a limit to others. Who sends is an address until it is known, a principal after (base::Sender). Made by
// main, used by all doors. Thread rule: safe; a Share is confined to one request or connection. Errors:
// RESOURCE_EXHAUSTED, which doors answer as 429 with Retry-After, or with RetryInfo. Bytes are counted as they arrive
// or are made (packed, unpacked, parsed), never by what a sender says he will send. Deliberately does not: let anybody
// wait. Connections have a table of their own (connections.h), threads and places in the queue are shared alike by
// base::Executor.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "base/sender.h"
#include "base/words.h"

namespace cadastre::server {

// While a body or message is worked on it takes so many times its unpacked bytes: its text, its values, and what is
// written of them.
inline constexpr int kBodyWorkFactor = 5;
// An answer, while it waits for its record, of its bytes on the wire: its values, and what is written of them.
inline constexpr size_t kAnswerWorkFactor = 3;

class Budget {
 public:
  enum class Resource : uint8_t {
    kRequests,  // between the end of their header and their answer
    kBytes,     // of headers, bodies and messages
    kNodes,     // visible ones that a walk has reached, until its answer is made
  };
  // Of all senders together.
  struct Limits {
    size_t requests = 8192;
    size_t bytes = size_t{256} << 20;
    // One walk reaches at most two million nodes each way.
    size_t nodes = 16'000'000;
  };

  // What one request or connection holds of one resource; given back when it goes. Must not outlive the budget.
  class Share {
   public:
    Share() = default;
    Share(Share&& other) noexcept { *this = std::move(other); }
    Share& operator=(Share&& other) noexcept;
    ~Share() { GiveBack(); }

    // RESOURCE_EXHAUSTED: no more for this sender now; what it holds stays. A share that was never begun holds nothing
    // and refuses nothing.
    Status Grow(size_t amount);
    // Grows or shrinks to `amount`.
    Status Resize(size_t amount);
    void GiveBack();
    size_t held() const { return held_; }
    base::Sender sender() const { return sender_; }

   private:
    friend class Budget;
    Share(Budget* budget, Resource resource, base::Sender sender)
        : budget_(budget), resource_(resource), sender_(sender) {}

    Budget* budget_ = nullptr;
    Resource resource_ = Resource::kBytes;
    base::Sender sender_;
    size_t held_ = 0;
  };

  explicit Budget(Limits limits) : limits_{limits.requests, limits.bytes, limits.nodes} {}

  // A share that holds nothing yet.
  Share Begin(Resource resource, base::Sender sender) { return Share(this, resource, sender); }
  // RESOURCE_EXHAUSTED.
  StatusOr<Share> Take(Resource resource, base::Sender sender, size_t amount);

  // Held by all senders together, of the limit, and how often somebody was refused: for the metrics.
  size_t held(Resource resource) const { return held_[Index(resource)].load(std::memory_order_relaxed); }
  size_t limit(Resource resource) const { return limits_[Index(resource)]; }
  uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kResources = 3;
  static constexpr size_t kShards = 16;
  using Amounts = std::array<size_t, kResources>;
  struct Shard {
    base::Mutex mutex;
    absl::flat_hash_map<uint64_t, Amounts> held GUARDED_BY(mutex);  // by sender; who holds nothing has no entry
  };

  static Status Refused(Resource resource);
  static constexpr size_t Index(Resource resource) { return static_cast<size_t>(resource); }
  Status Add(Resource resource, base::Sender sender, size_t amount);
  void Remove(Resource resource, base::Sender sender, size_t amount);
  Shard& ShardOf(base::Sender sender) { return shards_[sender.number() % kShards]; }

  const Amounts limits_;
  std::array<std::atomic<size_t>, kResources> held_{};
  std::atomic<uint64_t> refused_{0};
  std::array<Shard, kShards> shards_;
};

}  // namespace cadastre::server
