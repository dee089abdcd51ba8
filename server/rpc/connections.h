// Connections: who is connected to any door, how many there may be, and who goes where there is no room for another.
//
// Made by main from the process's limit of descriptors; thread rule: safe. Where the limit is reached, those addresses
// that have most connections give up the ones that have rested longest (a quiet connection between two requests, one
// that sends no header, one that does not read its answer); a connection whose request is being worked on stays.
// So silent connections, however many, keep nobody out for longer than it takes to close them.
// Bounds: a sixteenth more than the limit while those told to go are not gone.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "base/sender.h"

namespace cadastre::server {

class Connections {
 public:
  using Clock = std::chrono::steady_clock;

  // One connection's place; whoever holds the connection drops it when that is closed.
  class Seat {
   public:
    ~Seat() { table_->Leave(this); }
    Seat(const Seat&) = delete;
    Seat& operator=(const Seat&) = delete;

    // From now on it waits for its client: longest means first to go.
    void Rest() { rests_since_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed); }
    // The same, since a time that is known otherwise.
    void RestedSince(Clock::time_point since) {
      rests_since_.store(since.time_since_epoch().count(), std::memory_order_relaxed);
    }
    // A request of it is being worked on.
    void Work() { rests_since_.store(kWorks, std::memory_order_relaxed); }

   private:
    friend class Connections;
    static constexpr Clock::rep kWorks = -1;
    Seat(Connections* table, base::Sender address, std::function<void()> close)
        : table_(table), address_(address), close_(std::move(close)) {
      Rest();
    }

    Connections* const table_;
    const base::Sender address_;
    const std::function<void()> close_;
    std::atomic<Clock::rep> rests_since_;
    bool leaving_ = false;              // under the table's mutex
    std::list<Seat*>::iterator place_;  // under the table's mutex
  };

  explicit Connections(size_t max) : max_(max) {}

  // Null where everybody who could go is heavier with work than this address. `close` must return at once and may be
  // called on any thread, also shortly after the seat is gone; it closes the connection, which then drops the seat.
  std::unique_ptr<Seat> TryEnter(base::Sender address, std::function<void()> close) EXCLUDES(mutex_);
  // Makes room without letting anybody in: for a process that is out of descriptors.
  void MakeRoom() EXCLUDES(mutex_);

  size_t count() const { return count_.load(std::memory_order_relaxed); }
  size_t max() const { return max_; }
  // Told to go for others, and let in nowhere, since the start.
  uint64_t closed() const { return closed_.load(std::memory_order_relaxed); }
  uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  using Closers = std::vector<std::function<void()>>;

  void Leave(Seat* seat) EXCLUDES(mutex_);
  void TakeFrom(uint64_t address) REQUIRES(mutex_);
  // Those who must go so that `address` finds a place, if any can.
  Closers Choose(base::Sender address, size_t wanted) REQUIRES(mutex_);

  const size_t max_;
  std::atomic<size_t> count_{0};
  std::atomic<uint64_t> closed_{0};
  std::atomic<uint64_t> refused_{0};
  mutable base::Mutex mutex_;
  std::list<Seat*> seats_ GUARDED_BY(mutex_);
  size_t leaving_ GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<uint64_t, size_t> by_address_ GUARDED_BY(mutex_);  // without those leaving
};

}  // namespace cadastre::server
