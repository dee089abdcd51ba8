#include "server/rpc/connections.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace cadastre::server {
namespace {

// Looked at once, some go at once: under a flood of connections the table is not read anew for each.
constexpr size_t kAtOncePart = 64;
constexpr size_t kOverPart = 16;

}  // namespace

std::unique_ptr<Connections::Seat> Connections::TryEnter(base::Sender address, std::function<void()> close) {
  Closers closers;
  std::unique_ptr<Seat> seat;
  {
    base::MutexLock lock(mutex_);
    if (seats_.size() - leaving_ >= max_) closers = Choose(address, std::max<size_t>(1, max_ / kAtOncePart));
    const bool room = seats_.size() - leaving_ < max_ && seats_.size() < max_ + std::max<size_t>(1, max_ / kOverPart);
    if (room) {
      seat.reset(new Seat(this, address, std::move(close)));
      seats_.push_back(seat.get());
      seat->place_ = std::prev(seats_.end());
      ++by_address_[address.number()];
      count_.store(seats_.size(), std::memory_order_relaxed);
    }
  }
  for (const auto& closer : closers) closer();
  if (seat == nullptr) refused_.fetch_add(1, std::memory_order_relaxed);
  return seat;
}

void Connections::MakeRoom() {
  Closers closers;
  {
    base::MutexLock lock(mutex_);
    closers = Choose(base::Sender(), std::max<size_t>(1, max_ / kAtOncePart));
  }
  for (const auto& closer : closers) closer();
}

Connections::Closers Connections::Choose(base::Sender address, size_t wanted) {
  // Of each address, those at rest; the longest at the back.
  absl::flat_hash_map<uint64_t, std::vector<std::pair<Clock::rep, Seat*>>> resting;
  for (Seat* seat : seats_) {
    const Clock::rep since = seat->rests_since_.load(std::memory_order_relaxed);
    if (since != Seat::kWorks && !seat->leaving_) resting[seat->address_.number()].emplace_back(since, seat);
  }
  struct Heavy {
    size_t count;
    Clock::rep longest;
    uint64_t address;
    // The heaviest on top; among equals whose connection has rested longest.
    bool operator<(const Heavy& other) const {
      return count != other.count ? count < other.count : longest > other.longest;
    }
  };
  std::priority_queue<Heavy> heavies;
  for (auto& [number, seats] : resting) {
    std::sort(seats.begin(), seats.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    heavies.push({by_address_.at(number), seats.back().first, number});
  }
  const auto count_of = [this](uint64_t number) NO_THREAD_SAFETY_ANALYSIS {
    const auto found = by_address_.find(number);
    return found == by_address_.end() ? 0 : found->second;
  };
  Closers closers;
  while (!heavies.empty() && closers.size() < wanted) {
    const Heavy top = heavies.top();
    heavies.pop();
    // Nobody goes for one who has as many himself, save his own.
    if (top.address != address.number() && top.count <= count_of(address.number())) continue;
    auto& seats = resting.at(top.address);
    Seat* seat = seats.back().second;
    seats.pop_back();
    seat->leaving_ = true;
    ++leaving_;
    TakeFrom(top.address);
    closers.push_back(seat->close_);
    if (!seats.empty()) heavies.push({top.count - 1, seats.back().first, top.address});
  }
  closed_.fetch_add(closers.size(), std::memory_order_relaxed);
  return closers;
}

void Connections::TakeFrom(uint64_t address) {
  const auto found = by_address_.find(address);
  if (--found->second == 0) by_address_.erase(found);
}

void Connections::Leave(Seat* seat) {
  base::MutexLock lock(mutex_);
  if (seat->leaving_) {
    --leaving_;
  } else {
    TakeFrom(seat->address_.number());
  }
  seats_.erase(seat->place_);
  count_.store(seats_.size(), std::memory_order_relaxed);
}

}  // namespace cadastre::server
