// KnownPeers: on which connections somebody calls whom the server knows.
//
// gRPC reads headers, and keeps what it could not finish reading, before anybody can ask who sends; the listener ends
// connections that send much of that while nobody known calls there, and this is how it hears of those. Somebody known
// who begins calls only to have them refused or to cancel them is struck: the listener ends the connections he called
// on, and for kStruckFor he is a stranger on every other.
// Thread rule: safe. Bounds: one entry a connection, and one a principal that was ever refused so.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/mutex.h"
#include "base/sender.h"

namespace cadastre::server {

class KnownPeers {
 public:
  // While one lives, a call of somebody who was let in is under way. Moves; empty when made.
  class Call {
   public:
    Call() = default;
    Call(Call&& other) noexcept
        : table_(std::exchange(other.table_, nullptr)), peer_(std::move(other.peer_)), sender_(other.sender_) {}
    Call& operator=(Call&& other) noexcept {
      std::swap(table_, other.table_);
      std::swap(peer_, other.peer_);
      std::swap(sender_, other.sender_);
      return *this;
    }
    ~Call() {
      if (table_ != nullptr) table_->Leave(peer_);
    }
    // It was begun for nothing: its sender has all he may have already, or took it back at once.
    void Strike() {
      if (table_ != nullptr) table_->Strike(sender_);
    }

   private:
    friend class KnownPeers;
    Call(KnownPeers* table, std::string peer, base::Sender sender)
        : table_(table), peer_(std::move(peer)), sender_(sender) {}
    KnownPeers* table_ = nullptr;
    std::string peer_;
    base::Sender sender_;
  };

  using Clock = std::chrono::steady_clock;

  // Of one principal in a second, over all of his connections; a client whose calls run out of time stays far below.
  static constexpr uint32_t kStrikesMax = 256;
  static constexpr std::chrono::seconds kStruckFor{30};

  // What is called, on any thread and without a lock held, when somebody is struck. Set before the first call.
  void set_on_struck(std::function<void()> on_struck) { on_struck_ = std::move(on_struck); }

  // `peer`: address and port, as ConnectionOf tells them. The table outlives what it returns. Empty for who is struck.
  Call Enter(std::string peer, base::Sender sender) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (IsStruck(sender)) return {};
    Calls& calls = peers_[peer];
    ++calls.under_way;
    calls.newest = sender;
    calls.since_looked = true;
    calls.gone = false;
    return Call(this, std::move(peer), sender);
  }
  struct Looked {
    // A call is or was under way there since the last look.
    bool known = false;
    // Who called there last is struck.
    bool struck = false;
  };
  Looked Look(const std::string& peer) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = peers_.find(peer);
    if (found == peers_.end()) return {};
    Calls& calls = found->second;
    const Looked looked{std::exchange(calls.since_looked, false) || calls.under_way > 0, IsStruck(calls.newest)};
    if (calls.under_way == 0) peers_.erase(found);
    return looked;
  }
  // The connection is gone; nobody looks there again.
  void Forget(const std::string& peer) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = peers_.find(peer);
    if (found == peers_.end()) return;
    found->second.gone = true;
    if (found->second.under_way == 0) peers_.erase(found);
  }

 private:
  struct Calls {
    int under_way = 0;
    base::Sender newest;
    bool since_looked = false;
    bool gone = false;
  };

  struct Strikes {
    uint32_t count = 0;
    Clock::time_point since;
    Clock::time_point struck_until;
  };

  bool IsStruck(base::Sender sender) REQUIRES(mutex_) {
    const auto found = strikes_.find(sender.number());
    return found != strikes_.end() && Clock::now() < found->second.struck_until;
  }
  void Strike(base::Sender sender) EXCLUDES(mutex_) {
    {
      base::MutexLock lock(mutex_);
      Strikes& strikes = strikes_[sender.number()];
      const auto now = Clock::now();
      if (now > strikes.since + std::chrono::seconds(1)) {
        strikes.count = 0;
        strikes.since = now;
      }
      if (++strikes.count != kStrikesMax) return;
      strikes.struck_until = now + kStruckFor;
    }
    if (on_struck_) on_struck_();
  }
  void Leave(const std::string& peer) EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    const auto found = peers_.find(peer);
    // What came since the last look came while somebody known called.
    found->second.since_looked = true;
    if (--found->second.under_way == 0 && found->second.gone) peers_.erase(found);
  }

  base::Mutex mutex_;
  absl::flat_hash_map<std::string, Calls> peers_ GUARDED_BY(mutex_);
  // By the sender's number.
  absl::flat_hash_map<uint64_t, Strikes> strikes_ GUARDED_BY(mutex_);
  std::function<void()> on_struck_;
};

}  // namespace cadastre::server
